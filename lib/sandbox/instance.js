'use strict';

const { randomUUID } = require('node:crypto');
const { checkOptions } = require('../check.js');
const native = require('#native');
const { Bearer } = require('./bearer.js');
const { Callbacks, WebhookSecrets } = require('./callbacks.js');
const { CREDENTIALS, credentials } = require('./credentials.js');
const { environment } = require('./environment.js');
const { Faults } = require('./faults.js');
const files = require('./files.js');
const { orders } = require('./order.js');
const { Packs } = require('./packs.js');
const { envelope, hold, readJson, replacement, send, unknownPath } = require('./reply.js');
const { match } = require('./routes.js');
const { callbackBody } = require('./shape.js');
const { Tasks } = require('./tasks.js');

/** @typedef {import('../../sandbox').KlingSandboxRequest} Request */
/** @typedef {InstanceType<typeof import('./server.js').LoopbackServer>} Server */

/** Where the runtime has it, `Symbol.asyncDispose` is added below. */
/** @typedef {Omit<import('../../sandbox').KlingSandbox, typeof Symbol.asyncDispose>} Sandbox */

/** A sandbox that is left running does not remember everything. */
const KEPT_REQUESTS = 1000;
const KEPT_BODY_BYTES = 2 ** 20;

const UNKNOWN_PATH = 'the sandbox does not know this path; Kling may: see docs/sandbox.md';
const TASK_FAILED = 'Failure to pass the risk control system';
const RESENDS = ['again', 'twice', 'forged', 'late'];

/** @implements {Sandbox} */
class KlingSandbox {
  #api;
  #files;
  #publicOrigin;
  #publicFilesOrigin;
  #bearer;
  #faults = new Faults();
  #tasks;
  #packs;
  #secrets;
  #callbacks;
  #signCallbacks;
  /** @type {() => number} */
  #now;
  #clockSkewSec = 0;
  /** @type {Request[]} */
  #requests = [];
  #onRequest;

  /**
   * @param {{ api: Server, files: Server }} servers
   * @param {import('../../sandbox').KlingSandboxOptions} options
   */
  constructor(servers, options) {
    const { clockSkewSec, now, onRequest, onCallback, taskPolls, taskSec } = options;
    this.#api = servers.api;
    this.#files = servers.files;
    this.#publicOrigin = options.publicOrigin;
    this.#publicFilesOrigin = options.publicFilesOrigin;
    this.#bearer = new Bearer(credentials(options), options.maxTokenTtlSec ?? 1800);
    this.#now = now ?? Date.now;
    this.#onRequest = onRequest;
    this.clockSkewSec = clockSkewSec ?? 0;
    this.#secrets = new WebhookSecrets(options.webhookSecret);
    this.#signCallbacks = options.signCallbacks ?? true;
    this.#callbacks = new Callbacks({
      now: () => this.#clock(),
      signer: () => (this.#signCallbacks ? this.#secrets.signer(this.#clock()) : undefined),
      delivered: (task) => this.#tasks.goOn(task),
      onCallback: onCallback == null ? undefined : ({ callback }) => onCallback(callback),
    });
    this.#tasks = new Tasks(
      () => this.#clock(),
      taskPolls ?? 2,
      taskSec ?? undefined,
      (task) => this.#callbacks.post(task, callbackBody(task, this.filesUrl)),
    );
    this.#packs = new Packs(options.packs);
    this.fail(...(options.faults ?? []));
    servers.api.handle((request, response) => this.#serve(request, response));
    servers.files.handle((request, response) => this.#serveFile(request, response));
  }

  get port() {
    return this.#api.port;
  }

  get url() {
    return this.#publicOrigin ?? this.#api.url;
  }

  get filesUrl() {
    return this.#publicFilesOrigin ?? this.#files.url;
  }

  get accessKey() {
    return this.#bearer.current.accessKey;
  }

  get secretKey() {
    return this.#bearer.current.secretKey;
  }

  get apiKey() {
    return this.#bearer.current.apiKey;
  }

  get webhookSecret() {
    return this.#signCallbacks ? this.#secrets.current : undefined;
  }

  get callbacks() {
    return this.#callbacks.made;
  }

  get env() {
    return environment(this.#environment);
  }

  /** @param {import('../../sandbox').KlingSandboxCredentialKind} kind */
  envFor(kind) {
    return environment(this.#environment, kind ?? null);
  }

  get #environment() {
    const { url, webhookSecret } = this;
    return { url, webhookSecret, credentials: this.#bearer.current };
  }

  get requests() {
    return [...this.#requests];
  }

  get clockSkewSec() {
    return this.#clockSkewSec;
  }

  set clockSkewSec(sec) {
    if (!Number.isFinite(sec)) {
      native.refuseNumber('clockSkewSec', 'a finite number of seconds', sec);
    }
    this.#clockSkewSec = sec;
  }

  /** @param {import('../../sandbox').KlingSandboxFault[]} faults */
  fail(...faults) {
    for (const fault of faults) this.#faults.add(fault);
  }

  recover() {
    this.#faults.clear();
  }

  /**
   * @param {string} id
   * @param {string} [message]
   */
  failTask(id, message) {
    return this.#tasks.fail(id, message ?? TASK_FAILED);
  }

  /**
   * @param {string} id
   * @param {import('../../sandbox').KlingSandboxResend} [how]
   */
  async resendCallback(id, how = 'again') {
    if (!RESENDS.includes(how)) {
      native.refuseType('how', '"again", "twice", "forged" or "late"', how);
    }
    return (await this.#callbacks.resend(id, how)) ?? [];
  }

  /** @param {import('../../sandbox').KlingSandboxRotation | null} [options] */
  rotate(options) {
    const given = checkOptions('options', options, { ...CREDENTIALS, keepPrevious: 'boolean' });
    const fresh = credentials(given);
    if (!given.keepPrevious) this.#bearer.revokeAll();
    this.#bearer.add(fresh);
  }

  /** @param {import('../../sandbox').KlingSandboxWebhookRotation | null} [options] */
  rotateWebhookSecret(options) {
    const given = checkOptions('options', options, {
      webhookSecret: 'string',
      emergency: 'boolean',
    });
    this.#secrets.rotate(given.webhookSecret, given.emergency ?? false, this.#clock());
  }

  revoke() {
    this.#bearer.revokeAll();
  }

  ref() {
    this.#keepAlive(true);
  }

  unref() {
    this.#keepAlive(false);
  }

  /** @param {boolean} keepsAlive */
  #keepAlive(keepsAlive) {
    for (const part of [this.#api, this.#files, this.#callbacks]) part.keepAlive(keepsAlive);
  }

  async close() {
    this.#callbacks.close();
    this.#tasks.close();
    await Promise.all([this.#api.close(), this.#files.close()]);
  }

  static {
    // Absent before Node 18.18.
    if (Symbol.asyncDispose) {
      Object.defineProperty(KlingSandbox.prototype, Symbol.asyncDispose, {
        value: KlingSandbox.prototype.close,
        configurable: true,
        writable: true,
      });
    }
  }

  #clock() {
    return this.#now() + this.#clockSkewSec * 1000;
  }

  /**
   * @param {import('node:http').IncomingMessage} request
   * @param {import('node:http').ServerResponse} response
   */
  async #serve(request, response) {
    const { method = '', url = '/' } = request;
    // Not by `URL`, which refuses some targets and changes others.
    const [pathname = '', search = ''] = url.split(/\?(.*)/s);
    const { body, size } = await readJson(request);
    const now = this.#clock();
    this.#tasks.look();
    const requestId = randomUUID();
    const route = match(method, pathname);
    const known = route !== undefined && 'handle' in route ? route : undefined;
    const judged = this.#bearer.judge(request.headers.authorization, known?.newer ?? false, now);
    const { code, message, notBefore, ...caller } = judged;
    const fault = this.#faults.take(pathname, known?.creates ?? false);

    const answer = () => {
      if (route === undefined) return unknownPath(pathname, UNKNOWN_PATH, new Date(now));
      if (known === undefined) return envelope(/** @type {{ code: number }} */ (route), requestId);
      if (code !== 0) return envelope({ code, message }, requestId);
      const [tasks, packs] = [this.#tasks, this.#packs];
      const handled = known.handle({
        query: new URLSearchParams(search),
        body,
        argument: known.argument,
        tasks,
        packs,
        order: orders({ tasks, packs, failure: fault?.taskFails ?? undefined }),
        files: this.filesUrl,
        now,
      });
      return envelope(handled, requestId);
    };
    // A reply that is lost was made all the same.
    const made = fault?.lost ? answer() : undefined;
    const reply = replacement(fault, requestId) ?? made ?? answer();

    await this.#finish(response, {
      seen: {
        method,
        path: url,
        ...(body !== undefined && size <= KEPT_BODY_BYTES && { body }),
        ...caller,
        status: reply.status,
        ...(reply.code !== undefined && { code: reply.code }),
        requestId,
        at: new Date(now),
        ...(route === undefined && { note: UNKNOWN_PATH }),
      },
      reply,
      fault,
    });
  }

  /**
   * @param {import('node:http').IncomingMessage} request
   * @param {import('node:http').ServerResponse} response
   */
  async #serveFile(request, response) {
    const { method = '', url = '/', headers } = request;
    request.resume();
    const now = this.#clock();
    const { code, message, notBefore, ...caller } = this.#bearer.judge(
      headers.authorization,
      false,
      now,
    );
    const { note, ...reply } = files.reply(url, headers.authorization !== undefined);
    await this.#finish(response, {
      seen: {
        method,
        path: url,
        ...caller,
        status: reply.status,
        requestId: randomUUID(),
        at: new Date(now),
        ...(note !== undefined && { note }),
      },
      reply,
      fault: undefined,
    });
  }

  /**
   * @param {import('node:http').ServerResponse} response
   * @param {object} outcome
   * @param {Request} outcome.seen
   * @param {import('./reply.js').Reply} outcome.reply
   * @param {import('../../sandbox').KlingSandboxFault | undefined} outcome.fault
   */
  async #finish(response, { seen, reply, fault }) {
    this.#requests.push(seen);
    if (this.#requests.length > KEPT_REQUESTS) this.#requests.shift();
    this.#onRequest?.(seen);
    await hold(fault);
    send(response, reply, new Date(this.#clock()), fault);
  }
}

module.exports = { KlingSandbox };

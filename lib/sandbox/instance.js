'use strict';

const { checkOptions } = require('../check.js');
const native = require('#native');
const { Bearer } = require('./bearer.js');
const { Callbacks, WebhookSecrets } = require('./callbacks.js');
const { CREDENTIALS, credentials } = require('./credentials.js');
const { environment } = require('./environment.js');
const { Faults } = require('./faults.js');
const { Handler } = require('./handler.js');
const { Packs } = require('./packs.js');
const { callbackBody } = require('./shape.js');
const { Tasks } = require('./tasks.js');

/** @typedef {import('../../sandbox').KlingSandboxRequest} Request */
/** @typedef {InstanceType<typeof import('./server.js').LoopbackServer>} Server */

/** Where the runtime has it, `Symbol.asyncDispose` is added below. */
/** @typedef {Omit<import('../../sandbox').KlingSandbox, typeof Symbol.asyncDispose>} Sandbox */

/** A sandbox that is left running does not remember everything. */
const KEPT_REQUESTS = 1000;

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
  #secrets;
  #callbacks;
  #signCallbacks;
  /** @type {() => number} */
  #now;
  #clockSkewSec = 0;
  /** @type {Request[]} */
  #requests = [];
  #onRequest;
  #onRotate;
  /** What the console shows; `undefined` where there is none. */
  #feed;
  /** @type {InstanceType<typeof import('./console/server.js').Console> | undefined} */
  #console;

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
    this.#onRotate = options.onRotate;
    this.#feed = options.console ? this.#makeFeed() : undefined;
    this.clockSkewSec = clockSkewSec ?? 0;
    this.#secrets = new WebhookSecrets(options.webhookSecret);
    this.#signCallbacks = options.signCallbacks ?? true;
    this.#callbacks = new Callbacks({
      now: () => this.#clock(),
      signer: () => (this.#signCallbacks ? this.#secrets.signer(this.#clock()) : undefined),
      delivered: (task) => this.#tasks.goOn(task),
      onCallback: (delivered) => {
        this.#feed?.callback(delivered);
        onCallback?.(delivered.callback);
      },
    });
    this.#tasks = new Tasks(
      () => this.#clock(),
      taskPolls ?? 2,
      taskSec ?? undefined,
      (task) => {
        this.#callbacks.post(task, callbackBody(task, this.filesUrl));
        this.#feed?.changed();
      },
    );
    this.fail(...(options.faults ?? []));
    const handler = new Handler({
      clock: () => this.#clock(),
      filesUrl: () => this.filesUrl,
      bearer: this.#bearer,
      faults: this.#faults,
      tasks: this.#tasks,
      packs: new Packs(options.packs),
      record: (exchange) => this.#record(exchange),
    });
    servers.api.handle((request, response) => handler.serve(request, response));
    servers.files.handle((request, response) => handler.serveFile(request, response));
  }

  #makeFeed() {
    const { Feed } = require('./console/feed.js');
    return new Feed(() => [
      ...this.#bearer.all.flatMap((credentials) => Object.values(credentials)),
      ...this.#secrets.all,
    ]);
  }

  /**
   * Starts the console, if there is to be one.
   *
   * @param {number} port
   */
  async openConsole(port) {
    if (this.#feed === undefined) return;
    const { Console } = require('./console/server.js');
    this.#console = new Console(this, this.#feed, {
      now: () => this.#clock(),
      tasks: () => this.#tasks.all,
      state: () => this.#state,
    });
    await this.#console.listen(port);
  }

  /** What the console shows of the sandbox itself. */
  get #state() {
    const { accessKey, secretKey, apiKey } = this.#bearer.current;
    const kinds = [secretKey && accessKey && 'pair', apiKey && 'API Key'].filter(Boolean);
    return {
      url: this.url,
      skew: this.#clockSkewSec,
      credentials: kinds.join(' and ') || 'none: all are revoked',
      signed: this.#signCallbacks,
      faults: this.#faults.waiting.reduce((sum, { left }) => sum + left, 0),
    };
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

  get consoleUrl() {
    return this.#console?.url;
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
    this.#rotated();
  }

  /** @param {import('../../sandbox').KlingSandboxWebhookRotation | null} [options] */
  rotateWebhookSecret(options) {
    const given = checkOptions('options', options, {
      webhookSecret: 'string',
      emergency: 'boolean',
    });
    this.#secrets.rotate(given.webhookSecret, given.emergency ?? false, this.#clock());
    this.#rotated();
  }

  #rotated() {
    this.#feed?.changed();
    this.#onRotate?.();
  }

  revoke() {
    this.#bearer.revokeAll();
    this.#feed?.changed();
  }

  ref() {
    this.#keepAlive(true);
  }

  unref() {
    this.#keepAlive(false);
  }

  /** @param {boolean} keepsAlive */
  #keepAlive(keepsAlive) {
    for (const part of [this.#api, this.#files, this.#callbacks, this.#console]) {
      part?.keepAlive(keepsAlive);
    }
  }

  async close() {
    this.#callbacks.close();
    this.#tasks.close();
    await Promise.all([this.#api.close(), this.#files.close(), this.#console?.close()]);
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

  /** @param {import('./console/feed.js').Exchange} exchange */
  #record(exchange) {
    const { seen } = exchange;
    this.#requests.push(seen);
    if (this.#requests.length > KEPT_REQUESTS) this.#requests.shift();
    this.#feed?.request(exchange);
    this.#onRequest?.(seen);
  }
}

module.exports = { KlingSandbox };

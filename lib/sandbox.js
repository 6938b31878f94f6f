'use strict';

const { randomUUID } = require('node:crypto');
const { checkOptions, checkRange } = require('./check.js');
const native = require('#native');
const { Bearer } = require('./sandbox/bearer.js');
const { credentials } = require('./sandbox/credentials.js');
const { Faults } = require('./sandbox/faults.js');
const { Callbacks, WebhookSecrets } = require('./sandbox/callbacks.js');
const { envelope, hold, readJson, replacement, send } = require('./sandbox/reply.js');
const { match, news } = require('./sandbox/routes.js');
const { LoopbackServer } = require('./sandbox/server.js');
const { Tasks } = require('./sandbox/tasks.js');
const video = require('./sandbox/video.js');

/** @typedef {import('../sandbox').KlingSandboxRequest} Request */

/** Where the runtime has it, `Symbol.asyncDispose` is added below. */
/** @typedef {Omit<import('../sandbox').KlingSandbox, typeof Symbol.asyncDispose>} Sandbox */

/** A sandbox that is left running does not remember everything. */
const KEPT_REQUESTS = 1000;
const KEPT_BODY_BYTES = 2 ** 20;

/** @type {Record<keyof import('../sandbox').KlingSandboxCredentials, 'string'>} */
const CREDENTIALS = { accessKey: 'string', secretKey: 'string', apiKey: 'string' };

/** @type {typeof import('../sandbox').startKlingSandbox} */
async function startKlingSandbox(options) {
  const given = checkOptions('options', options, {
    ...CREDENTIALS,
    port: 'number',
    clockSkewSec: 'number',
    now: 'function',
    onRequest: 'function',
    taskPolls: 'number',
    taskSec: 'number',
    faults: 'array',
    webhookSecret: 'string',
    signCallbacks: 'boolean',
    onCallback: 'function',
  });
  const { port, taskPolls, taskSec } = given;
  checkRange('port', port, { from: 0, to: 65_535, whole: true });
  checkRange('taskPolls', taskPolls, { from: 1, whole: true });
  checkRange('taskSec', taskSec, { from: 0, unit: 'seconds' });
  if (taskPolls != null && taskSec != null) {
    native.refuseBoth('taskPolls', 'taskSec');
  }
  const server = new LoopbackServer();
  const sandbox = new KlingSandbox(server, given);
  await server.listen(port ?? 0);
  return /** @type {import('../sandbox').KlingSandbox} */ (/** @type {Sandbox} */ (sandbox));
}

/** @implements {Sandbox} */
class KlingSandbox {
  #server;
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

  /**
   * @param {InstanceType<typeof LoopbackServer>} server
   * @param {import('../sandbox').KlingSandboxOptions} options
   */
  constructor(server, options) {
    const { clockSkewSec, now, onRequest, taskPolls, taskSec, faults, ...more } = options;
    const { webhookSecret, signCallbacks, onCallback, ...given } = more;
    this.#server = server;
    this.#bearer = new Bearer(credentials(given));
    this.#now = now ?? Date.now;
    this.#onRequest = onRequest;
    this.clockSkewSec = clockSkewSec ?? 0;
    this.#secrets = new WebhookSecrets(webhookSecret);
    this.#signCallbacks = signCallbacks ?? true;
    this.#callbacks = new Callbacks({
      now: () => this.#clock(),
      signer: () => (this.#signCallbacks ? this.#secrets.signer(this.#clock()) : undefined),
      delivered: (task) => this.#tasks.goOn(task),
      onCallback: onCallback ?? undefined,
    });
    this.#tasks = new Tasks(
      () => this.#clock(),
      taskPolls ?? 2,
      taskSec ?? undefined,
      (task) => this.#callbacks.post(task, news(task, this.url)),
    );
    this.fail(...(faults ?? []));
    server.handle((request, response) => this.#serve(request, response));
  }

  get port() {
    return this.#server.port;
  }

  get url() {
    return this.#server.url;
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
    const { accessKey, secretKey, apiKey } = this.#bearer.current;
    const pair = accessKey !== undefined && secretKey !== undefined;
    return {
      KLING_API_BASE: this.url,
      ...(pair && { KLING_ACCESS_KEY: accessKey, KLING_SECRET_KEY: secretKey }),
      ...(!pair && apiKey !== undefined && { KLING_API_KEY: apiKey }),
      ...(this.webhookSecret !== undefined && { KLING_WEBHOOK_SECRET: this.webhookSecret }),
    };
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

  /** @param {import('../sandbox').KlingSandboxFault[]} faults */
  fail(...faults) {
    for (const fault of faults) this.#faults.add(fault);
  }

  recover() {
    this.#faults.clear();
  }

  /** @param {import('../sandbox').KlingSandboxRotation | null} [options] */
  rotate(options) {
    const checked = checkOptions('options', options, { ...CREDENTIALS, keepPrevious: 'boolean' });
    const { keepPrevious, ...given } = checked;
    const fresh = credentials(given);
    if (!keepPrevious) this.#bearer.revokeAll();
    this.#bearer.add(fresh);
  }

  /** @param {import('../sandbox').KlingSandboxWebhookRotation | null} [options] */
  rotateWebhookSecret(options) {
    const types = /** @type {const} */ ({ webhookSecret: 'string', emergency: 'boolean' });
    const { webhookSecret, emergency } = checkOptions('options', options, types);
    this.#secrets.rotate(webhookSecret, emergency ?? false, this.#clock());
  }

  revoke() {
    this.#bearer.revokeAll();
  }

  ref() {
    this.#server.keepAlive(true);
    this.#callbacks.keepAlive(true);
  }

  unref() {
    this.#server.keepAlive(false);
    this.#callbacks.keepAlive(false);
  }

  close() {
    this.#callbacks.close();
    this.#tasks.close();
    return this.#server.close();
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
    const at = this.#clock();
    this.#tasks.look();
    const requestId = randomUUID();
    const found = match(method, pathname);
    const newer = found.route?.newer ?? false;
    const { code, message, ...caller } = this.#bearer.judge(
      request.headers.authorization,
      newer,
      at,
    );

    const answer = () => {
      if (method === 'GET' && pathname.startsWith(video.PATH)) return video.reply();
      if (found.route === undefined) return envelope(found, requestId);
      if (code !== 0) return envelope({ code, message }, requestId);
      const { route, argument } = found;
      const call = {
        query: new URLSearchParams(search),
        body,
        argument,
        tasks: this.#tasks,
        origin: this.url,
      };
      return envelope(route.handle(call), requestId);
    };
    const fault = this.#faults.take(pathname);
    const reply = replacement(fault, requestId) ?? answer();

    /** @type {Request} */
    const seen = {
      method,
      path: url,
      ...(body !== undefined && size <= KEPT_BODY_BYTES && { body }),
      ...caller,
      status: reply.status,
      ...(reply.code !== undefined && { code: reply.code }),
      requestId,
      at: new Date(at),
    };
    this.#requests.push(seen);
    if (this.#requests.length > KEPT_REQUESTS) this.#requests.shift();
    this.#onRequest?.(seen);
    await hold(fault);
    send(response, reply, new Date(this.#clock()), fault);
  }
}

module.exports = { startKlingSandbox };

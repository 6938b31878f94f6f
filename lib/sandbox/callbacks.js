'use strict';

const { randomBytes, randomInt } = require('node:crypto');
const http = require('node:http');
const { KlingWebhook } = require('../webhook/verifier.js');

/** @typedef {import('./tasks.js').Task} Task */
/** @typedef {import('../../sandbox').KlingSandboxCallback} Callback */

const TIMEOUT_MS = 10_000;
/** Documented: how long callbacks carry the signature of a replaced secret too. */
const OVERLAP_MS = 7 * 86_400_000;
const KEPT_CALLBACKS = 1000;
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** Past what receivers accept, which is 5 minutes. */
const LATE_SEC = 600;

/**
 * @typedef {object} Delivery
 * @property {string} id
 * @property {string} url
 * @property {string} body
 * @property {'first' | import('../../sandbox').KlingSandboxResend} how
 * @property {number} at
 * @property {Record<string, string>} headers
 */

/** @typedef {Delivery & { callback: Callback, latencyMs: number }} Delivered */

/** The secrets that callbacks are signed with: the current one, and its predecessor for a while. */
class WebhookSecrets {
  #current;
  /** All that there were. @type {string[]} */
  #all;
  /** @type {{ secret: string, until: number } | undefined} */
  #previous;

  /** @param {string | null | undefined} secret */
  constructor(secret) {
    this.#current = checked(secret);
    this.#all = [this.#current];
  }

  get all() {
    return this.#all;
  }

  get current() {
    return this.#current;
  }

  /**
   * @param {string | null | undefined} secret
   * @param {boolean} emergency Whether the old one ends at once.
   * @param {number} now
   */
  rotate(secret, emergency, now) {
    const fresh = checked(secret);
    this.#previous = emergency ? undefined : { secret: this.#current, until: now + OVERLAP_MS };
    this.#current = fresh;
    this.#all.unshift(fresh);
  }

  /** @param {number} now */
  signer(now) {
    const previous = this.#previous;
    return new KlingWebhook(
      previous !== undefined && now < previous.until
        ? [this.#current, previous.secret]
        : [this.#current],
    );
  }
}

/**
 * @param {string | null | undefined} secret
 * @returns {string}
 */
function checked(secret) {
  if (secret == null) return `whsec_${randomBytes(24).toString('base64')}`;
  new KlingWebhook(secret);
  return secret;
}

/** Posts the changes of tasks to their `callback_url`, those of one task in turn. */
class Callbacks {
  /** @type {Delivered[]} */
  #made = [];
  /** By id, as they were sent first. @type {Map<string, Delivery>} */
  #sent = new Map();
  /** What is still to be posted. @type {Map<Task, Promise<void>>} */
  #queues = new Map();
  /** @type {Set<import('node:http').ClientRequest>} */
  #running = new Set();
  #now;
  #signer;
  #goOn;
  #onCallback;
  #keepsAlive = true;
  #closed = false;

  /**
   * @param {object} options
   * @param {() => number} options.now The sandbox's clock, in milliseconds.
   * @param {() => InstanceType<typeof KlingWebhook> | undefined} options.signer None if callbacks
   * are not signed.
   * @param {(task: Task) => void} options.delivered Called after the last change of a task so far.
   * @param {((delivered: Delivered) => void) | undefined} options.onCallback
   */
  constructor({ now, signer, delivered, onCallback }) {
    this.#now = now;
    this.#signer = signer;
    this.#goOn = delivered;
    this.#onCallback = onCallback;
  }

  /** The latest ones, oldest first. */
  get made() {
    return this.#made.map(({ callback }) => callback);
  }

  /**
   * @param {Task} task
   * @param {unknown} payload The task as it is now.
   */
  post(task, payload) {
    const { callbackUrl } = task;
    if (callbackUrl === undefined || this.#closed) return;
    const body = JSON.stringify(payload);
    // Not before the reply that creates the task, which leaves first.
    const before =
      this.#queues.get(task) ??
      new Promise((resolve) => void setImmediate(() => resolve(undefined)));
    const queue = before.then(async () => {
      if (this.#closed) return;
      await holdingNothingUp(() => this.#call(callbackUrl, body));
      if (this.#closed || this.#queues.get(task) !== queue) return;
      this.#queues.delete(task);
      await holdingNothingUp(() => this.#goOn(task));
    });
    this.#queues.set(task, queue);
  }

  /** The latest ones with all that was sent, oldest first. @returns {readonly Delivered[]} */
  get delivered() {
    return this.#made;
  }

  /**
   * Sends a callback once more.
   *
   * @param {string} id Its `webhook-id`.
   * @param {import('../../sandbox').KlingSandboxResend} how
   * @returns {Promise<Callback[] | undefined>} `undefined` if it is none of the latest.
   */
  async resend(id, how) {
    const sent = this.#sent.get(id);
    if (sent === undefined) return undefined;
    const { url, body } = sent;
    if (how !== 'twice') return [await this.#send(this.#prepare({ id, url, body, how }))];
    const same = { ...sent, how };
    return [await this.#send(same), await this.#send(same)];
  }

  /** @param {string} url @param {string} body */
  async #call(url, body) {
    const delivery = this.#prepare({ id: madeUpId(), url, body, how: 'first' });
    this.#sent.set(delivery.id, delivery);
    for (const id of this.#sent.keys()) {
      if (this.#sent.size <= KEPT_CALLBACKS) break;
      this.#sent.delete(id);
    }
    await this.#send(delivery);
  }

  /** @param {boolean} keepsAlive */
  keepAlive(keepsAlive) {
    this.#keepsAlive = keepsAlive;
  }

  close() {
    this.#closed = true;
    for (const request of this.#running) request.destroy();
  }

  /**
   * Signs a callback.
   *
   * @param {Pick<Delivery, 'id' | 'url' | 'body' | 'how'>} callback
   * @returns {Delivery}
   */
  #prepare({ id, url, body, how }) {
    const at = this.#now();
    const seconds = Math.floor(at / 1000) - (how === 'late' ? LATE_SEC : 0);
    const signer = how === 'forged' ? new KlingWebhook(checked(null)) : this.#signer();
    const headers = {
      'Content-Type': 'application/json; charset=utf-8',
      ...(signer !== undefined && {
        'webhook-id': id,
        'webhook-timestamp': String(seconds),
        'webhook-signature': signer.sign(id, seconds, body),
      }),
    };
    return { id, url, body, how, at, headers };
  }

  /**
   * @param {Delivery} delivery
   * @returns {Promise<Callback>}
   */
  async #send(delivery) {
    const { id, url, body, at, headers } = delivery;
    const started = performance.now();
    /** @type {Pick<Callback, 'status' | 'error'>} */
    let outcome;
    try {
      outcome = { status: await this.#transmit(target(url), headers, body) };
    } catch (error) {
      outcome = { error: error instanceof Error ? error.message : String(error) };
    }
    const latencyMs = Math.round(performance.now() - started);
    const callback = { url, id, payload: JSON.parse(body), at: new Date(at), ...outcome };
    this.#made.push({ ...delivery, callback, latencyMs });
    if (this.#made.length > KEPT_CALLBACKS) this.#made.shift();
    if (!this.#closed) this.#onCallback?.({ ...delivery, callback, latencyMs });
    return callback;
  }

  /**
   * @param {URL} url
   * @param {Record<string, string>} headers
   * @param {string} body
   * @returns {Promise<number>} The status of the reply.
   */
  #transmit(url, headers, body) {
    return new Promise((resolve, reject) => {
      const request = http.request(url, { method: 'POST', headers, agent: false });
      this.#running.add(request);
      request.on('socket', (socket) => {
        if (!this.#keepsAlive) socket.unref();
      });
      request.on('response', (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      request.setTimeout(TIMEOUT_MS, () => request.destroy(new Error('no reply within 10 s')));
      request.on('error', reject);
      request.on('close', () => {
        this.#running.delete(request);
        reject(new Error('the connection ended without a reply'));
      });
      request.end(body);
    });
  }
}

/** Decimal digits, as in Kling's examples. */
function madeUpId() {
  return `${randomInt(8e8, 9e8)}${String(randomInt(1e10)).padStart(10, '0')}`;
}

/**
 * What a clock or a listener of the user's throws is an uncaught exception, in a turn of its own.
 *
 * @param {() => unknown} run
 */
async function holdingNothingUp(run) {
  try {
    await run();
  } catch (error) {
    process.nextTick(() => {
      throw error;
    });
  }
}

/**
 * A sandbox that sent made-up news to other machines would be a nuisance.
 *
 * @param {string} text
 */
function target(text) {
  const url = new URL(text);
  if (url.protocol !== 'http:' || !LOOPBACK.test(url.hostname)) {
    throw new Error('the sandbox calls http addresses on the loopback interface only');
  }
  return url;
}

module.exports = { Callbacks, WebhookSecrets };

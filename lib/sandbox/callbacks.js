'use strict';

const { randomBytes } = require('node:crypto');
const http = require('node:http');
const { KlingWebhook } = require('../webhook/verifier.js');

/** @typedef {import('./tasks.js').Task} Task */
/** @typedef {import('../../sandbox').KlingSandboxCallback} Callback */

const TIMEOUT_MS = 10_000;
/** Documented: how long callbacks carry the signature of a replaced secret too. */
const OVERLAP_MS = 7 * 86_400_000;
const KEPT_CALLBACKS = 1000;
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** The secrets that callbacks are signed with: the current one, and its predecessor for a while. */
class WebhookSecrets {
  #current;
  /** @type {{ secret: string, until: number } | undefined} */
  #previous;

  /** @param {string | null | undefined} secret */
  constructor(secret) {
    this.#current = checked(secret);
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
  /** @type {Callback[]} */
  #made = [];
  /** What is still to be posted. @type {Map<Task, Promise<void>>} */
  #queues = new Map();
  /** @type {Set<import('node:http').ClientRequest>} */
  #running = new Set();
  #now;
  #signer;
  #delivered;
  #onCallback;
  #keepsAlive = true;
  #closed = false;

  /**
   * @param {object} options
   * @param {() => number} options.now The sandbox's clock, in milliseconds.
   * @param {() => InstanceType<typeof KlingWebhook> | undefined} options.signer None if callbacks
   * are not signed.
   * @param {(task: Task) => void} options.delivered Called after the last change of a task so far.
   * @param {((callback: Callback) => void) | undefined} options.onCallback
   */
  constructor({ now, signer, delivered, onCallback }) {
    this.#now = now;
    this.#signer = signer;
    this.#delivered = delivered;
    this.#onCallback = onCallback;
  }

  /** The latest ones, oldest first. */
  get made() {
    return [...this.#made];
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
      await holdingNothingUp(() => this.#delivered(task));
    });
    this.#queues.set(task, queue);
  }

  /** @param {string} url @param {string} body */
  async #call(url, body) {
    const callback = await this.#deliver(url, body);
    this.#made.push(callback);
    if (this.#made.length > KEPT_CALLBACKS) this.#made.shift();
    if (!this.#closed) this.#onCallback?.(callback);
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
   * @param {string} url
   * @param {string} body
   * @returns {Promise<Callback>} Rejects only with what the clock throws.
   */
  async #deliver(url, body) {
    const id = `msg_${randomBytes(16).toString('hex')}`;
    const now = this.#now();
    const made = { url, id, payload: JSON.parse(body), at: new Date(now) };
    const seconds = Math.floor(now / 1000);
    const signer = this.#signer();
    try {
      const headers = {
        'Content-Type': 'application/json',
        ...(signer !== undefined && {
          'webhook-id': id,
          'webhook-timestamp': String(seconds),
          'webhook-signature': signer.sign(id, seconds, body),
        }),
      };
      return { ...made, status: await this.#send(target(url), headers, body) };
    } catch (error) {
      return { ...made, error: error instanceof Error ? error.message : String(error) };
    }
  }

  /**
   * @param {URL} url
   * @param {Record<string, string>} headers
   * @param {string} body
   * @returns {Promise<number>} The status of the reply.
   */
  #send(url, headers, body) {
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

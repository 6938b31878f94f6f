'use strict';

const native = require('#native');
const { member } = require('../member.js');
const { Uncloneable } = require('../uncloneable.js');

// Not from lib/error.js: this file is loaded at once, and what is published has the two in one already.
const { raise } = native.errors;

/** @typedef {import('../../native').NativeWebhook} NativeWebhook */
/** @typedef {import('../..').KlingWebhookDelivery} Delivery */

class KlingWebhook extends Uncloneable {
  /** @type {NativeWebhook} */
  #native;
  /** @type {ReturnType<NativeWebhook['verifier']>} */
  #verify;
  /** @type {ReturnType<NativeWebhook['rawVerifier']>} */
  #verifyRaw;
  /** Whether ids are remembered in this process. @type {boolean} */
  #remembers;
  /** @type {import('../..').KlingIsReplay | undefined} */
  #isReplay;
  /** The option `now`. @type {(() => number) | undefined} */
  #now;
  // Loaded with the first instance: the class itself is among the exports of every program.
  #headers = require('./headers.js').webhookHeaders;
  #momentOf = require('../moment.js').momentOf;

  /**
   * @param {string | readonly string[] | null} [secret]
   * @param {import('../..').KlingWebhookOptions | null} [options]
   */
  constructor(secret, options) {
    super();
    this.#native = new native.NativeWebhook(native, secret, options, native.platform.environment());
    this.#verify = this.#native.verifier();
    this.#verifyRaw = this.#native.rawVerifier();
    const given = options ?? {};
    const replayProtection = member(given, 'replayProtection');
    this.#isReplay = member(given, 'isReplay') ?? undefined;
    this.#remembers = replayProtection === true && this.#isReplay === undefined;
    this.#now = member(given, 'now') ?? undefined;
    if (replayProtection === false && this.#isReplay !== undefined) {
      const expected = 'true or left out where isReplay is given';
      native.refuseReceived('replayProtection', expected, 'false');
    }
  }

  /**
   * @param {unknown} rawBody
   * @param {unknown} headers
   * @returns {any} The event; a promise of it where `isReplay` was given.
   */
  verify(rawBody, headers) {
    return this.#isReplay === undefined
      ? this.#refuseSeen(this.#event(rawBody, headers))
      : this.#askStore(this.#isReplay, () => this.#event(rawBody, headers));
  }

  /**
   * @param {unknown} rawBody
   * @param {unknown} headers
   * @returns {any} The delivery; a promise of it where `isReplay` was given.
   */
  verifyRaw(rawBody, headers) {
    return this.#isReplay === undefined
      ? this.#refuseSeen(this.#delivery(rawBody, headers))
      : this.#askStore(this.#isReplay, () => this.#delivery(rawBody, headers));
  }

  /**
   * @param {string} id
   * @param {Date | number} timestamp
   * @param {unknown} rawBody
   */
  sign(id, timestamp, rawBody) {
    const millis =
      typeof timestamp === 'number'
        ? timestamp * 1000
        : typeof timestamp?.getTime === 'function'
          ? timestamp.getTime()
          : Number.NaN;
    // Up to the year 5138: beyond it a number is milliseconds, taken for seconds.
    if (!(typeof millis === 'number' && millis >= 1e11 && millis < 1e14)) {
      native.refuseNumber('timestamp', 'a Date or seconds since the epoch', timestamp);
    }
    return this.#native.signer()(rawBody, id, millis);
  }

  get [Symbol.toStringTag]() {
    // Not the prototype, which jest mocks only if it is an ordinary object.
    return /** @type {'KlingWebhook'} */ (#native in this ? 'KlingWebhook' : undefined);
  }

  /**
   * @param {unknown} rawBody
   * @param {unknown} headers
   */
  #event(rawBody, headers) {
    const [id, timestamp, signature] = this.#headers(headers);
    const text =
      this.#now === undefined
        ? this.#verify(rawBody, id, timestamp, signature)
        : this.#verify(rawBody, id, timestamp, signature, this.#now());
    return toEvent(id, timestamp, text === undefined ? rawBody : text);
  }

  /**
   * @param {unknown} rawBody
   * @param {unknown} headers
   * @returns {Delivery}
   */
  #delivery(rawBody, headers) {
    const [id, timestamp, signature] = this.#headers(headers);
    if (this.#now === undefined) this.#verifyRaw(rawBody, id, timestamp, signature);
    else this.#verifyRaw(rawBody, id, timestamp, signature, this.#now());
    return { id: String(id), timestamp: date(timestamp) };
  }

  /**
   * @template {Delivery} T
   * @param {T} delivery
   */
  #refuseSeen(delivery) {
    if (
      this.#remembers &&
      this.#native.seenBefore(delivery.id, delivery.timestamp.getTime(), this.#momentOf(this.#now))
    ) {
      refuseReplay();
    }
    return delivery;
  }

  /**
   * @template {Delivery} T
   * @param {import('../..').KlingIsReplay} isReplay
   * @param {() => T} verified
   */
  async #askStore(isReplay, verified) {
    const delivery = verified();
    const expiresAt = new Date(this.#native.expiresAt(delivery.timestamp.getTime()));
    const replay = await isReplay(delivery.id, expiresAt);
    if (typeof replay !== 'boolean') {
      const expected = 'a boolean or a promise of one';
      native.refuseType('what isReplay() returns', expected, replay);
    }
    if (replay) refuseReplay();
    return delivery;
  }
}

/**
 * @param {string | undefined} id
 * @param {string | undefined} timestamp
 * @param {unknown} text
 */
function toEvent(id, timestamp, text) {
  let payload;
  try {
    // `null` stands for bytes that are no text, and would itself be parsed.
    payload = JSON.parse(/** @type {string} */ (text ?? ''));
  } catch {
    // Without the parser's message, which quotes the body.
    raise(
      'KlingWebhookError',
      'KLING_WEBHOOK_BODY_NOT_JSON',
      'the body is signed, but is not JSON',
    );
  }
  return { id: String(id), timestamp: date(timestamp), payload };
}

/**
 * @param {string | undefined} timestamp Verified: digits.
 */
function date(timestamp) {
  return new Date(Number(timestamp) * 1000);
}

/** @returns {never} */
function refuseReplay() {
  return raise(
    'KlingWebhookError',
    'KLING_WEBHOOK_REPLAY',
    'webhook-id was seen before: the delivery was repeated, by Kling or by somebody else',
  );
}

module.exports = { KlingWebhook };

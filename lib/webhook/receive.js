'use strict';

const { checkRange } = require('../check.js');
const { KlingWebhookError, isOf, raise, refuseArgument } = require('../error.js');
const native = require('#native');
const { KlingWebhook } = require('./verifier.js');

/** @typedef {import('../../webhook').KlingWebhookReceiverOptions<any>} ReceiverOptions */

/** Options that all adapters take. @satisfies {import('../check.js').OptionTypes<ReceiverOptions>} */
const OPTIONS = /** @type {const} */ ({
  webhook: 'object',
  bodyLimit: 'number',
  onRejected: 'function',
});

/**
 * What has come of a delivery. Both members are there, as what stands on the root of all objects must
 * not pass for either.
 *
 * @typedef {{ event: import('../..').KlingWebhookEvent, status: undefined } |
 *   { event: undefined, status: number }} Received
 */

/** What all adapters do with a delivery, whatever the framework. */
class Receiver {
  /** @type {number} @readonly */
  bodyLimit;
  /** @type {{ verify(rawBody: unknown, headers: unknown): any } | undefined} */
  #webhook;
  #onRejected;

  /** @param {ReceiverOptions} given Of the right types, as `checkOptions` returns them. */
  constructor(given) {
    checkRange('bodyLimit', given.bodyLimit, { from: 1, whole: true, unit: 'bytes' });
    const webhook = given.webhook ?? undefined;
    if (webhook !== undefined && !isOf(webhook, KlingWebhook)) {
      native.refuseReceived('webhook', 'a KlingWebhook', 'another object');
    }
    this.#webhook = webhook;
    this.#onRejected = given.onRejected ?? undefined;
    this.bodyLimit = given.bodyLimit ?? 1024 * 1024;
  }

  /**
   * @template Request
   * @param {any} headers
   * @param {() => any} readBody May return a promise.
   * @param {Request} request For `onRejected`.
   * @returns {Promise<Received>} The event, or the status to refuse the request with. Rejects for faults that are not the sender's.
   */
  async receive(headers, readBody, request) {
    try {
      // Not before: where a program is only built, as `next build` does, there are no secrets yet.
      this.#webhook ??= new KlingWebhook();
      return { event: await this.#webhook.verify(await readBody(), headers), status: undefined };
    } catch (error) {
      if (!isOf(error, KlingWebhookError)) throw error;
      await this.#onRejected?.(/** @type {any} */ (error), request);
      return { event: undefined, status: STATUS.get(error.code) ?? UNPROVEN };
    }
  }

  /**
   * Throws once more bytes have come than are allowed.
   *
   * @param {number} bytes
   */
  checkSize(bytes) {
    if (bytes > this.bodyLimit) {
      raise(
        'KlingWebhookError',
        'KLING_WEBHOOK_BODY_TOO_LARGE',
        `the body is larger than ${this.bodyLimit} bytes`,
      );
    }
  }
}

const UNPROVEN = 401;
/** Whatever is not listed is unproven. */
const STATUS = new Map([
  ['KLING_WEBHOOK_BODY_TOO_LARGE', 413],
  ['KLING_WEBHOOK_DUPLICATE_HEADER', 400],
  ['KLING_WEBHOOK_MALFORMED_HEADER', 400],
  ['KLING_WEBHOOK_MALFORMED_TIMESTAMP', 400],
  ['KLING_WEBHOOK_BODY_NOT_JSON', 400],
]);

/**
 * The program's own fault, not the sender's: something has read the body before.
 *
 * @param {string} remedy
 * @returns {never}
 */
function raiseBodyRead(remedy) {
  return refuseArgument(
    'KLING_INVALID_ARG_TYPE',
    `the request's body was already read, and its bytes are gone: ${remedy}`,
  );
}

module.exports = { OPTIONS, Receiver, raiseBodyRead };

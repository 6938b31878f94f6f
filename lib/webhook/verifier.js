'use strict';

const { Uncloneable } = require('../uncloneable.js');

// Among the exports of every program: what it does is loaded with the first instance.
class KlingWebhook extends Uncloneable {
  #verification;

  /**
   * @param {string | readonly string[] | null} [secret]
   * @param {import('../..').KlingWebhookOptions | null} [options]
   */
  constructor(secret, options) {
    super();
    const { Verification } = require('./verification.js');
    this.#verification = new Verification(secret, options);
  }

  /**
   * @param {unknown} rawBody
   * @param {unknown} headers
   * @returns {any} The event; a promise of it where `isReplay` was given.
   */
  verify(rawBody, headers) {
    return this.#verification.verify(rawBody, headers);
  }

  /**
   * @param {unknown} rawBody
   * @param {unknown} headers
   * @returns {any} The delivery; a promise of it where `isReplay` was given.
   */
  verifyRaw(rawBody, headers) {
    return this.#verification.verifyRaw(rawBody, headers);
  }

  /**
   * @param {string} id
   * @param {Date | number} timestamp
   * @param {unknown} rawBody
   */
  sign(id, timestamp, rawBody) {
    return this.#verification.sign(id, timestamp, rawBody);
  }

  get [Symbol.toStringTag]() {
    // Not the prototype, which jest mocks only if it is an ordinary object.
    return /** @type {'KlingWebhook'} */ (#verification in this ? 'KlingWebhook' : undefined);
  }
}

module.exports = { KlingWebhook };

'use strict';

/** The class of every error that is about authentication rather than about an argument's type. */
class KlingAuthError extends Error {
  /**
   * @param {string} code
   * @param {string} message
   * @param {{ cause?: unknown }} [options]
   */
  constructor(code, message, options) {
    super(message, options);
    /** @type {string} */
    this.code = code;
  }
}
// On the prototype, as with the built-in errors: an own property would show up in every printout.
Object.defineProperty(KlingAuthError.prototype, 'name', {
  value: 'KlingAuthError',
  configurable: true,
  writable: true,
});

/**
 * The class of every error that is about a webhook delivery. Not a `KlingAuthError`: that one tells
 * of the program's own credentials, this one of what a stranger has sent.
 */
class KlingWebhookError extends Error {
  /**
   * @param {string} code
   * @param {string} message
   * @param {{ cause?: unknown }} [options]
   */
  constructor(code, message, options) {
    super(message, options);
    /** @type {string} */
    this.code = code;
  }
}
Object.defineProperty(KlingWebhookError.prototype, 'name', {
  value: 'KlingWebhookError',
  configurable: true,
  writable: true,
});

/**
 * Throws on behalf of the addon and of lib/, so that all errors are made in one place.
 *
 * @param {string} className
 * @param {string} code
 * @param {string} message
 * @param {Function} [below] The function that the stack trace starts below.
 * @returns {never}
 */
function raise(className, code, message, below = raise) {
  const error =
    className === 'TypeError'
      ? Object.assign(new TypeError(message), { code })
      : className === 'RangeError'
        ? Object.assign(new RangeError(message), { code })
        : className === 'KlingWebhookError'
          ? new KlingWebhookError(code, message)
          : new KlingAuthError(code, message);
  Error.captureStackTrace(error, below);
  throw error;
}

module.exports = { KlingAuthError, KlingWebhookError, raise };

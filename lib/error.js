'use strict';

// Loaded with the package: the addon throws these classes, whatever a test runner has done to the
// cache of modules since. What is set on an error is a field of its class or defined, so that no
// accessor on a shared prototype is called.

/** The class of every error that is about authentication rather than about an argument's type. */
class KlingAuthError extends Error {
  /** @type {string} */
  code;

  /**
   * @param {string} code
   * @param {string} message
   * @param {{ cause?: unknown }} [options]
   */
  constructor(code, message, options) {
    super(message, options);
    this.code = code;
  }

  static {
    nameAfter(KlingAuthError);
  }
}

/**
 * The class of every error that is about a webhook delivery. Not a `KlingAuthError`: that one tells
 * of the program's own credentials, this one of what a stranger has sent.
 */
class KlingWebhookError extends Error {
  /** @type {string} */
  code;

  /**
   * @param {string} code
   * @param {string} message
   * @param {{ cause?: unknown }} [options]
   */
  constructor(code, message, options) {
    super(message, options);
    this.code = code;
  }

  static {
    nameAfter(KlingWebhookError);
  }
}

/**
 * On the prototype, as with the built-in errors: an own property would show up in every printout.
 *
 * @param {Function} errorClass
 */
function nameAfter(errorClass) {
  defineHidden(errorClass.prototype, 'name', errorClass.name);
}

/**
 * @param {object} object
 * @param {string} name
 * @param {unknown} value
 * @param {boolean} [enumerable]
 */
function defineHidden(object, name, value, enumerable = false) {
  const descriptor = { __proto__: null, value, enumerable, configurable: true, writable: true };
  Object.defineProperty(object, name, /** @type {PropertyDescriptor} */ (descriptor));
}

/**
 * `instanceof` for what anybody may have thrown: a proxy can throw where it is asked.
 *
 * @template T
 * @param {unknown} value
 * @param {abstract new (...values: any[]) => T} errorClass
 * @returns {value is T}
 */
function isOf(value, errorClass) {
  try {
    return value instanceof errorClass;
  } catch {
    return false;
  }
}

/**
 * Throws for an argument what only JavaScript can say of it: all argument errors are of one form. In the
 * common words, `… must be …, received …`, the core says it: `refuseType`, `refuseReceived`,
 * `refuseNumber` and `refuseBoth` of `#native`.
 *
 * @param {'KLING_INVALID_ARG_TYPE' | 'KLING_INVALID_ARG_VALUE'} code
 * @param {string} message
 * @returns {never}
 */
function refuseArgument(code, message) {
  return raise('TypeError', code, message, refuseArgument);
}

/**
 * Throws what no argument is to blame for.
 *
 * @param {string} className
 * @param {string} code
 * @param {string} message
 * @param {Function} [below] The function that the stack trace starts below.
 * @returns {never}
 */
function raise(className, code, message, below = raise) {
  const error = make(className, code, message);
  Error.captureStackTrace(error, below);
  throw error;
}

/**
 * @param {string} className
 * @param {string} code
 * @param {string} message
 */
function make(className, code, message) {
  if (className === 'KlingWebhookError') return new KlingWebhookError(code, message);
  if (className === 'KlingAuthError') return new KlingAuthError(code, message);
  const error = className === 'TypeError' ? new TypeError(message) : new RangeError(message);
  defineHidden(error, 'code', code, true);
  return error;
}

module.exports = { KlingAuthError, KlingWebhookError, isOf, raise, refuseArgument };

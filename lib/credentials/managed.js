'use strict';

const { checkOptions } = require('../check.js');
const { KlingAuthError, refuseArgument } = require('../error.js');
const { member, merged } = require('../member.js');
const { unusable } = require('./secret.js');

/** @typedef {import('../../credentials').KlingSecret} KlingSecret */

/**
 * A provider over the client of a secret manager.
 *
 * @template Answer
 * @param {string} place What error messages call the secret.
 * @param {(signal: AbortSignal) => PromiseLike<Answer>} ask
 * @param {(answer: Answer) => KlingSecret} take
 * @returns {import('../../credentials').KlingSecretReader}
 */
function managed(place, ask, take) {
  return async (request) => {
    const { signal } = merged(request ?? {});
    let answer;
    try {
      answer = await ask(signal);
    } catch (error) {
      // What the vendor's error says may be anything: it is kept, not quoted.
      throw new KlingAuthError(
        'KLING_PROVIDER_FAILED',
        `${place} could not be read (${nameOf(error)})`,
        { cause: error },
      );
    }
    return take(answer);
  };
}

/**
 * A part of what a client has answered, or failed with; what stands on the root of all objects is none.
 *
 * @param {unknown} answer
 * @param {string} name
 * @returns {any}
 */
function part(answer, name) {
  if (typeof answer !== 'object' || answer === null) return undefined;
  return member(/** @type {Record<string, unknown>} */ (answer), name);
}

/**
 * Throws unless the options are of their types, and the client has the method that is called. Returns
 * them, whatever stands on prototypes.
 *
 * @template {{ client: any }} T
 * @param {T} options
 * @param {NoInfer<import('../check.js').OptionTypes<T>>} types
 * @param {keyof T & string} required The option that says which secret.
 * @param {string} method
 * @param {string} expected
 */
function checkManaged(options, types, required, method, expected) {
  const given = checkOptions('options', options, types);
  const { client, [required]: name } = given;
  if (typeof client?.[method] !== 'function') {
    refuseArgument(
      'KLING_INVALID_ARG_TYPE',
      `client must be ${expected}: the given one has no ${method}()`,
    );
  }
  if (name == null || name === '') {
    refuseArgument('KLING_INVALID_ARG_VALUE', `${required} must say which secret to read`);
  }
  return given;
}

/**
 * What kind of error it is, as its vendor names it.
 *
 * @param {any} error
 */
function nameOf(error) {
  const status = part(error, 'statusCode') ?? part(part(error, 'response'), 'statusCode');
  const shown = [part(error, 'name'), part(error, 'code'), status]
    .map(String)
    .filter((part) => /^[\w.]{1,60}$/.test(part));
  return [...new Set(shown)].filter((part) => part !== 'undefined').join(' ') || typeof error;
}

/**
 * One final newline is not the key's: `echo` writes it.
 *
 * @param {string} place
 * @param {unknown} data
 */
function textOf(place, data) {
  if (typeof data !== 'string' && !ArrayBuffer.isView(data)) {
    // Not by a conversion, whose error would quote it.
    throw unusable(place, 'holds neither a text nor bytes');
  }
  const text = typeof data === 'string' ? data : textIn(data);
  return text.replace(/\r?\n$/, '');
}

/** @param {ArrayBufferView} bytes */
function textIn({ buffer, byteOffset, byteLength }) {
  // Of a detached buffer nothing is left.
  return byteLength === 0 ? '' : Buffer.from(buffer, byteOffset, byteLength).toString();
}

/**
 * Credentials with their end: the secret's own, or its manager's where that comes first.
 *
 * @param {KlingSecret} credentials
 * @param {Date | undefined} end
 * @returns {KlingSecret}
 */
function until(credentials, end) {
  const own = member(credentials, 'expiresAt');
  return end === undefined || (own !== undefined && own <= end)
    ? credentials
    : { ...credentials, expiresAt: end };
}

module.exports = { checkManaged, managed, part, textOf, until };

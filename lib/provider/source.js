'use strict';

const { checkOptions } = require('../check.js');
const native = require('#native');
const { member } = require('../member.js');

/** @typedef {Parameters<import('../..').KlingCredentialsProvider>[0]} Request */

/**
 * Where credentials come from, whichever way it was written.
 *
 * @typedef {object} Source
 * @property {(request: Request) => unknown} get
 * @property {((listener: () => void) => unknown) | undefined} subscribe
 */

/**
 * Reads the option `credentials`: a function, or an object with one.
 *
 * @param {any} credentials
 * @returns {Source}
 */
function sourceOf(credentials) {
  const isObject =
    typeof credentials === 'object' && credentials !== null && !Array.isArray(credentials);
  if (!isObject) checkFunctions('options', { credentials });
  const source = /** @type {Record<string, unknown>} */ (credentials);
  /** @type {any} */
  const get = isObject ? member(source, 'get') : source;
  // A function has none by its class.
  const hasSubscribe = isObject || Object.hasOwn(source, 'subscribe');
  /** @type {any} */
  const subscribe = hasSubscribe ? member(source, 'subscribe') : undefined;
  checkFunctions('credentials', {
    'credentials.get': get,
    'credentials.subscribe': subscribe,
  });
  if (!isFunction(get)) {
    const expected = 'a function, or an object with a function get';
    native.refuseReceived('credentials', expected, 'an object without');
  }
  const call = /** @type {Function} */ (get);
  return {
    // A function of its own is called without a receiver.
    get: (request) => Reflect.apply(call, isObject ? source : undefined, [request]),
    subscribe: isFunction(subscribe)
      ? (listener) => Reflect.apply(subscribe, source, [listener])
      : undefined,
  };
}

/**
 * @param {string} argument
 * @param {Record<string, Function | undefined>} members That must be functions where they are given.
 */
function checkFunctions(argument, members) {
  const names = Object.keys(members);
  checkOptions(argument, members, Object.fromEntries(names.map((name) => [name, 'function'])));
}

/**
 * @param {unknown} value
 * @returns {value is Function}
 */
function isFunction(value) {
  return typeof value === 'function';
}

module.exports = { sourceOf };

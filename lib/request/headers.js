'use strict';

const { member } = require('../member.js');
const native = require('#native');

const EXPECTED = 'a Headers, an object or a list of pairs';

/** @typedef {NonNullable<RequestInit['headers']>} Headers_ */

/**
 * What stands in `Authorization`.
 *
 * @param {RequestInit['headers']} headers
 * @returns {string | undefined}
 */
function authorizationIn(headers) {
  if (headers == null) return undefined;
  const found = pairs(headers).filter(([name]) => isAuthorization(name));
  return found.length === 0 ? undefined : found.map(([, value]) => value).join(', ');
}

/**
 * The headers with a bearer of ours instead of any other.
 *
 * @param {RequestInit['headers']} headers
 * @param {string} bearer
 * @returns {Headers_}
 */
function authorized(headers, bearer) {
  const authorization = `Bearer ${bearer}`;
  if (headers == null) return { Authorization: authorization };
  if (isRecord(headers)) {
    const rest = Object.entries(headers).filter(([name]) => !isAuthorization(name));
    return { Authorization: authorization, ...Object.fromEntries(rest) };
  }
  const rest = pairs(headers).filter(([name]) => !isAuthorization(name));
  return collected([...rest, ['Authorization', authorization]]);
}

/**
 * @param {RequestInit['headers']} headers
 * @param {string[]} names In lower case.
 * @returns {Headers_}
 */
function without(headers, names) {
  return collected(pairs(headers ?? {}).filter(([name]) => !names.includes(name.toLowerCase())));
}

/** @param {string} name */
function isAuthorization(name) {
  return name.length === 13 && name.toLowerCase() === 'authorization';
}

/**
 * Rather than `Headers` or a list of pairs.
 *
 * @param {Headers_} headers
 * @returns {headers is Record<string, string>}
 */
function isRecord(headers) {
  const list = /** @type {{ [Symbol.iterator]?: unknown }} */ (headers);
  return member(list, Symbol.iterator) === undefined;
}

/**
 * @param {Headers_} headers
 * @returns {[string, string][]}
 */
function pairs(headers) {
  if (typeof headers !== 'object') return native.refuseType('headers', EXPECTED, headers);
  if (isRecord(headers)) return Object.entries(headers);
  const list = /** @type {Iterable<[string, string]>} */ (/** @type {unknown} */ (headers));
  return Array.from(list, (pair) => {
    if (typeof pair !== 'object' || pair === null) native.refuseType('headers', EXPECTED, headers);
    const [name, value] = pair;
    return [text(name), text(value)];
  });
}

/** @param {unknown} value */
function text(value) {
  return typeof value === 'symbol' ? native.refuseType('headers', EXPECTED, value) : String(value);
}

/**
 * @param {[string, string][]} list
 * @returns {Headers_}
 */
function collected(list) {
  // Node.js can be told to have none.
  return typeof Headers === 'function' ? new Headers(list) : list;
}

module.exports = { authorizationIn, authorized, without };

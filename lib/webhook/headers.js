'use strict';

const native = require('#native');
const { isMap } = require('#platform').types();
const { member } = require('../member.js');

/** @typedef {string | undefined} Value */
/** @typedef {[id: Value, timestamp: Value, signature: Value]} Found */

/**
 * Finds the three headers in whatever holds them. Several values of one name are joined as HTTP
 * joins them (RFC 9110 section 5.3); the core refuses that where one is allowed.
 *
 * @param {unknown} headers
 * @returns {Found}
 */
function webhookHeaders(headers) {
  /** @type {Found} */
  const found = [undefined, undefined, undefined];
  if (typeof headers !== 'object' || headers === null) {
    return native.refuseType('headers', EXPECTED, headers);
  } else if (Array.isArray(headers)) {
    for (let i = 0; i < headers.length; i += 2) collect(found, headers[i], headers[i + 1]);
  } else if (isMap(headers)) {
    for (const [name, value] of headers) collect(found, name, value);
  } else if (isHeaders(headers)) {
    found[0] = headers.get('webhook-id') ?? undefined;
    found[1] = headers.get('webhook-timestamp') ?? undefined;
    found[2] = headers.get('webhook-signature') ?? undefined;
  } else if (typeof member(/** @type {{ then?: unknown }} */ (headers), 'then') === 'function') {
    return refuse('a promise: await it');
  } else {
    const record = /** @type {Record<string, unknown>} */ (headers);
    for (const name in record) {
      if (mayBeOurs(name) && !(name in Object.prototype)) collect(found, name, record[name]);
    }
  }
  return found;
}

/**
 * `Headers` of this realm, of another, or of a polyfill.
 *
 * @param {object} headers
 * @returns {headers is Pick<Headers, 'get'>}
 */
function isHeaders(headers) {
  return typeof member(/** @type {{ get?: unknown }} */ (headers), 'get') === 'function';
}

/**
 * @param {Found} found
 * @param {unknown} name
 * @param {unknown} value
 */
function collect(found, name, value) {
  if (typeof name !== 'string') {
    return refuse('one whose names are not strings');
  }
  const index = mayBeOurs(name) ? INDEX.get(name.toLowerCase()) : undefined;
  if (index === undefined || value === undefined || value === null) return;
  const text = Array.isArray(value) ? value.join(', ') : value;
  if (typeof text !== 'string') {
    return refuse(`one whose ${name.toLowerCase()} is not a string`);
  }
  const before = found[index];
  found[index] = before === undefined ? text : `${before}, ${text}`;
}

/** @type {ReadonlyMap<string, 0 | 1 | 2>} */
const INDEX = new Map([
  ['webhook-id', 0],
  ['webhook-timestamp', 1],
  ['webhook-signature', 2],
]);

/**
 * The lengths of the three names, so that few others are put into lower case.
 *
 * @param {string} name
 */
function mayBeOurs(name) {
  return name.length === 17 || name.length === 10;
}

const EXPECTED = 'a Headers, a plain object, a Map or an array as rawHeaders';

/**
 * @param {string} received
 * @returns {never}
 */
function refuse(received) {
  return native.refuseReceived('headers', EXPECTED, received);
}

module.exports = { webhookHeaders };

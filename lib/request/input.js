'use strict';

const { isOf } = require('../error.js');
const { member, merged, tagOf } = require('../member.js');
const native = require('#native');

/**
 * Where a call of `auth.fetch` goes, read once: what is sent is what was checked, whatever an
 * object answers when it is asked again.
 *
 * @typedef {object} Target
 * @property {string} address As it was given.
 * @property {Request | undefined} request The platform's own, which has no accessor but the platform's.
 * @property {RequestInit} init The members of both arguments.
 */

/**
 * @param {unknown} input
 * @param {RequestInit | Request | undefined} init
 * @returns {Target}
 */
function targetOf(input, init) {
  if (typeof input === 'string') return textOf(input, init);
  if (typeof input !== 'object' || input === null) return refuse(input);
  const request = platformRequest(input);
  if (request !== undefined) return { address: request.url, request, init: members(init) };
  if (looksLikeRequest(input)) {
    // Of another implementation, or only similar: taken apart, so that nobody reads it differently.
    const url = member(input, 'url');
    if (typeof url !== 'string') return refuse(input);
    const all = merged(requestMembers(input), members(init));
    return { address: url, request: undefined, init: all };
  }
  if (NO_ADDRESS.has(tagOf(input)) || ArrayBuffer.isView(input)) return refuse(input);
  const address = addressOf(input);
  if (address === undefined || address.startsWith('[object ')) return refuse(input);
  return textOf(address, init);
}

/** What is made into a text that could pass for a path, and is none. */
const NO_ADDRESS = new Set(['Array', 'Boolean', 'Date', 'Error', 'Number', 'RegExp']);

/**
 * @param {string} address
 * @param {RequestInit | Request | undefined} init
 * @returns {Target}
 */
function textOf(address, init) {
  return { address, request: undefined, init: members(init) };
}

/**
 * @param {object} input
 * @returns {string | undefined} Nothing where it cannot be made into a text.
 */
function addressOf(input) {
  try {
    // Not by a method of its own, which may tell something else.
    return input instanceof URL ? URL.prototype.toString.call(input) : String(input);
  } catch (error) {
    // What a method of the program's throws is the program's.
    if (isOf(error, TypeError)) return undefined;
    throw error;
  }
}

/**
 * @param {unknown} input
 * @returns {never}
 */
function refuse(input) {
  return native.refuseType('input', 'a path, a URL or a Request', input);
}

/**
 * The request if it is one of the platform's; one with accessors of its own, such as that of a
 * class that was derived, is copied into one without.
 *
 * @param {object} input
 * @returns {Request | undefined}
 */
function platformRequest(input) {
  const { Request } = globalThis;
  const url = Request && Object.getOwnPropertyDescriptor(Request.prototype, 'url')?.get;
  if (url === undefined) return undefined;
  try {
    url.call(input);
  } catch {
    return undefined;
  }
  const request = /** @type {Request} */ (input);
  const isPlain =
    Object.getPrototypeOf(input) === Request.prototype &&
    Object.getOwnPropertyNames(input).length === 0;
  return isPlain ? request : new Request(request);
}

/**
 * @param {object} input
 * @returns {input is { url: unknown, headers: unknown }}
 */
function looksLikeRequest(input) {
  const request = /** @type {Record<string, unknown>} */ (input);
  return ['url', 'headers'].every((name) => member(request, name) !== undefined);
}

/** What a request of another implementation may say of itself. */
const REQUEST_MEMBERS = /** @type {const} */ ([
  'method',
  'headers',
  'body',
  'signal',
  'redirect',
  'mode',
  'credentials',
  'cache',
  'referrer',
  'referrerPolicy',
  'integrity',
  'keepalive',
  'duplex',
  'agent',
  'dispatcher',
]);

/**
 * @param {object} request
 * @returns {RequestInit}
 */
function requestMembers(request) {
  const source = /** @type {Record<string, unknown>} */ (request);
  const copy = merged();
  for (const name of REQUEST_MEMBERS) {
    const value = member(source, name);
    if (value != null) copy[name] = value;
  }
  if (copy.body !== undefined) copy.duplex = 'half';
  return copy;
}

/**
 * The members of `init`, including those that a `Request` in its place has as accessors.
 *
 * @param {RequestInit | Request | undefined} init
 * @returns {RequestInit}
 */
function members(init) {
  if (init == null) return merged();
  // A long text would be taken for as many members as it has characters.
  if (typeof init !== 'object') return native.refuseType('init', 'an object', init);
  const source = /** @type {Record<string, unknown>} */ (/** @type {unknown} */ (init));
  if (Object.getPrototypeOf(init) === Object.prototype) return merged(source);
  const copy = merged();
  for (const name in source) {
    if (!Object.hasOwn(Object.prototype, name)) copy[name] = source[name];
  }
  return copy;
}

module.exports = { members, targetOf };

'use strict';

const { member, merged, tagOf } = require('../member.js');
const native = require('#native');
const { isArrayBuffer } = require('#platform').types();

/** @typedef {import('../..').KlingReply} KlingReply */

/**
 * What is known beside the reply.
 *
 * @typedef {object} ReplyContext
 * @property {boolean} probe The request served only to check the credentials.
 * @property {string | undefined} source Where the credentials come from, as `auth.source` has it.
 * @property {string[] | undefined} passedOver As `auth.passedOver`.
 */

/**
 * @param {KlingReply} reply
 * @returns {import('../..').KlingReplyExplanation}
 */
function explainKlingReply(reply) {
  const unknown = { probe: false, source: undefined, passedOver: undefined };
  return publicPart(explainInContext(reply, unknown));
}

/** @typedef {ReturnType<typeof native.explainReply>} NativeExplanation */

/**
 * The explanation with what only this package itself goes by.
 *
 * @param {KlingReply} reply
 * @param {ReplyContext} context
 * @returns {NativeExplanation}
 */
function explainInContext(reply, { probe, source, passedOver }) {
  if (typeof reply === 'object' && reply !== null && has(reply, 'bodyUsed')) {
    const expected = '{ status, headers, body: await response.text() }';
    native.refuseReceived('reply', expected, 'a Response');
  }
  const given = Object(reply ?? {});
  const body = member(given, 'body');
  const headers = member(given, 'headers');
  const url = member(given, 'url');
  const { host, pathname } = location(url);
  return native.explainReply(reply, beginning(body), {
    retryAfter: header(headers, 'retry-after'),
    date: header(headers, 'date'),
    host,
    pathname,
    probe,
    source,
    passedOver,
  });
}

/**
 * @param {NativeExplanation} explanation
 * @returns {import('../..').KlingReplyExplanation}
 */
function publicPart(explanation) {
  const shown = {
    ok: explanation.ok,
    status: explanation.status,
    code: explanation.code ?? null,
    kind: explanation.kind,
    retryable: explanation.retryable,
    retryAfterSec: explanation.retryAfterSec ?? null,
    requestId: explanation.requestId ?? null,
    message: explanation.message ?? null,
    hint: explanation.hint ?? null,
  };
  // The core gives a hint wherever something is wrong, which its tests and those of fuzz/ hold.
  return /** @type {import('../..').KlingReplyExplanation} */ (shown);
}

/**
 * As much of a body as is read, as text or bytes; what can be neither goes on as it is and is
 * refused there. One more than the limit shows that it was cut.
 *
 * @param {unknown} body
 */
function beginning(body) {
  const limit = native.REPLY_BODY_LIMIT + 1;
  if (typeof body === 'string') return body.slice(0, limit);
  if (ArrayBuffer.isView(body)) {
    // A copy: the memory may be shared with another thread.
    const { buffer, byteOffset, byteLength } = body;
    // Of a detached buffer nothing is left.
    if (byteLength === 0) return new Uint8Array();
    return new Uint8Array(buffer, byteOffset, byteLength).slice(0, limit);
  }
  if (isArrayBuffer(body) && body.byteLength === 0) return new Uint8Array();
  if (isArrayBuffer(body)) return new Uint8Array(body, 0, Math.min(body.byteLength, limit));
  if (typeof body !== 'object' || body === null || isAsync(body)) return body;
  return JSON.stringify(envelope(body));
}

/** @param {object} body A promise or a stream, of the web's or of Node's. */
function isAsync(body) {
  return ['then', 'getReader', 'pipe', Symbol.asyncIterator].some((name) => has(body, name));
}

/**
 * The members of a parsed reply that count. The rest may be large, or have a `toJSON`.
 *
 * @param {object} body
 */
function envelope(body) {
  const inner = Object(read(body, 'data'));
  const error = ['error', 'detail', 'errors'].map((name) => read(body, name)).find(Boolean);
  // With no prototype, whose `toJSON` would be called.
  return merged({
    code: scalar(read(body, 'code')),
    message: scalar(read(body, 'message')) ?? scalar(read(body, 'msg')),
    error: typeof error === 'object' && error !== null ? messageOf(error) : scalar(error),
    path: scalar(read(body, 'path')),
    timestamp: scalar(read(body, 'timestamp')),
    request_id: scalar(read(body, 'request_id')),
    data: merged({
      code: scalar(read(inner, 'code')),
      msg: scalar(read(inner, 'msg')),
      message: scalar(read(inner, 'message')),
    }),
  });
}

/** @param {object} error Of a gateway. */
function messageOf(error) {
  const first = Array.isArray(error) ? error[0] : error;
  if (typeof first !== 'object' || first === null) return scalar(first);
  return merged({ message: scalar(read(first, 'message')) ?? scalar(read(first, 'msg')) });
}

/**
 * @param {object} object
 * @param {string} name
 * @returns {unknown}
 */
function read(object, name) {
  return member(/** @type {Record<string, unknown>} */ (object), name);
}

/**
 * @param {object} object
 * @param {string | symbol} name
 */
function has(object, name) {
  return member(/** @type {Record<string | symbol, unknown>} */ (object), name) !== undefined;
}

/** @param {unknown} value */
function scalar(value) {
  if (typeof value === 'string') return value.slice(0, 1000);
  return typeof value === 'number' ? value : undefined;
}

/**
 * One header out of the web's `Headers` or of a record such as Node's `IncomingHttpHeaders`.
 *
 * @param {KlingReply['headers']} headers
 * @param {string} name In lower case.
 * @returns {string | undefined}
 */
function header(headers, name) {
  if (typeof headers !== 'object' || headers === null) return undefined;
  /** @type {unknown} */
  let value;
  if (has(headers, 'get') && 'get' in headers && typeof headers.get === 'function') {
    value = headers.get(name);
  } else {
    const record = /** @type {Record<string, unknown>} */ (headers);
    const key = Object.keys(record).find((key) => key.toLowerCase() === name);
    value = key === undefined ? undefined : record[key];
  }
  const first = Array.isArray(value) ? value[0] : value;
  if (typeof first === 'number') return String(first);
  return typeof first === 'string' ? first : undefined;
}

/** The origin of a path that came without one. */
const UNKNOWN = 'https://unknown.invalid';
const NOWHERE = { host: undefined, pathname: undefined };

/**
 * @param {unknown} url A path alone is enough.
 * @returns {{ host: string | undefined, pathname: string | undefined }}
 */
function location(url) {
  // Of any realm: a test runner's `URL` is not that of the program it tests.
  const isUrl = tagOf(url) === 'URL';
  if (typeof url !== 'string' && !isUrl) return NOWHERE;
  try {
    const { host, pathname } = new URL(String(url), UNKNOWN);
    return { host: UNKNOWN.endsWith(`/${host}`) ? undefined : host, pathname };
  } catch {
    // Only context for the hint: what is no URL gives none.
    return NOWHERE;
  }
}

module.exports = { explainInContext, explainKlingReply, has, header, publicPart };

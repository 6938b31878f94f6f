'use strict';

const { raise } = require('../error.js');
const native = require('#native');

/** @typedef {import('../..').KlingReply} KlingReply */

/**
 * What is known beside the reply.
 *
 * @typedef {object} ReplyContext
 * @property {boolean | undefined} [probe] The request served only to check the credentials.
 * @property {string} [source] Where the credentials come from, as `auth.source` has it.
 * @property {string[]} [passedOver] As `auth.passedOver`.
 */

/**
 * @param {KlingReply} reply
 * @returns {import('../..').KlingReplyExplanation}
 */
function explainKlingReply(reply) {
  return publicPart(explainInContext(reply));
}

/** @typedef {ReturnType<typeof native.explainReply>} NativeExplanation */

/**
 * The explanation with what only this package itself goes by.
 *
 * @param {KlingReply} reply
 * @param {ReplyContext} [context]
 * @returns {NativeExplanation}
 */
function explainInContext(reply, { probe = false, source, passedOver } = {}) {
  if (typeof reply === 'object' && reply !== null && 'bodyUsed' in reply) {
    raise(
      'TypeError',
      'KLING_INVALID_ARG_TYPE',
      'reply must be { status, headers, body: await response.text() }, received a Response',
    );
  }
  const { body, headers, url } = reply ?? {};
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
  return {
    ok: explanation.ok,
    status: explanation.status,
    code: explanation.code ?? null,
    kind: /** @type {import('../..').KlingReplyKind} */ (explanation.kind),
    retryable: explanation.retryable,
    retryAfterSec: explanation.retryAfterSec ?? null,
    requestId: explanation.requestId ?? null,
    message: explanation.message ?? null,
    hint: explanation.hint ?? null,
  };
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
    return new Uint8Array(buffer, byteOffset, byteLength).slice(0, limit);
  }
  if (body instanceof ArrayBuffer) return new Uint8Array(body, 0, Math.min(body.byteLength, limit));
  if (typeof body !== 'object' || body === null || isAsync(body)) return body;
  return JSON.stringify(envelope(body));
}

/** @param {object} body A promise or a stream, of the web's or of Node's. */
function isAsync(body) {
  return 'then' in body || 'getReader' in body || 'pipe' in body || Symbol.asyncIterator in body;
}

/**
 * The members of a parsed reply that count. The rest may be large, or have a `toJSON`.
 *
 * @param {object} body
 */
function envelope(body) {
  const { code, message, msg, request_id, data, error, path, timestamp } =
    /** @type {Record<string, unknown>} */ (body);
  const inner = /** @type {Record<string, unknown>} */ (Object(data));
  return {
    code: scalar(code),
    message: scalar(message) ?? scalar(msg),
    error: typeof error === 'object' && error !== null ? messageOf(error) : scalar(error),
    path: scalar(path),
    timestamp: scalar(timestamp),
    request_id: scalar(request_id),
    data: { code: scalar(inner.code), msg: scalar(inner.msg), message: scalar(inner.message) },
  };
}

/** @param {object} error Of a gateway. */
function messageOf(error) {
  return { message: scalar(/** @type {{ message?: unknown }} */ (error).message) };
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
  if ('get' in headers && typeof headers.get === 'function') {
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

/**
 * @param {unknown} url A path alone is enough.
 * @returns {{ host?: string | undefined, pathname?: string }}
 */
function location(url) {
  if (typeof url !== 'string' && !(url instanceof URL)) return {};
  try {
    const { host, pathname } = new URL(url, UNKNOWN);
    return { host: UNKNOWN.endsWith(`/${host}`) ? undefined : host, pathname };
  } catch {
    // Only context for the hint: what is no URL gives none.
    return {};
  }
}

module.exports = { explainInContext, explainKlingReply, header, publicPart };

'use strict';

const { beginningOf, copied, discard } = require('./body.js');
const { without } = require('./headers.js');
const { member, merged, tagOf } = require('../member.js');
const { noReply } = require('./no-reply.js');
const { header } = require('./reply.js');
const { deadline } = require('./timer.js');

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const CHECK = 'check the base URL';
/** As the Fetch standard has it. */
const MOST = 20;
/** What is kept of a `Request`'s body in case that a redirect asks for it again. */
const KEPT_LIMIT = 1 << 20;
/** That much is there at once, unless it comes from somewhere else. */
const PATIENCE_MS = 5_000;

/**
 * A request that is ready to be sent.
 *
 * @typedef {object} Outgoing
 * @property {string} url
 * @property {Request | undefined} request The platform's own, whose members count where `init` has none.
 * @property {RequestInit} init With the headers.
 */

/**
 * @typedef {object} Answer
 * @property {Response} response
 * @property {boolean} isWithin No redirect has led to another origin.
 */

/**
 * `fetch` with redirects that never take credentials to another origin.
 *
 * The platform's own cannot be left to it: Node.js 18 sends `Authorization` along, at least up to
 * 18.12, and so may the option `fetch`. Within an origin redirects are followed here, by the rules
 * of the Fetch standard; whatever leaves it goes without credentials, and from there the platform
 * may follow.
 *
 * @param {import('../..').KlingFetch} fetch
 * @param {Outgoing} outgoing
 * @returns {Promise<Answer>}
 */
async function fetchWithin(fetch, { url, request, init }) {
  const mode = init.redirect ?? request?.redirect ?? 'follow';
  const sent = merged(init, { redirect: mode === 'follow' ? 'manual' : mode });
  const kept = mode === 'follow' && init.body == null ? keepBody(request) : undefined;
  try {
    const response = await fetch(request ?? url, sent);
    if (mode !== 'follow' || !REDIRECTS.has(response?.status)) {
      return { response, isWithin: isOfOrigin(response, new URL(url).origin) };
    }
    const all = merged(requestMembers(request), sent);
    return await follow(fetch, url, response, all, kept?.bytes);
  } finally {
    kept?.end();
  }
}

/**
 * @param {import('../..').KlingFetch} fetch
 * @param {string} from
 * @param {Response} first
 * @param {RequestInit} request
 * @param {(() => Promise<Uint8Array | undefined>) | undefined} kept The body of a `Request`.
 * @returns {Promise<Answer>}
 */
async function follow(fetch, from, first, request, kept) {
  const { origin } = new URL(from);
  let url = new URL(from);
  let response = first;
  let init = request;
  let isWithin = true;
  for (let hop = 0; REDIRECTS.has(response.status); hop++) {
    const location = header(response.headers, 'location');
    if (location === undefined) break;
    if (hop === MOST)
      throw noReply(`more than ${MOST} redirects`, 'the server sends requests in a circle');
    const next = destination(asUtf8(location), url);
    if (next === undefined) throw noReply('a redirect leads to what is no URL of HTTP', CHECK);
    discard(response);
    init = await redirected(init, response.status, kept);
    if (next.origin !== url.origin) {
      const headers = without(init.headers, ['authorization', 'cookie', 'proxy-authorization']);
      response = await fetch(next.href, merged(init, { headers, redirect: 'follow' }));
      isWithin = false;
      break;
    }
    response = await fetch(next.href, merged(init, { redirect: 'manual' }));
    url = next;
  }
  if (response !== first) Object.defineProperty(response, 'redirected', merged({ value: true }));
  return { response, isWithin: isWithin && isOfOrigin(response, origin) };
}

/**
 * @param {string} location
 * @param {URL} from
 */
function destination(location, from) {
  try {
    const url = new URL(location, from);
    return /^https?:$/.test(url.protocol) ? url : undefined;
  } catch {
    return undefined;
  }
}

/**
 * What an option `fetch` says of where it has been: it may follow redirects by itself.
 *
 * @param {Response} response
 * @param {string} origin
 */
function isOfOrigin(response, origin) {
  if (typeof response !== 'object' || response === null) return true;
  const url = member(response, 'url');
  if (typeof url !== 'string' || url === '') return member(response, 'redirected') !== true;
  try {
    return new URL(url, origin).origin === origin;
  } catch {
    return false;
  }
}

/**
 * A header's bytes are handed out as Latin-1, while a server means UTF-8.
 *
 * @param {string} location
 */
function asUtf8(location) {
  return /^[\0-\x7f]*$|[^\0-\xff]/.test(location)
    ? location
    : new TextDecoder().decode(Uint8Array.from(location, (char) => char.charCodeAt(0)));
}

/**
 * @param {RequestInit} init
 * @param {number} status
 * @param {(() => Promise<Uint8Array | undefined>) | undefined} kept
 * @returns {Promise<RequestInit>}
 */
async function redirected(init, status, kept) {
  const method = String(init.method ?? 'GET').toUpperCase();
  const becomesGet =
    status === 303 ? method !== 'GET' && method !== 'HEAD' : status < 303 && method === 'POST';
  if (becomesGet) {
    // A stream is refused even where it is not needed again: so the standard has it.
    if (status !== 303 && kept === undefined) checkResendable(init.body);
    const { body, duplex, ...rest } = /** @type {RequestInit & { duplex?: unknown }} */ (init);
    const about = ['content-encoding', 'content-language', 'content-location', 'content-type'];
    return merged(rest, { method: 'GET', headers: without(init.headers, about) });
  }
  if (kept === undefined) {
    checkResendable(init.body);
    return init;
  }
  const body = await kept();
  if (body === undefined) checkResendable(init.body);
  return merged(init, { body });
}

/** @param {unknown} body */
function checkResendable(body) {
  if (isResendable(body)) return;
  throw noReply(
    'a redirect asks for the body again, which was a stream',
    'pass a string, bytes, Blob, FormData or URLSearchParams, or the address that the redirect leads to',
  );
}

/**
 * A copy of what a `Request` is about to send, read while that is sent: its body shows as a stream,
 * also where it was made of a text.
 *
 * @param {Request | undefined} request
 */
function keepBody(request) {
  if (request?.body == null || request.bodyUsed) return undefined;
  const { over, end } = deadline(PATIENCE_MS, undefined, () => new Error('too slow to be kept'));
  const reading = beginningOf(copied(request), KEPT_LIMIT, over)
    .then((body) => (typeof body === 'string' ? new TextEncoder().encode(body) : body))
    .then((bytes) => (bytes.length > KEPT_LIMIT ? undefined : bytes))
    .catch(() => undefined)
    .finally(end);
  return { bytes: () => reading, end };
}

/**
 * What a request without a `Request` in it needs to be the same.
 *
 * @param {Request | undefined} request
 * @returns {RequestInit}
 */
function requestMembers(request) {
  const copy = merged();
  for (const name in request) {
    const value = /** @type {Record<string, unknown>} */ (/** @type {unknown} */ (request))[name];
    if (typeof value !== 'function') copy[name] = value;
  }
  return copy;
}

const RESENDABLE = new Set([
  'ArrayBuffer',
  'SharedArrayBuffer',
  'Blob',
  'File',
  'FormData',
  'URLSearchParams',
]);

/**
 * A stream is gone once it was sent. So is the body of a `Request`, which is always a stream.
 *
 * @param {unknown} body
 */
function isResendable(body) {
  if (body == null || typeof body === 'string' || ArrayBuffer.isView(body)) return true;
  return RESENDABLE.has(tagOf(body));
}

module.exports = { fetchWithin, isResendable };

'use strict';

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** As the Fetch standard has it. */
const MOST = 20;

/**
 * `fetch` with redirects that never take credentials to another origin.
 *
 * The platform's own cannot be left to it: Node.js 18 sends `Authorization` along, at least up to
 * 18.12, and so may the option `fetch`. Within an origin redirects are followed here, by the rules
 * of the Fetch standard; whatever leaves it goes without credentials, and from there the platform
 * may follow.
 *
 * @param {import('../..').KlingFetch} fetch
 * @param {string | Request} target
 * @param {RequestInit | undefined} init
 * @param {NonNullable<RequestInit['headers']>} headers Instead of those of `init`.
 * @returns {Promise<Response>}
 */
async function fetchWithin(fetch, target, init, headers) {
  const given = members(init);
  const request = typeof target === 'string' ? undefined : target;
  const mode = given?.redirect ?? request?.redirect ?? 'follow';
  // Members that a spread object does not have yet are cheap before it and dear behind it.
  const sent = /** @type {RequestInit} */ ({ headers, redirect: mode, ...given });
  sent.headers = headers;
  sent.redirect = mode === 'follow' ? 'manual' : mode;
  const response = await fetch(target, sent);
  if (mode !== 'follow' || !REDIRECTS.has(response.status)) return response;
  const url = String(request?.url ?? target);
  return follow(fetch, url, response, { ...members(request), ...sent });
}

/**
 * @param {import('../..').KlingFetch} fetch
 * @param {string} from
 * @param {Response} first
 * @param {RequestInit} request
 */
async function follow(fetch, from, first, request) {
  let url = new URL(from);
  let response = first;
  let init = request;
  for (let hop = 0; REDIRECTS.has(response.status); hop++) {
    const location = response.headers.get('location');
    if (location === null) break;
    if (hop === MOST) throw new TypeError(`more than ${MOST} redirects`);
    const next = new URL(location, url);
    if (!/^https?:$/.test(next.protocol)) throw new TypeError('a redirect leaves HTTP');
    discard(response);
    init = redirected(init, response.status);
    if (next.origin !== url.origin) {
      const headers = without(init.headers, ['authorization', 'cookie', 'proxy-authorization']);
      response = await fetch(next.href, { ...init, headers, redirect: 'follow' });
      break;
    }
    response = await fetch(next.href, { ...init, redirect: 'manual' });
    url = next;
  }
  if (response !== first) Object.defineProperty(response, 'redirected', { value: true });
  return response;
}

/**
 * @param {RequestInit} init
 * @param {number} status
 * @returns {RequestInit}
 */
function redirected(init, status) {
  if (status !== 303 && !isResendable(init.body)) {
    throw new TypeError('a redirect asks for the body again, which was a stream');
  }
  const method = (init.method ?? 'GET').toUpperCase();
  const becomesGet =
    status === 303 ? method !== 'GET' && method !== 'HEAD' : status < 303 && method === 'POST';
  if (!becomesGet) return init;
  const { body, duplex, ...rest } = /** @type {RequestInit & { duplex?: unknown }} */ (init);
  const about = ['content-encoding', 'content-language', 'content-location', 'content-type'];
  return { ...rest, method: 'GET', headers: without(init.headers, about) };
}

/**
 * @param {RequestInit['headers']} headers
 * @param {string[]} names
 */
function without(headers, names) {
  const copy = new Headers(headers);
  for (const name of names) copy.delete(name);
  return copy;
}

/**
 * The members of `init`, including those that a `Request` in its place has as accessors.
 *
 * @param {RequestInit | Request | undefined} init
 * @returns {RequestInit | undefined}
 */
function members(init) {
  if (init == null) return undefined;
  const source = /** @type {Record<string, unknown>} */ (/** @type {unknown} */ (init));
  if (Object.getPrototypeOf(init) === Object.prototype) return source;
  /** @type {Record<string, unknown>} */
  const copy = {};
  for (const name in source) copy[name] = source[name];
  return copy;
}

/**
 * Lets go of a body that nobody reads: a stream of the web's, or one that an option `fetch` made.
 *
 * @param {Response} response
 */
function discard(response) {
  const body = /** @type {{ cancel?(): Promise<void>, destroy?(): void } | null} */ (response.body);
  if (typeof body?.cancel === 'function') body.cancel().catch(() => {});
  else body?.destroy?.();
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
 * A stream is gone once it was sent. So is the body of a `Request`, which is always a stream:
 * cloning each one in case it is refused would keep every upload in memory.
 *
 * @param {unknown} body
 */
function isResendable(body) {
  if (body == null || typeof body === 'string' || ArrayBuffer.isView(body)) return true;
  return RESENDABLE.has(Object.prototype.toString.call(body).slice(8, -1));
}

module.exports = { discard, fetchWithin, isResendable };

'use strict';

const { raise } = require('../error.js');
const native = require('#native');

/**
 * Where an instance sends its requests.
 *
 * @typedef {object} Endpoint
 * @property {string} base The base URL without a slash at its end.
 * @property {string} root The base URL without `/v1` either.
 * @property {string} origin
 * @property {string[]} allowed Further origins that may see the credentials.
 */

/**
 * @param {import('../../native').NativeAuth} auth
 * @param {readonly string[] | null} [allowedOrigins]
 * @returns {Endpoint}
 */
function endpointOf(auth, allowedOrigins) {
  const { name, url } = auth.base();
  const { origin, pathname } = checked(name, url, false);
  const base = withoutSlashes(origin + pathname);
  return {
    base,
    root: base.replace(/\/v1$/, ''),
    origin,
    allowed: (allowedOrigins ?? []).map(
      (allowed, index) => checked(`allowedOrigins[${index}]`, allowed, true).origin,
    ),
  };
}

/**
 * @param {string} name
 * @param {string} text
 * @param {boolean} bare Without a path.
 */
function checked(name, text, bare) {
  const url = parse(text);
  native.checkUrl(
    name,
    url && {
      protocol: url.protocol,
      hostname: url.hostname,
      pathname: url.pathname,
      hasExtras: (url.username || url.password || url.search || url.hash) !== '',
    },
    bare,
  );
  // What is no URL was just refused.
  return /** @type {URL} */ (url);
}

/**
 * By hand: on many slashes, a pattern for those at the end takes quadratic time.
 *
 * @param {string} text
 */
function withoutSlashes(text) {
  let end = text.length;
  while (text[end - 1] === '/') end -= 1;
  return text.slice(0, end);
}

/**
 * @param {string} text
 * @param {string} [base]
 */
function parse(text, base) {
  try {
    return new URL(text, base);
  } catch {
    return undefined;
  }
}

/**
 * Where Kling has paths that do not begin with `/v1`: documented, and `/v1/tasks` is a 404 there
 * (recorded). What stands under `/v1` has none of these names.
 */
const AT_ROOT =
  /^\/(?:v1|account|tasks|text-to-video|image-to-video|omni-video|motion-control)(?=[/?#]|$)/;

/**
 * The URL of a request. A path is taken relative to the base URL, except that `/v1/…`,
 * `/account/…` and the paths of the newer endpoints always start at its root; anything absolute must
 * lead to an origin that may see the credentials.
 *
 * @param {Endpoint} endpoint
 * @param {string} input
 * @returns {string}
 */
function resolve(endpoint, input) {
  const text = input.trim();
  // The most frequent form, which is not parsed twice: what follows an authority and a slash
  // cannot change the origin.
  if (!/^(?:[/\\]{2}|[a-z][a-z0-9+.-]*:)/i.test(text)) {
    const path = text.startsWith('/') ? text : `/${text}`;
    return (AT_ROOT.test(path) ? endpoint.root : endpoint.base) + path;
  }
  const url = parse(text, endpoint.base);
  if (url === undefined) {
    return refuse('is no URL: give a path such as /v1/videos/text2video, or https://host/path');
  }
  // One that names a blob has the origin of the page that made it.
  if (url.protocol === 'blob:') return refuse('must be a path, or a URL of http or https');
  if (url.origin !== endpoint.origin) {
    native.checkDestination(url.origin, endpoint.origin, endpoint.allowed);
  }
  // The platform's fetch would quote them.
  if (url.username !== '' || url.password !== '') {
    return refuse('must not hold a user name or password: leave them out');
  }
  return url.href;
}

/**
 * @param {string} problem
 * @returns {never}
 */
function refuse(problem) {
  return raise('KlingAuthError', 'KLING_INVALID_URL', `input ${problem}`);
}

module.exports = { endpointOf, resolve };

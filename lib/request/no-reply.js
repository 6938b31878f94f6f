'use strict';

const { define, member } = require('../member.js');
const native = require('#native');
const { ignoredProxy } = require('./proxy.js');

/**
 * What helps, by the beginning of the error's code, and whether the request can have arrived.
 *
 * @type {[code: RegExp, remedy: string, mayHaveArrived: boolean][]}
 */
const REMEDIES = [
  [/^(ENOTFOUND|EAI_)/, 'the host name does not resolve: check it, the network and DNS', false],
  [
    /^(ECONNREFUSED|ConnectionRefused|FailedToOpenSocket)/,
    'nothing listens there: check the base URL and the port',
    false,
  ],
  [/^(ENETUNREACH|EHOSTUNREACH|ENETDOWN)/, 'there is no route to it: check the network', false],
  [
    /^(ECONNRESET|ECONNABORTED|EPIPE|UND_ERR_SOCKET|ConnectionClosed|HPE_)/,
    'the connection was cut: check proxies, then try again',
    true,
  ],
  [
    /^(CERT_|DEPTH_|ERR_TLS|ERR_SSL|UNABLE_|SELF_|HOSTNAME_|EPROTO)/,
    'TLS failed: check the clock and proxies',
    false,
  ],
  [/^UND_ERR_CONNECT_TIMEOUT/, 'it took too long: check the network and proxies', false],
  [/^(ETIMEDOUT|UND_ERR_\w*TIMEOUT)/, 'it took too long: check the network and proxies', true],
];

/** What a platform says that gives no cause. */
const MESSAGES = /^(fetch failed|failed to fetch|network ?error|error sending request)/i;

/**
 * What to do where no reply came; nothing where that is not what the error tells of.
 *
 * @param {unknown} error Of `fetch`, which keeps the reason in `cause`.
 * @param {{ url: string, method: string | undefined, usesPlatform: boolean }} request
 * @returns {string | undefined}
 */
function remedyFor(error, { url, method, usesPlatform }) {
  const found = lookUp(error);
  if (found === undefined) return undefined;
  const { remedy, mayHaveArrived } = found;
  const proxy = usesPlatform ? ignoredProxy(url) : undefined;
  const parts = [remedy, proxy];
  if (mayHaveArrived && method !== undefined) {
    parts.push(native.hintWithoutReply(method, new URL(url).pathname));
  }
  return parts.filter((part) => part !== undefined).join('; ');
}

/** @param {unknown} error */
function lookUp(error) {
  /** @type {unknown} */
  let cause = error;
  for (let depth = 0; depth < 10 && typeof cause === 'object' && cause !== null; depth++) {
    const code = part(cause, 'code');
    const row =
      typeof code === 'string' ? REMEDIES.find(([pattern]) => pattern.test(code)) : undefined;
    if (row) return { remedy: `${row[1]} (${code})`, mayHaveArrived: row[2] };
    cause = part(cause, 'cause');
  }
  const message = part(Object(error), 'message');
  const tells =
    part(Object(error), 'cause') === undefined &&
    typeof message === 'string' &&
    MESSAGES.test(message);
  return tells ? { remedy: 'check the network and proxies', mayHaveArrived: true } : undefined;
}

/**
 * @param {object} error
 * @param {string} name
 * @returns {unknown}
 */
function part(error, name) {
  return member(/** @type {Record<string, unknown>} */ (error), name);
}

/**
 * The platform's error once more, with what helps; any other error as it is.
 *
 * @param {unknown} error
 * @param {{ url: string, method: string, usesPlatform: boolean }} request
 * @returns {unknown}
 */
function withRemedy(error, request) {
  const hint = remedyFor(error, request);
  if (hint === undefined) return error;
  return noReply(String(part(Object(error), 'message')), hint, { cause: error });
}

/**
 * Of the class that `fetch` rejects with.
 *
 * @param {string} message
 * @param {string} hint
 * @param {ErrorOptions} [options]
 */
function noReply(message, hint, options) {
  return define(new TypeError(message, options), { code: 'KLING_NETWORK', hint });
}

module.exports = { noReply, remedyFor, withRemedy };

'use strict';

const { resolve } = require('./endpoint.js');
const { beginningOf, configure, fetchOf, learn, localTime } = require('./network.js');
const { fetchWithin, isResendable } = require('./redirect.js');

/** @typedef {import('./network.js').Network} Network */

/**
 * `auth.fetch`: a function of its own, so that it can be passed on.
 *
 * @param {Network} network
 * @returns {import('..').KlingFetch}
 */
function fetchFor(network) {
  /**
   * @param {string | URL | Request} input
   * @param {RequestInit} [init]
   */
  return async function fetch(input, init) {
    const request = isRequest(input) ? input : undefined;
    const url = resolve(configure(network), request === undefined ? String(input) : request.url);
    const target = request ?? url;
    const headers = init?.headers ?? request?.headers;
    if (isAuthorized(headers)) return fetchWithin(fetchOf(network), target, init, headers);

    const { token } = await network.auth.getToken();
    const send = (/** @type {string} */ bearer) =>
      fetchWithin(fetchOf(network), target, init, authorized(headers, bearer));
    const sent = localTime(network);
    const response = await send(token);
    if (response.status !== 401) return response;

    if (!(await isClockRefusal(network, { token, url, sent, response }))) return response;
    if (!isResendable(init?.body ?? request?.body)) return response;
    const { token: renewed } = await network.auth.getToken();
    if (renewed === token) return response;
    response.body?.cancel().catch(() => {});
    const sentAgain = localTime(network);
    const second = await send(renewed);
    if (second.status === 401) {
      await isClockRefusal(network, { token: renewed, url, sent: sentAgain, response: second });
    }
    return second;
  };
}

/**
 * What is read of a 401's copy. Far more than is looked at: Node.js 18 keeps a process alive as
 * long as a copy is not read to its end.
 */
const COPY_LIMIT = 1 << 20;

/**
 * Whether a 401 is about the token's dates. If so, Kling's clock has been learnt, and the next
 * token is a new one.
 *
 * @param {Network} network
 * @param {{ token: string, url: string, sent: number, response: Response }} exchange
 */
async function isClockRefusal(network, exchange) {
  const received = localTime(network);
  const { response } = exchange;
  if (Number(response.headers.get('content-length')) > COPY_LIMIT) return false;
  let body;
  try {
    body = await beginningOf(response.clone(), COPY_LIMIT);
  } catch {
    // The caller will find the broken body too.
    return false;
  }
  const { explanation } = learn(network, { ...exchange, received, body });
  if (explanation.kind !== 'clock') return false;
  network.auth.invalidate(exchange.token);
  return true;
}

/**
 * By its shape: other implementations of `fetch` have a class of their own.
 *
 * @param {string | URL | Request} input
 * @returns {input is Request}
 */
function isRequest(input) {
  return typeof input === 'object' && input !== null && 'url' in input && 'headers' in input;
}

/**
 * @param {RequestInit['headers']} headers
 * @returns {headers is NonNullable<typeof headers>}
 */
function isAuthorized(headers) {
  if (headers == null) return false;
  if (isRecord(headers)) {
    return Object.keys(headers).some((name) => name.toLowerCase() === 'authorization');
  }
  return new Headers(headers).has('authorization');
}

/**
 * @param {RequestInit['headers']} headers
 * @param {string} bearer
 * @returns {NonNullable<RequestInit['headers']>}
 */
function authorized(headers, bearer) {
  const authorization = `Bearer ${bearer}`;
  if (headers == null) return { Authorization: authorization };
  if (isRecord(headers)) return { Authorization: authorization, ...headers };
  const copy = new Headers(headers);
  copy.set('Authorization', authorization);
  return copy;
}

/**
 * Rather than `Headers` or a list of pairs.
 *
 * @param {NonNullable<RequestInit['headers']>} headers
 * @returns {headers is Record<string, string>}
 */
function isRecord(headers) {
  return typeof headers === 'object' && !(Symbol.iterator in headers);
}

module.exports = { fetchFor };

'use strict';

const { bearerOf } = require('./bearer.js');
const { resolve } = require('./endpoint.js');
const native = require('#native');
const { beginningOf, configure, explain, fetchOf, learn, localTime } = require('./network.js');
const { discard, fetchWithin, isResendable } = require('./redirect.js');

/** @typedef {import('./network.js').Network} Network */

/**
 * `auth.fetch`: a function of its own, so that it can be passed on.
 *
 * @param {Network} network
 * @returns {import('../..').KlingFetch}
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

    const signal = init?.signal ?? request?.signal;
    const token = await bearerOf(network.auth, signal);
    const send = (/** @type {string} */ bearer) =>
      fetchWithin(fetchOf(network), target, init, authorized(headers, bearer));
    const sent = localTime(network);
    const response = await send(token);
    if (response.status !== 401) return response;

    const renewed = await renew(network, { token, url, sent, response });
    if (renewed === token || !isResendable(init?.body ?? request?.body)) return response;
    discard(response);
    const sentAgain = localTime(network);
    const second = await send(renewed);
    if (second.status === 401) {
      await renew(network, { token: renewed, url, sent: sentAgain, response: second });
    }
    return second;
  };
}

/**
 * What is read of a 401's copy. Far more than is looked at: Node.js 18 keeps a process alive as
 * long as a copy is not read to its end.
 */
const COPY_LIMIT = 1 << 20;
/** A refusal of Kling's is a line; who has not sent it by now is somebody else. */
const PATIENCE_MS = 5_000;

/**
 * The token to go on with after a 401: a new one if the old was refused for its dates, else the
 * same. Kling's clock is learnt from such a refusal, and from no other 401, which a proxy may have
 * sent.
 *
 * @param {Network} network
 * @param {{ token: string, url: string, sent: number, response: Response }} refused
 */
async function renew(network, refused) {
  const { token, response } = refused;
  const isLong = Number(response.headers.get('content-length')) > COPY_LIMIT;
  if (isLong || native.credentialOf(token) === 'apiKey') return token;
  const received = localTime(network);
  const body = await copyOf(response);
  if (body === undefined) return token;
  const exchange = { ...refused, received, body };
  const { explanation } = explain(network, exchange);
  if (explanation.kind !== 'clock') return token;
  learn(network, exchange, explanation);
  return network.native.renew(token, network.now?.());
}

/**
 * The beginning of a reply's body, which stays whole for the caller; nothing if it is broken, which
 * the caller will find too, or does not come.
 *
 * @param {Response} response
 */
async function copyOf(response) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** @type {Promise<undefined>} */
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS, undefined);
  });
  const copy = beginningOf(response.clone(), COPY_LIMIT).catch(() => undefined);
  try {
    return await Promise.race([copy, late]);
  } finally {
    clearTimeout(timer);
  }
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

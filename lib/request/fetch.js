'use strict';

const { bearerOf } = require('./bearer.js');
const { discard } = require('./body.js');
const { resolve } = require('./endpoint.js');
const { authorizationIn, authorized } = require('./headers.js');
const { targetOf } = require('./input.js');
const native = require('#native');
const { configure, fetchOf, localTime, remember } = require('./network.js');
const { withRemedy } = require('./no-reply.js');
const { merged } = require('../member.js');
const { fetchWithin, isResendable } = require('./redirect.js');
const { throwIfAborted } = require('./signal.js');
const { nextBearer } = require('./unauthorized.js');

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
   * @param {RequestInit} [given]
   */
  return async function fetch(input, given) {
    const { address, request, init } = targetOf(input, given);
    const url = resolve(configure(network), address);
    const headers = init.headers ?? request?.headers;
    const signal = init.signal ?? request?.signal;
    const method = methodOf(init.method ?? request?.method);
    /** @param {NonNullable<RequestInit['headers']>} headers */
    const send = async (headers) => {
      const outgoing = { url, request, init: merged(init, { headers }) };
      const platform = fetchOf(network);
      try {
        return await fetchWithin(platform, outgoing);
      } catch (error) {
        if (signal?.aborted) throw error;
        throw withRemedy(error, { url, method, usesPlatform: network.fetch == null });
      }
    };

    const own = authorizationIn(headers);
    if (headers != null && own !== undefined && !isOurs(network, own)) {
      const { response } = await send(headers);
      remember(network, response, { url, method, token: own.replace(/^Bearer /i, '') });
      return response;
    }

    let token = await bearerOf(network.auth, signal);
    const tried = { clock: false, provider: false };
    for (;;) {
      const sent = localTime(network);
      const { response, isWithin } = await send(authorized(headers, token));
      remember(network, response, { url, method, token });
      if (response?.status !== 401 || !isWithin) return response;
      const refused = { token, url, method, sent, response, signal };
      const next = await nextBearer(network, refused, tried);
      if (signal?.aborted) discard(response);
      throwIfAborted(signal);
      const isLast = next === undefined || !isResendable(init.body ?? request?.body);
      if (isLast) return response;
      discard(response);
      token = next;
    }
  };
}

/** @param {unknown} method */
function methodOf(method) {
  if (method == null) return 'GET';
  return typeof method === 'string'
    ? method.toUpperCase()
    : native.refuseType('method', 'a string', method);
}

/**
 * Whether a client has only put in what it got from this instance, perhaps long ago: that is
 * renewed like any other token.
 *
 * @param {Network} network
 * @param {string} authorization
 */
function isOurs(network, authorization) {
  const [, bearer] = /^Bearer +(\S+)$/i.exec(authorization) ?? [];
  return bearer !== undefined && network.native.hasIssued(bearer);
}

module.exports = { fetchFor };

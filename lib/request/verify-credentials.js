'use strict';

const { bearerOf } = require('./bearer.js');
const { KlingAuthError } = require('../error.js');
const { member, merged } = require('../member.js');
const native = require('#native');
const { beginningOf } = require('./body.js');
const { configure, explain, fetchOf, learn, localTime } = require('./network.js');
const { momentOf } = require('../moment.js');
const { remedyFor } = require('./no-reply.js');
const { signalOf, throwIfAborted } = require('./signal.js');
const { deadline, elapsed, sleep } = require('./timer.js');

/** @typedef {import('./network.js').Network} Network */

/** Kling's limit for the endpoint that is asked: one call a second. */
const INTERVAL_MS = 1000;

/**
 * @param {Network} network
 * @param {import('../..').VerifyOptions | null} [options]
 * @returns {Promise<import('../..').KlingVerification>}
 */
async function verify(network, options) {
  const { timeoutMs, signal: given } = native.verifyOptions(options);
  const signal = signalOf(given);
  const endpoint = configure(network);
  fetchOf(network);
  for (;;) {
    await waitForTurn(network, signal);
    const { costs, tasks } = network.native.probes(localTime(network));
    const url = endpoint.root + (network.lacksCosts ? tasks : costs);
    const token = await bearerOf(network.auth, signal);
    const exchange = await call(network, { url, token, timeoutMs, signal });
    if (exchange.response.status === 404 && !network.lacksCosts) {
      network.lacksCosts = true;
      continue;
    }
    const seen = { ...exchange, url, method: 'GET', token, probe: true };
    const { explanation } = explain(network, seen);
    if (exchange.isOwn) {
      if (explanation.ok || explanation.code !== null) learn(network, seen, explanation);
      if (explanation.kind === 'clock') network.native.renew(token, momentOf(network.now));
    }
    return {
      ...explanation,
      credential: native.credentialOf(token),
      baseUrl: endpoint.base,
      clockSkewSec: network.auth.clockSkewSec,
      latencyMs: exchange.latencyMs,
    };
  }
}

/**
 * Waits until another call is due.
 *
 * @param {Network} network
 * @param {AbortSignal} [signal]
 */
async function waitForTurn(network, signal) {
  for (;;) {
    throwIfAborted(signal);
    const now = elapsed();
    const wait = network.nextVerify - now;
    if (wait <= 0) {
      network.nextVerify = now + INTERVAL_MS;
      return;
    }
    await sleep(Math.ceil(wait), signal);
  }
}

/**
 * One request with the beginning of its reply.
 *
 * @param {Network} network
 * @param {{ url: string, token: string, timeoutMs: number, signal: AbortSignal | undefined }} call
 */
async function call(network, { url, token, timeoutMs, signal }) {
  throwIfAborted(signal);
  // AbortSignal.any is not in Node 18.
  const controller = new AbortController();
  const late = () => new DOMException(`no reply within ${timeoutMs} ms`, 'TimeoutError');
  const { over, end } = deadline(timeoutMs, signal, late);
  over.catch((reason) => controller.abort(reason));
  try {
    const begin = elapsed();
    const sent = localTime(network);
    const headers = { Authorization: `Bearer ${token}` };
    const init = merged({ headers, redirect: 'manual', signal: controller.signal });
    const asked = fetchOf(network)(url, init);
    // An option `fetch` may care for no signal.
    const response = await Promise.race([asked, over]);
    if (typeof response?.status !== 'number') throw new TypeError('fetch gave no Response');
    const received = localTime(network);
    const latencyMs = Math.round(elapsed() - begin);
    const body = await beginningOf(response, native.REPLY_BODY_LIMIT, over);
    return { response, body, sent, received, latencyMs, isOwn: isOwn(response, url) };
  } catch (error) {
    throwIfAborted(signal);
    throw new KlingAuthError(
      'KLING_NETWORK',
      `no reply from ${new URL(url).origin}: ${reason(error, url, network.fetch == null)}`,
      { cause: error },
    );
  } finally {
    end();
  }
}

/**
 * Whether it is the one who was asked that has answered, and not one that an option `fetch` was
 * redirected to.
 *
 * @param {Response} response
 * @param {string} url
 */
function isOwn(response, url) {
  const { origin } = new URL(url);
  const seen = member(response, 'url');
  if (typeof seen !== 'string' || seen === '') return member(response, 'redirected') !== true;
  return new URL(seen, origin).origin === origin;
}

/**
 * @param {unknown} error
 * @param {string} url
 * @param {boolean} usesPlatform
 */
function reason(error, url, usesPlatform) {
  const { name, message } = Object(error);
  if (name === 'TimeoutError') {
    return `${message}: check the network and proxies`;
  }
  return (
    remedyFor(error, { url, method: undefined, usesPlatform }) ??
    'the request failed, see the cause'
  );
}

module.exports = { verify };

'use strict';

const { bearerOf } = require('./bearer.js');
const { KlingAuthError } = require('../error.js');
const native = require('#native');
const { delay } = require('#platform');
const { beginningOf, configure, explain, fetchOf, learn, localTime } = require('./network.js');
const { reasonOf, signalOf, throwIfAborted } = require('./signal.js');

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
  for (;;) {
    await turn(network, signal);
    const { costs, tasks } = network.native.probes(localTime(network));
    const url = endpoint.root + (network.lacksCosts ? tasks : costs);
    const token = await bearerOf(network.auth, signal);
    const exchange = await call(network, { url, token, timeoutMs, signal });
    if (exchange.response.status === 404 && !network.lacksCosts) {
      network.lacksCosts = true;
      continue;
    }
    const seen = { ...exchange, url, token, probe: true };
    const { credential, explanation } = explain(network, seen);
    if (explanation.ok || explanation.code !== null) learn(network, seen, explanation);
    if (explanation.kind === 'clock') network.native.renew(token, network.now?.());
    return {
      ...explanation,
      credential,
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
async function turn(network, signal) {
  for (;;) {
    throwIfAborted(signal);
    const now = performance.now();
    const wait = (network.nextVerify ?? 0) - now;
    if (wait <= 0) {
      network.nextVerify = now + INTERVAL_MS;
      return;
    }
    try {
      await delay(Math.ceil(wait), signal);
    } catch (error) {
      throwIfAborted(signal);
      throw error;
    }
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
  const abort = () => controller.abort(signal && reasonOf(signal));
  signal?.addEventListener('abort', abort);
  const timeout = new DOMException(`no reply within ${timeoutMs} ms`, 'TimeoutError');
  const timer = setTimeout(() => controller.abort(timeout), timeoutMs);
  try {
    const begin = performance.now();
    const sent = localTime(network);
    const response = await fetchOf(network)(url, {
      headers: { Authorization: `Bearer ${token}` },
      redirect: 'manual',
      signal: controller.signal,
    });
    const received = localTime(network);
    const latencyMs = Math.round(performance.now() - begin);
    return { response, body: await beginningOf(response), sent, received, latencyMs };
  } catch (error) {
    throwIfAborted(signal);
    throw new KlingAuthError(
      'KLING_NETWORK',
      `no reply from ${new URL(url).origin}: ${reason(error)}`,
      { cause: error },
    );
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}

/** What helps, by the beginning of the error's code. @type {[RegExp, string][]} */
const REMEDIES = [
  [/^(ENOTFOUND|EAI_)/, 'the host name does not resolve: check it, the network and DNS'],
  [/^ECONNREFUSED/, 'nothing listens there: check the base URL and the port'],
  [/^(ENETUNREACH|EHOSTUNREACH)/, 'there is no route to it: check the network'],
  [/^(ECONNRESET|EPIPE|UND_ERR_SOCKET)/, 'the connection was cut: check proxies, then try again'],
  [
    /^(CERT_|DEPTH_|ERR_TLS|ERR_SSL|UNABLE_|SELF_|EPROTO)/,
    'TLS failed: check the clock and proxies',
  ],
  [/^(ETIMEDOUT|UND_ERR_\w*TIMEOUT)/, 'it took too long: check the network and proxies'],
];

/**
 * @param {any} error Of `fetch`, which keeps the reason in `cause`. In a test runner it is often of
 * another realm than this file.
 */
function reason(error) {
  if (error?.name === 'TimeoutError') return `${error.message}: check the network and proxies`;
  // Four at most: a chain of causes may be a circle.
  for (const cause of [error, error?.cause, error?.cause?.cause, error?.cause?.cause?.cause]) {
    const code = String(cause?.code ?? '');
    const remedy = REMEDIES.find(([pattern]) => pattern.test(code));
    if (remedy) return `${remedy[1]} (${code})`;
  }
  return 'the request failed, see the cause';
}

module.exports = { verify };

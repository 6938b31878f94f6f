'use strict';

const { endpointOf } = require('./endpoint.js');
const { explainInContext, header, publicPart } = require('./reply.js');
const native = require('#native');
const platform = require('#platform');

/**
 * What `fetch` and `verify` share of an instance.
 *
 * @typedef {object} Network
 * @property {Pick<import('../..').KlingAuth, 'getToken' | 'invalidate' | 'clockSkewSec' | 'source' | 'passedOver'>} auth
 * @property {import('../../native').NativeAuth} native
 * @property {InstanceType<typeof import('../provider.js').Provider>} [provider] With the option
 * `credentials`.
 * @property {(() => number) | undefined} now The option.
 * @property {import('../..').KlingFetch | null | undefined} fetch The option.
 * @property {import('./endpoint.js').Endpoint} [endpoint] Known after `configure`.
 * @property {number} [nextVerify] When `verify` may call again, by `performance.now`.
 * @property {boolean} [lacksCosts] The base URL has no `/account/costs`.
 */

/**
 * Looks at the base URL and the allowed origins: at once where they are given, so that mistakes
 * are refused by the constructor, else before the first request.
 *
 * @param {Network} network
 * @param {readonly string[] | null} [allowedOrigins]
 * @returns {import('./endpoint.js').Endpoint}
 */
function configure(network, allowedOrigins) {
  network.endpoint ??= endpointOf(network.native, allowedOrigins);
  return network.endpoint;
}

/** @param {Network} network */
function localTime(network) {
  return network.now === undefined ? platform.now() : network.now();
}

/**
 * The option `fetch`, or the platform's, looked up late so that what replaces it is seen.
 *
 * @param {Network} network
 * @returns {import('../..').KlingFetch}
 */
function fetchOf(network) {
  return network.fetch ?? globalThis.fetch;
}

/**
 * The beginning of a reply's body, however long that is: at least what is looked at.
 *
 * @param {Response} response
 * @param {number} [limit] In bytes.
 * @returns {Promise<string | Uint8Array>}
 */
async function beginningOf(response, limit = native.REPLY_BODY_LIMIT) {
  // Without a body, or with one that is no stream of the web's, as `fetch` options bring along.
  if (typeof response.body?.getReader !== 'function') return response.text();
  const reader = response.body.getReader();
  const chunks = [];
  let length = 0;
  while (length <= limit) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
    length += value.byteLength;
  }
  reader.cancel().catch(() => {});
  return platform.concat(chunks);
}

/**
 * @typedef {object} Exchange A request that carried `token`, and its reply.
 * @property {string} token
 * @property {string} url
 * @property {number} sent
 * @property {number} received
 * @property {Response} response
 * @property {string | Uint8Array} body
 * @property {boolean} [probe] It only checks the credentials.
 */

/**
 * @param {Network} network
 * @param {Exchange} exchange
 */
function explain(network, { token, url, response, body, probe }) {
  const credential = native.credentialOf(token);
  const { status, headers } = response;
  // The path as Kling knows it, without that of a proxy's base URL in front.
  const { root } = configure(network);
  const path = url.startsWith(root) ? new URL(root).origin + url.slice(root.length) : url;
  const reply = { status, body, headers, credential, url: path };
  const { source, passedOver } = network.auth;
  const explanation = publicPart(explainInContext(reply, { probe, source, passedOver }));
  return { credential, explanation };
}

/**
 * Learns Kling's clock from a reply that is Kling's.
 *
 * @param {Network} network
 * @param {Exchange} exchange
 * @param {import('../..').KlingReplyExplanation} explanation
 */
function learn(network, { token, sent, received, response: { headers } }, explanation) {
  network.native.learnClock(token, {
    sent,
    received,
    date: header(headers, 'date'),
    cached: header(headers, 'age') !== undefined,
    ok: explanation.ok,
    code: explanation.code ?? undefined,
  });
}

module.exports = { beginningOf, configure, explain, fetchOf, learn, localTime };

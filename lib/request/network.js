'use strict';

const { refuseArgument } = require('../error.js');
const { member } = require('../member.js');
const { copyOf } = require('./body.js');
const { endpointOf } = require('./endpoint.js');
const { momentOf } = require('../moment.js');
const { redact } = require('./redact.js');
const { explainInContext, has, header, publicPart } = require('./reply.js');
const native = require('#native');
const platform = require('#platform');

/**
 * What `fetch` and `verify` share of an instance.
 *
 * @typedef {object} Network
 * @property {Pick<import('../..').KlingAuth, 'getToken' | 'invalidate' | 'clockSkewSec' | 'source' | 'passedOver'>} auth
 * @property {import('../../native').NativeAuth} native
 * @property {InstanceType<typeof import('../provider.js').Provider> | undefined} provider With the
 * option `credentials`.
 * @property {(() => number) | undefined} now The option.
 * @property {import('../..').KlingFetch | null | undefined} fetch The option.
 * @property {import('./endpoint.js').Endpoint | undefined} endpoint Known after `configure`.
 * @property {number} nextVerify When `verify` may call again, by the clock of the timers.
 * @property {boolean} lacksCosts The base URL has no `/account/costs`.
 * @property {WeakMap<object, Asked> | undefined} requests What was asked, by the reply.
 */

/** @typedef {{ url: string, method: string, token: string | undefined }} Asked */

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
  return momentOf(network.now) ?? platform.now();
}

/**
 * The option `fetch`, or the platform's, looked up late so that what replaces it is seen.
 *
 * @param {Network} network
 * @returns {import('../..').KlingFetch}
 */
function fetchOf(network) {
  const fetch = network.fetch ?? globalThis.fetch;
  if (typeof fetch === 'function') return fetch;
  return refuseArgument(
    'KLING_INVALID_ARG_TYPE',
    'there is no global fetch here: pass the option fetch (Node.js has one unless it is started with --no-experimental-fetch)',
  );
}

/**
 * @typedef {object} Exchange A request and its reply.
 * @property {string | undefined} token What the request carried, if it is known.
 * @property {string} url
 * @property {string | undefined} method
 * @property {Response} response
 * @property {string | Uint8Array} body Its beginning.
 * @property {boolean} probe It only checks the credentials.
 */

/**
 * What a reply means, by all that the instance knows. The bearer is in none of its texts.
 *
 * @param {Network} network
 * @param {Exchange} exchange
 */
function explain(network, { token, url, method, response, body, probe }) {
  const credential = token === undefined ? undefined : native.credentialOf(token);
  const { status, headers } = response;
  // The path as Kling knows it, without that of a proxy's base URL in front.
  const { root } = configure(network);
  const path = url.startsWith(root) ? new URL(root).origin + url.slice(root.length) : url;
  const reply = { status, body, headers, credential, url: path, method };
  const { source, passedOver } = network.auth;
  const found = explainInContext(reply, { probe, source, passedOver });
  const explanation = publicPart(found);
  const secrets = token === undefined ? [] : [token];
  for (const name of /** @type {const} */ (['message', 'requestId'])) {
    const text = explanation[name];
    if (text !== null) explanation[name] = redact(text, secrets);
  }
  return { credential, explanation, takesApiKeysOnly: found.takesApiKeysOnly };
}

/**
 * `auth.explain`.
 *
 * @param {Network} network
 * @param {unknown} response
 * @returns {Promise<import('../..').KlingReplyExplanation>}
 */
async function explainResponse(network, response) {
  if (typeof response !== 'object' || response === null || !has(response, 'status')) {
    const isPromise = typeof member(Object(response), 'then') === 'function';
    if (isPromise) native.refuseReceived('response', 'a Response', 'a promise: await it');
    return native.refuseType('response', 'a Response', response);
  }
  const reply = /** @type {Response} */ (response);
  if (has(reply, 'bodyUsed') && reply.bodyUsed) {
    refuseArgument(
      'KLING_INVALID_ARG_VALUE',
      'the body of response was read already: call auth.explain(response) first, which leaves it readable, or explainKlingReply with what was read',
    );
  }
  const asked = network.requests?.get(reply);
  const url = asked?.url ?? (member(reply, 'url') || configure(network).base);
  const body = (await copyOf(reply, native.REPLY_BODY_LIMIT)) ?? '';
  const request = { token: asked?.token, url, method: asked?.method, probe: false };
  return explain(network, { ...request, response: reply, body }).explanation;
}

/**
 * Takes down what a reply answers, for `auth.explain`.
 *
 * @param {Network} network
 * @param {Response} response
 * @param {Asked} request
 */
function remember(network, response, request) {
  if (typeof response !== 'object' || response === null) return;
  network.requests ??= new WeakMap();
  network.requests.set(response, request);
}

/**
 * Learns Kling's clock from a reply that is Kling's.
 *
 * @param {Network} network
 * @param {{ token: string, sent: number, received: number, response: Response }} exchange
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

module.exports = { configure, explain, explainResponse, fetchOf, learn, localTime, remember };

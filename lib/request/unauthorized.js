'use strict';

const { copyOf } = require('./body.js');
const { configure, explain, learn, localTime } = require('./network.js');
const { momentOf } = require('../moment.js');
const { header } = require('./reply.js');
const native = require('#native');

/** @typedef {import('./network.js').Network} Network */

/**
 * What is read of a 401's copy. Far more than is looked at: a body that was read to its end holds no
 * connection, whatever the caller does with the reply.
 */
const COPY_LIMIT = 1 << 20;
/** Kling's codes for a credential that it does not know. */
const UNKNOWN_CREDENTIAL = new Set([1000, 1002]);

/**
 * A 401 to a request that carried `token`.
 *
 * @typedef {object} Refused
 * @property {string} token
 * @property {string} url
 * @property {string} method
 * @property {number} sent
 * @property {Response} response
 * @property {AbortSignal | null | undefined} signal
 */

/**
 * What to go on with after a 401: a new token if the old was refused for its dates, another
 * credential of the provider's if it was not known. Nothing if neither helps or was tried before;
 * then the next request is the first to use what was learnt.
 *
 * Kling's clock is learnt from such a refusal of the base URL's own origin, and from no other 401,
 * which anybody may have sent.
 *
 * @param {Network} network
 * @param {Refused} refused
 * @param {{ clock: boolean, provider: boolean }} tried
 * @returns {Promise<string | undefined>}
 */
async function nextBearer(network, refused, tried) {
  const { token, url, response } = refused;
  const isKey = native.credentialOf(token) === 'apiKey';
  if (isKey && network.provider === undefined) return undefined;
  if (new URL(url).origin !== configure(network).origin) return undefined;
  if (Number(header(response.headers, 'content-length')) > COPY_LIMIT) return undefined;
  const received = localTime(network);
  const body = await copyOf(response, COPY_LIMIT, refused.signal ?? undefined);
  if (body === undefined) return undefined;
  const exchange = { ...refused, received, body, probe: false };
  const { explanation, takesApiKeysOnly } = explain(network, exchange);
  if (explanation.kind === 'clock' && !isKey) {
    learn(network, exchange, explanation);
    const renewed = network.native.renew(token, momentOf(network.now));
    return isFirstTry(tried, 'clock') && renewed !== token ? renewed : undefined;
  }
  const isUnknown = UNKNOWN_CREDENTIAL.has(explanation.code ?? 0) && !takesApiKeysOnly;
  if (!isUnknown || network.provider === undefined || !isFirstTry(tried, 'provider'))
    return undefined;
  return network.provider.reask(token, refused.signal ?? undefined);
}

/**
 * @param {{ clock: boolean, provider: boolean }} tried
 * @param {'clock' | 'provider'} what
 */
function isFirstTry(tried, what) {
  const isFirst = !tried[what];
  tried[what] = true;
  return isFirst;
}

module.exports = { nextBearer };

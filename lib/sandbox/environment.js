'use strict';

const { raise } = require('../error.js');
const native = require('#native');

/** @typedef {import('../../sandbox').KlingSandboxEnvironment} Environment */
/** @typedef {import('../../sandbox').KlingSandboxCredentialKind} Kind */

/**
 * The variables that make a program use a sandbox.
 *
 * @param {object} sandbox
 * @param {string} sandbox.url
 * @param {string | undefined} sandbox.webhookSecret
 * @param {import('./credentials.js').Credentials} sandbox.credentials
 * @param {Kind} [kind] A pair, where there is one, if it is not given.
 * @returns {Environment}
 */
function environment({ url, webhookSecret, credentials }, kind) {
  const { apiKey } = credentials;
  const pair = pairOf(credentials);
  if (kind !== undefined) check(kind, { apiKey, pair });
  const wanted = kind ?? (pair ? 'pair' : 'apiKey');
  return {
    KLING_API_BASE: url,
    ...(wanted !== 'apiKey' && pair),
    ...(wanted !== 'pair' && apiKey !== undefined && { KLING_API_KEY: apiKey }),
    ...(webhookSecret !== undefined && { KLING_WEBHOOK_SECRET: webhookSecret }),
  };
}

/** @param {import('./credentials.js').Credentials} credentials */
function pairOf({ accessKey, secretKey }) {
  return accessKey === undefined || secretKey === undefined
    ? undefined
    : { KLING_ACCESS_KEY: accessKey, KLING_SECRET_KEY: secretKey };
}

/**
 * @param {Kind} kind
 * @param {{ apiKey: string | undefined, pair: object | undefined }} has
 */
function check(kind, { apiKey, pair }) {
  if (!['apiKey', 'pair', 'both'].includes(kind)) {
    native.refuseType('kind', '"apiKey", "pair" or "both"', kind);
  }
  const missing = [
    kind !== 'pair' && apiKey === undefined && 'API Key',
    kind !== 'apiKey' && pair === undefined && 'pair of an access key and a secret key',
  ].find(Boolean);
  if (missing) {
    raise(
      'KlingAuthError',
      'KLING_MISSING_CREDENTIALS',
      `the sandbox has no ${missing}: it was started or rotated without, or all were revoked`,
    );
  }
}

module.exports = { environment };

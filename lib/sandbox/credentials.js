'use strict';

const { randomBytes } = require('node:crypto');
const { KlingAuth } = require('../auth.js');
const { raise } = require('../error.js');

/**
 * @typedef {object} Credentials
 * @property {string} [accessKey]
 * @property {string} [secretKey]
 * @property {string} [apiKey]
 */

/** @type {Record<keyof import('../../sandbox').KlingSandboxCredentials, 'string'>} */
const CREDENTIALS = { accessKey: 'string', secretKey: 'string', apiKey: 'string' };

/**
 * What was given, checked; if nothing was, a pair and an API Key that nobody else has.
 *
 * @param {import('../../sandbox').KlingSandboxCredentials} given
 * @returns {Credentials}
 */
function credentials({ accessKey, secretKey, apiKey }) {
  if (accessKey == null && secretKey == null && apiKey == null) return madeUp();
  if ((accessKey == null) !== (secretKey == null)) {
    const missing = accessKey == null ? 'accessKey' : 'secretKey';
    raise(
      'KlingAuthError',
      'KLING_MISSING_CREDENTIALS',
      `${missing} not given: accessKey and secretKey go together`,
    );
  }
  const pair = accessKey != null && secretKey != null ? { accessKey, secretKey } : undefined;
  // What could not be credentials at Kling cannot be any here.
  if (pair !== undefined) new KlingAuth({ ...pair, env: {} });
  if (apiKey != null) new KlingAuth({ apiKey, env: {} });
  return { ...pair, ...(apiKey != null && { apiKey }) };
}

/** In the shapes that Kling's were seen to have. @returns {Credentials} */
function madeUp() {
  return {
    accessKey: randomBytes(16).toString('hex'),
    secretKey: randomBytes(16).toString('hex'),
    apiKey: `api-key-kling-${randomBytes(32).toString('base64url')}`,
  };
}

module.exports = { CREDENTIALS, credentials };

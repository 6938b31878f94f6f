'use strict';

const { randomBytes } = require('node:crypto');
const { KlingAuth } = require('../auth.js');

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
  const pair = {
    ...(accessKey != null && { accessKey }),
    ...(secretKey != null && { secretKey }),
  };
  // What could not be credentials at Kling cannot be any here, and is refused in the same words.
  const account = new KlingAuth({ ...madeUp(), apiKey: undefined, env: {} });
  if (Object.keys(pair).length > 0) account.rotate(/** @type {Required<typeof pair>} */ (pair));
  if (apiKey != null) account.rotate({ apiKey });
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

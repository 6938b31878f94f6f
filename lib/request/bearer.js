'use strict';

const { refuseArgument } = require('../error.js');

/**
 * The token to send. `getToken` may be a subclass's, so it is looked at: the platform's `fetch` would
 * quote what it cannot send.
 *
 * @param {Pick<import('../..').KlingAuth, 'getToken'>} auth
 * @param {AbortSignal | null | undefined} signal
 * @returns {Promise<string>}
 */
async function bearerOf(auth, signal) {
  /** @type {unknown} */
  const issued = await auth.getToken(signal ? { signal } : undefined);
  const { token } = /** @type {{ token?: unknown }} */ (issued ?? {});
  if (typeof token !== 'string') {
    return refuseArgument(
      'KLING_INVALID_ARG_TYPE',
      'getToken() must resolve to { token, expiresAt } whose token is a string: look at the class that overrides it',
    );
  }
  if (!/^[\x21-\x7e]+$/.test(token)) {
    return refuseArgument(
      'KLING_INVALID_ARG_VALUE',
      'getToken() must resolve to a token that a header can carry, without blanks and line breaks: look at the class that overrides it',
    );
  }
  return token;
}

module.exports = { bearerOf };

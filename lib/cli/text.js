'use strict';

/** @param {number} sec How far Kling's clock is ahead. */
function describeSkew(sec) {
  if (sec === 0) return 'no difference to Kling’s was seen';
  return `${Math.abs(sec)} s ${sec > 0 ? 'behind' : 'ahead of'} Kling’s`;
}

/**
 * Text from a server or a token may carry escapes that a terminal would obey.
 *
 * @param {string} text
 */
function printable(text) {
  return text.replace(
    /\p{Cc}/gu,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/**
 * Which credentials an instance has, without their value.
 *
 * @param {Pick<import('../..').KlingAuth, 'kind' | 'source'>} auth
 */
function describeCredentials({ kind, source }) {
  return `${kind === 'jwt' ? 'access key and secret key' : 'API key'} from ${source}`;
}

module.exports = { describeCredentials, describeSkew, printable };

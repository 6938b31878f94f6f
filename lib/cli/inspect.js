'use strict';

const { readAll } = require('./input.js');
const { JSON_OUTPUT } = require('./options.js');
const { STATUS } = require('./status.js');

/** @type {import('./main.js').Command} */
module.exports = {
  summary: 'Take a token apart, and say whether Kling would accept it now.',
  usage: '<token|->',
  argument: 'token (or - for standard input)',
  details:
    'The signature is checked where the environment has a secret key, else form and dates alone.',
  options: JSON_OUTPUT,
  async run({ argument, output, env, json, io }) {
    const { decodeKlingToken } = require('../token.js');
    const text = argument === '-' ? await readAll(io.stdin) : argument;
    const token = text.trim().replace(/^(Authorization:\s*)?Bearer\s+/i, '');
    output.conceal(token);
    output.conceal(token.slice(token.lastIndexOf('.') + 1));
    if (/^api-key-kling-/.test(token)) {
      throw new Error(
        'this is an API Key, which holds nothing to look at: kling-auth verify asks Kling about it',
      );
    }
    const decoded = decodeKlingToken(token);
    const { signature, reason } = judge(token, decoded, env);
    const valid = reason === null;

    if (json) {
      output.json({ valid, reason, signature, ...decoded });
    } else {
      const good = signature === 'genuine' ? '✓ valid' : '✓ its form and dates are valid';
      output.line(
        reason === null ? output.paint('green', good) : output.paint('red', `✗ ${REASONS[reason]}`),
      );
      output.table([
        ['header', JSON.stringify(decoded.header)],
        ...Object.entries(decoded.claims).map(([name, value]) => claim(name, value)),
        ['from', distance(decoded.notBefore)],
        ['until', distance(decoded.expiresAt)],
        ['signature', signature],
      ]);
    }
    return valid ? STATUS.ok : STATUS.refused;
  },
};

/** How far ahead a token may end: the core's rule, for tokens whose secret key is not at hand. */
const MAX_AHEAD_SEC = 1805;

/** @type {Record<import('../..').KlingTokenRefusal, string>} */
const REASONS = {
  malformed: 'a claim is missing or of the wrong type',
  algorithm: 'not signed by HS256',
  signature: 'signed with another secret key, or changed since',
  expired: 'expired',
  'not-yet-valid': 'not valid yet',
  issuer: 'of another access key',
  lifetime: `ends more than ${MAX_AHEAD_SEC} s from now`,
};

/**
 * @param {string} token
 * @param {import('../..').DecodedKlingToken} decoded
 * @param {Record<string, string | undefined>} env
 * @returns {{ signature: string, reason: import('../..').KlingTokenRefusal | null }}
 */
function judge(token, { claims }, env) {
  const { verifyKlingToken } = require('../token.js');
  const { NAMES } = require('../credentials/secret.js');
  const variables = NAMES.map((names) => ('secretKey' in names ? names.secretKey : ''));
  const isRead = (/** @type {string} */ name) => name.startsWith('KLING');
  const secretKey = variables
    .filter(isRead)
    .map((name) => env[name])
    .find(Boolean);
  if (secretKey) {
    const { reason } = verifyKlingToken(token, secretKey);
    const unsigned = reason === 'signature' || reason === 'malformed' || reason === 'algorithm';
    return { signature: unsigned ? 'wrong' : 'genuine', reason: reason ?? null };
  }
  // The form is examined before the signature, so any key will do.
  const { reason } = verifyKlingToken(token, 'made up by kling-auth inspect');
  const isForm = reason === 'malformed' || reason === 'algorithm';
  return { signature: 'not checked', reason: isForm ? reason : judgeDates(claims) };
}

/**
 * @param {Record<string, any>} claims Of the right types.
 * @returns {import('../..').KlingTokenRefusal | null}
 */
function judgeDates({ exp, nbf }) {
  const now = Date.now() / 1000;
  if (now >= exp) return 'expired';
  if (now < nbf) return 'not-yet-valid';
  return exp - now > MAX_AHEAD_SEC ? 'lifetime' : null;
}

/**
 * @param {string} name
 * @param {unknown} value
 * @returns {[string, string]}
 */
function claim(name, value) {
  return [name, typeof value === 'string' ? value : JSON.stringify(value)];
}

/** @param {Date | null} date */
function distance(date) {
  if (date === null) return null;
  const sec = Math.round((date.getTime() - Date.now()) / 1000);
  const size = Math.abs(sec) < 120 ? `${Math.abs(sec)} s` : `${Math.round(Math.abs(sec) / 60)} min`;
  return `${date.toISOString()} (${sec < 0 ? `${size} ago` : `in ${size}`})`;
}

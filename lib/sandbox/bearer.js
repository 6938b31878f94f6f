'use strict';

const { createHash, timingSafeEqual } = require('node:crypto');
const { decodeKlingToken, verifyKlingToken } = require('../token.js');

/** What `verifyKlingToken` lets a signer's clock be ahead by, and Kling's samples date `nbf` back. */
const SAMPLE_TOLERANCE_SEC = 5;

/** Recorded: what an API Key begins with; all else is read as a token. */
const API_KEY = /^api-key-kling-/;

/** Recorded, on the newer endpoints, for whatever is no API Key by its form. */
const AK_SK_UNSUPPORTED =
  'Authentication error. The current API does not support AK/SK; please go to the console (https://kling.ai/dev/api-key) to create API key.';
/** Recorded. */
const UNKNOWN_KEY = 'api key not found';

/**
 * @typedef {object} Judgement
 * @property {number} code The service code, 0 where the request is let in.
 * @property {string | undefined} [message] Instead of the table's text.
 * @property {import('../../sandbox').KlingSandboxRequest['credential']} credential
 * @property {string} [accessKey] The token's `iss`.
 * @property {Date} [expiresAt] The token's `exp`.
 * @property {Date} [notBefore] The token's `nbf`.
 */

/** @typedef {import('./credentials.js').Credentials} Credentials */

/** Judges `Authorization` headers as the contract says. */
class Bearer {
  /** Newest first. @type {Credentials[]} */
  #accepted;
  /** @type {Credentials[]} */
  #revoked = [];

  #maxTokenTtlSec;

  /**
   * @param {Credentials} credentials
   * @param {number} maxTokenTtlSec The longest life of a token that is let in.
   */
  constructor(credentials, maxTokenTtlSec) {
    this.#accepted = [credentials];
    this.#maxTokenTtlSec = maxTokenTtlSec;
  }

  /** The newest credentials, empty where all are revoked. */
  get current() {
    return this.#accepted[0] ?? {};
  }

  /** All credentials that are, or were, good. */
  get all() {
    return [...this.#accepted, ...this.#revoked];
  }

  /** @param {Credentials} credentials */
  add(credentials) {
    this.#accepted.unshift(credentials);
  }

  revokeAll() {
    this.#revoked.unshift(...this.#accepted.splice(0));
  }

  /**
   * @param {string | undefined} header The header `Authorization`.
   * @param {boolean} newer Whether the endpoint takes API Keys only.
   * @param {number} now Milliseconds since the epoch, by the sandbox's clock.
   * @returns {Judgement}
   */
  judge(header, newer, now) {
    if (!header) {
      return newer
        ? { code: 1002, message: AK_SK_UNSUPPORTED, credential: 'none' }
        : { code: 1001, credential: 'none' };
    }
    const token = /^Bearer (\S+)$/.exec(header)?.[1];
    const byKey = token === undefined ? undefined : this.#judgeKey(token);
    if (byKey !== undefined) return byKey;
    const judged = token === undefined ? undefined : this.#judgeToken(token, newer, now);
    const refusal = judged ?? { code: 1002, message: parts(token), credential: 'other' };
    return newer ? { ...refusal, code: 1002, message: AK_SK_UNSUPPORTED } : refusal;
  }

  /** @param {string} key @returns {Judgement | undefined} */
  #judgeKey(key) {
    /** @param {Credentials} credentials */
    const isIts = ({ apiKey }) => same(apiKey, key);
    if (this.#accepted.some(isIts)) return { code: 0, credential: 'apiKey' };
    // The sandbox can be given keys of any shape, and knows those again.
    return API_KEY.test(key) || this.#revoked.some(isIts)
      ? { code: 1002, message: UNKNOWN_KEY, credential: 'apiKey' }
      : undefined;
  }

  /**
   * @param {string} token
   * @param {boolean} newer
   * @param {number} now
   * @returns {Judgement | undefined}
   */
  #judgeToken(token, newer, now) {
    const jwt = read(token);
    if (jwt === undefined) return undefined;
    if (newer) return { ...jwt, code: 1002 };
    /** @param {Credentials} pair */
    const judge = (pair) => judgeJwt(token, pair, now, this.#maxTokenTtlSec);
    // Of several pairs the one that lets it in counts, else the one that finds its dates at fault.
    const codes = this.#accepted.map(judge);
    const code = codes.find((code) => code === 0) ?? codes.find((code) => code !== 1002);
    if (code !== undefined) return { ...jwt, code };
    const known = this.#revoked.some((pair) => judge(pair) !== 1002);
    return { ...jwt, code: known ? 1000 : 1002 };
  }
}

/**
 * @param {string} token
 * @param {Credentials} pair
 * @param {number} now
 * @param {number} maxTtlSec
 */
function judgeJwt(token, { accessKey, secretKey }, now, maxTtlSec) {
  if (accessKey === undefined || secretKey === undefined) return 1002;
  const verified = verifyKlingToken(token, secretKey, { accessKey, now });
  switch (verified.valid ? undefined : verified.reason) {
    case undefined:
      return 0;
    case 'not-yet-valid':
      return 1003;
    case 'expired':
      return 1004;
    case 'lifetime':
      return livesTooLong(token, now, maxTtlSec) ? 1002 : 0;
    default:
      return 1002;
  }
}

/**
 * Whether a token that is genuine, and longer than Kling's samples make them, is longer than the
 * user of the sandbox allows.
 *
 * @param {string} token
 * @param {number} now
 * @param {number} maxTtlSec
 */
function livesTooLong(token, now, maxTtlSec) {
  const exp = Number(decodeKlingToken(token).claims.exp);
  return exp - now / 1000 > maxTtlSec + SAMPLE_TOLERANCE_SEC;
}

/**
 * What is said of a text that is no token. Recorded of a text without a dot; the rest is what the
 * library that words it so (java-jwt) says of others.
 *
 * @param {string | undefined} token
 */
function parts(token) {
  const dots = (token ?? '').split('.').length - 1;
  if (token === undefined || dots === 2) return undefined;
  const got = dots === 0 ? '0' : dots === 1 ? '2' : '> 3';
  return `The token was expected to have 3 parts, but got ${got}`;
}

/** What a token says of itself. @param {string} token */
function read(token) {
  try {
    const { claims, expiresAt, notBefore } = decodeKlingToken(token);
    return {
      credential: /** @type {const} */ ('jwt'),
      ...(typeof claims.iss === 'string' && { accessKey: claims.iss }),
      ...(expiresAt && { expiresAt }),
      ...(notBefore && { notBefore }),
    };
  } catch {
    return undefined;
  }
}

/**
 * @param {string | undefined} key
 * @param {string} candidate
 */
function same(key, candidate) {
  /** @param {string} text */
  const digest = (text) => createHash('sha256').update(text).digest();
  return key !== undefined && timingSafeEqual(digest(key), digest(candidate));
}

module.exports = { Bearer };

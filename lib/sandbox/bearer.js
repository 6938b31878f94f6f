'use strict';

const { createHash, timingSafeEqual } = require('node:crypto');
const { decodeKlingToken, verifyKlingToken } = require('../token.js');

/** Observed on the newer endpoints, whatever else is wrong with the header. */
const AK_SK_UNSUPPORTED = 'Authorization is invalid: AK/SK is not supported, use an API Key';

/**
 * @typedef {object} Judgement
 * @property {number} code The service code, 0 where the request is let in.
 * @property {string} [message] Instead of the table's text.
 * @property {import('../../sandbox').KlingSandboxRequest['credential']} credential
 * @property {string} [accessKey] The token's `iss`.
 * @property {Date} [expiresAt] The token's `exp`.
 */

/** @typedef {import('./credentials.js').Credentials} Credentials */

/** Judges `Authorization` headers as the contract says. */
class Bearer {
  /** Newest first. @type {Credentials[]} */
  #accepted;
  /** @type {Credentials[]} */
  #revoked = [];

  /** @param {Credentials} credentials */
  constructor(credentials) {
    this.#accepted = [credentials];
  }

  /** The newest credentials, empty where all are revoked. */
  get current() {
    return this.#accepted[0] ?? {};
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
    const judged = token === undefined ? undefined : this.#judgeToken(token, newer, now);
    if (judged?.code === 0 || judged?.code === 1000) return judged;
    const refusal = judged ?? { code: 1002, credential: 'other' };
    return newer ? { ...refusal, code: 1002, message: AK_SK_UNSUPPORTED } : refusal;
  }

  /**
   * @param {string} token
   * @param {boolean} newer
   * @param {number} now
   * @returns {Judgement | undefined}
   */
  #judgeToken(token, newer, now) {
    if (this.#accepted.some(({ apiKey }) => same(apiKey, token))) {
      return { code: 0, credential: 'apiKey' };
    }
    if (this.#revoked.some(({ apiKey }) => same(apiKey, token))) {
      return { code: 1000, credential: 'apiKey' };
    }
    const jwt = read(token);
    if (jwt === undefined) return undefined;
    if (newer) return { ...jwt, code: 1002 };
    /** @param {Credentials} pair */
    const judge = (pair) => judgeJwt(token, pair, now);
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
 */
function judgeJwt(token, { accessKey, secretKey }, now) {
  if (accessKey === undefined || secretKey === undefined) return 1002;
  const { reason } = verifyKlingToken(token, secretKey, { accessKey, now });
  switch (reason) {
    case undefined:
      return 0;
    case 'not-yet-valid':
      return 1003;
    case 'expired':
      return 1004;
    default:
      return 1002;
  }
}

/** What a token says of itself. @param {string} token */
function read(token) {
  try {
    const { claims, expiresAt } = decodeKlingToken(token);
    return {
      credential: /** @type {const} */ ('jwt'),
      ...(typeof claims.iss === 'string' && { accessKey: claims.iss }),
      ...(expiresAt && { expiresAt }),
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

'use strict';

const native = require('#native');

/** @type {typeof import('..').generateKlingToken} */
function generateKlingToken(options) {
  return native.generateToken(options, native.platform.environment());
}

/** @typedef {ReturnType<ReturnType<import('../native').Native['reader']>>} IssuedToken What `read` hands out. */

/** @type {typeof import('..').decodeKlingToken} */
function decodeKlingToken(token) {
  const decoded = native.decodeToken(token);
  const header = JSON.parse(decoded.header);
  const claims = JSON.parse(decoded.claims);
  return { header, claims, expiresAt: date(claims.exp), notBefore: date(claims.nbf) };
}

/** @type {typeof import('..').verifyKlingToken} */
function verifyKlingToken(token, secretKey, options) {
  const { claims, reason } = native.verifyToken(token, secretKey, options);
  return claims === undefined
    ? { valid: false, reason: reason }
    : { valid: true, claims: JSON.parse(claims) };
}

/** @param {unknown} seconds */
function date(seconds) {
  if (typeof seconds !== 'number') return null;
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? null : date;
}

module.exports = { decodeKlingToken, generateKlingToken, verifyKlingToken };

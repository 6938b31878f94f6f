'use strict';

/** Shorter ones would be found in ordinary words. */
const SHORTEST = 4;

/** @type {[RegExp, (found: string) => string][]} */
const SHAPES = [
  // A token, wherever one turns up.
  [/\beyJ[\w-]{4,}\.[\w-]+\.[\w-]*/g, (token) => `[token …${token.slice(-4)}]`],
  [/\bapi-key-kling-[\w-]{16,}/g, shortened],
  [/\bwhsec_[\w+/=-]{8,}/g, () => '[webhook secret]'],
  [/\bv1a?,[\w+/=-]{16,}/g, (signature) => `${signature.slice(0, 7)}…`],
];

/**
 * Takes everything that must not be seen whole out of a text: what is known to be a credential, and
 * what looks like one.
 *
 * @param {string} text
 * @param {readonly string[]} secrets
 */
function conceal(text, secrets) {
  let shown = text;
  // A longer one may contain a shorter one.
  for (const secret of [...secrets].sort((a, b) => b.length - a.length)) {
    if (secret.length < SHORTEST) continue;
    for (const form of new Set([
      secret,
      JSON.stringify(secret).slice(1, -1),
      encodeURIComponent(secret),
    ])) {
      shown = shown.split(form).join(shortened(secret));
    }
  }
  for (const [shape, cover] of SHAPES) shown = shown.replace(shape, cover);
  return shown;
}

/**
 * Enough of a credential to tell it from another one.
 *
 * @param {string} credential
 */
function shortened(credential) {
  const [, prefix = '', rest = ''] = /^(api-key-kling-|)(.*)$/s.exec(credential) ?? [];
  return rest.length < 16 ? `${prefix}…` : `${prefix}${rest.slice(0, 4)}…${rest.slice(-4)}`;
}

/**
 * What stands in for the value of `Authorization`.
 *
 * @param {string} value
 */
function authorization(value) {
  const [, scheme = '', rest = ''] = /^(\w+ +|)(.*)$/s.exec(value) ?? [];
  const covered = conceal(rest, [rest]);
  return `${scheme}${covered === rest ? '…' : covered}`;
}

/**
 * The parts of an `Authorization` that must not be seen elsewhere either, as in a server's echo.
 *
 * @param {string | undefined} value
 */
function partsOf(value) {
  return value === undefined ? [] : [value, value.replace(/^\w+ +/, '')];
}

module.exports = { authorization, conceal, partsOf, shortened };

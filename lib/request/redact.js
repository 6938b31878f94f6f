'use strict';

/** Put in the place of a secret. */
const REDACTED = '[redacted]';

/** So many characters in a row are no coincidence, and of no use to anybody who sees fewer. */
const PIECE = 16;

/** What looks like a credential, whoever’s it is. */
const SHAPES = [
  /\bbearer\s+[\w.~+/=-]{8,}/gi,
  /\beyJ[\w-]{8,}(?:\.[\w-]*){0,2}/g,
  /\bapi-key-kling-[\w-]{4,}/gi,
  /\bwhsec_[\w+/=-]{4,}/gi,
];

/**
 * A server’s text without credentials: some repeat the header that they refuse, whole or in part.
 *
 * @param {string} text
 * @param {readonly string[]} [secrets] That the server has seen.
 */
function redact(text, secrets = []) {
  const known = secrets.reduce(blot, text);
  return SHAPES.reduce((text, shape) => text.replace(shape, REDACTED), known);
}

/**
 * @param {string} text
 * @param {string} secret
 */
function blot(text, secret) {
  if (secret.length < PIECE) return secret === '' ? text : text.split(secret).join(REDACTED);
  const [given, sought] = [text.toLowerCase(), secret.toLowerCase()];
  let shown = '';
  for (let at = 0; at < text.length; ) {
    const length = sharedLength(given, at, sought);
    shown += length === 0 ? text.charAt(at) : REDACTED;
    at += length || 1;
  }
  return shown;
}

/**
 * How much of `secret` stands in `text` from `at` on, if that is a piece at least.
 *
 * @param {string} text
 * @param {number} at
 * @param {string} secret
 */
function sharedLength(text, at, secret) {
  const piece = text.slice(at, at + PIECE);
  const from = piece.length === PIECE ? secret.indexOf(piece) : -1;
  if (from === -1) return 0;
  let length = PIECE;
  while (at + length < text.length && text[at + length] === secret[from + length]) length += 1;
  return length;
}

module.exports = { redact };

'use strict';

/** Nothing inline, nothing from elsewhere, nothing that turns text into markup, in no frame. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

const HEADERS = {
  'Content-Security-Policy': POLICY,
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Cache-Control': 'no-store',
};

/**
 * Why a request is not the console's own page that asks, if it is not.
 *
 * A page of another site can have a name of its own resolve to this address, and can send requests
 * here without reading the replies. The first shows in `Host`, the second in `Origin`.
 *
 * @param {import('node:http').IncomingMessage} request
 * @param {number} port
 */
function intruder({ method, headers }, port) {
  const { host, origin } = headers;
  if (host !== `127.0.0.1:${port}` && host !== `localhost:${port}`) {
    return 'the console answers under its own address only';
  }
  const own = `http://${host}`;
  const site = headers['sec-fetch-site'];
  const foreign =
    (origin !== undefined && origin !== own) ||
    (site !== undefined && site !== 'same-origin' && site !== 'none');
  if (method === 'POST') {
    if (foreign || origin === undefined) return 'only the console’s own page may do this';
    if (!/^application\/json(;|$)/.test(headers['content-type'] ?? '')) return 'JSON is needed';
    return undefined;
  }
  // A link to the console may be followed from anywhere; to read it, not.
  const isVisit = headers['sec-fetch-mode'] === 'navigate' && origin === undefined;
  return foreign && !isVisit ? 'only the console’s own page may read this' : undefined;
}

module.exports = { HEADERS, intruder };

// Every way into the package that may throw, as a table: what a test of hostile surroundings walks.
import { createRequire } from 'node:module';
import { HEADERS, SECONDS, SECRET } from './webhook.mjs';

const require = createRequire(import.meta.url);
const kling = require('../../index.js');
const { fetchWebhook, nodeWebhook } = require('../../lib/webhook.js');
const { KlingAuth, KlingWebhook, decodeKlingToken, generateKlingToken, verifyKlingToken } = kling;

export const { KlingAuthError, KlingWebhookError, explainKlingReply } = kling;
const PAIR = { accessKey: 'ak-1', secretKey: 'sk-1' };
const auth = new KlingAuth(PAIR);
const apiKey = new KlingAuth({ apiKey: 'api-key-kling-1' });
const unready = new KlingAuth({ credentials: () => new Promise(() => {}) });
const misled = new KlingAuth({ ...PAIR, now: () => 'noon' });
const webhook = new KlingWebhook(SECRET, { now: () => SECONDS * 1000, replayProtection: true });
const token = generateKlingToken(PAIR);

/** What succeeds in ordinary surroundings. @type {Record<string, () => unknown>} */
export const WORKS = {
  'new KlingAuth': () => new KlingAuth({ ...PAIR, bufferSec: 10, env: {} }),
  token: () => auth.token,
  headers: () => apiKey.headers,
  refresh: () => auth.refresh(),
  'a token anew': () => {
    auth.invalidate();
    return auth.token;
  },
  expiresAt: () => auth.expiresAt,
  refreshesAt: () => auth.refreshesAt,
  kind: () => auth.kind,
  accessKey: () => auth.accessKey,
  source: () => auth.source,
  clockSkewSec: () => auth.clockSkewSec,
  toJSON: () => JSON.stringify(auth),
  rotate: () => auth.rotate(PAIR),
  generateKlingToken: () => generateKlingToken({ ...PAIR, ttlSec: 60 }),
  decodeKlingToken: () => decodeKlingToken(token),
  verifyKlingToken: () => verifyKlingToken(token, 'sk-1', { accessKey: 'ak-1' }),
  explainKlingReply: () => explainKlingReply({ status: 429, body: { code: 1302 } }),
  'new KlingWebhook': () => new KlingWebhook(SECRET, { toleranceSec: 60 }),
  sign: () => webhook.sign('id', SECONDS, '{}'),
  nodeWebhook: () => nodeWebhook({ webhook }),
  fetchWebhook: () => fetchWebhook(() => new Response(), { webhook }),
};

/** What is refused, with the code. @type {Record<string, [string, () => unknown]>} */
export const REFUSED = {
  'no credentials': ['KLING_MISSING_CREDENTIALS', () => new KlingAuth({ env: {} })],
  'no credential': ['KLING_INVALID_CREDENTIALS', () => new KlingAuth({ ...PAIR, secretKey: ' ' })],
  'two credentials': ['KLING_CONFLICTING_OPTIONS', () => new KlingAuth({ ...PAIR, apiKey: 'k' })],
  'an unknown option': ['KLING_UNKNOWN_OPTION', () => new KlingAuth({ ...PAIR, buffer: 1 })],
  'a text for a number': ['KLING_INVALID_ARG_TYPE', () => new KlingAuth({ ...PAIR, ttlSec: '1' })],
  'a number out of range': ['KLING_OUT_OF_RANGE', () => new KlingAuth({ ...PAIR, ttlSec: -1 })],
  'a region': ['KLING_INVALID_ARG_VALUE', () => new KlingAuth({ ...PAIR, region: 'mars' })],
  'a base URL': ['KLING_INVALID_URL', () => new KlingAuth({ ...PAIR, baseUrl: 'ftp://h' })],
  'no token yet': ['KLING_NOT_READY', () => unready.token],
  'no headers yet': ['KLING_NOT_READY', () => unready.headers],
  'a foreign receiver': [
    'KLING_INVALID_ARG_TYPE',
    () => Reflect.get(KlingAuth.prototype, 'headers', {}),
  ],
  'a clock without numbers': ['KLING_OUT_OF_RANGE', () => misled.token],
  'a refresh by such a clock': ['KLING_OUT_OF_RANGE', () => misled.refresh()],
  'what invalidates no token': ['KLING_INVALID_ARG_TYPE', () => auth.invalidate(5)],
  'a rotation to nothing': ['KLING_MISSING_CREDENTIALS', () => auth.rotate({})],
  'a token of an API key': ['KLING_TOKEN_FROM_API_KEY', () => generateKlingToken({ apiKey: 'k' })],
  'what is no token': ['KLING_MALFORMED_TOKEN', () => decodeKlingToken('a.b')],
  'a secret that is none': ['KLING_INVALID_ARG_TYPE', () => verifyKlingToken(token, 5)],
  'a reply without status': ['KLING_INVALID_ARG_TYPE', () => explainKlingReply({})],
  'a delivery without headers': ['KLING_WEBHOOK_MISSING_HEADER', () => webhook.verify('{}', {})],
  'headers of another kind': ['KLING_INVALID_ARG_TYPE', () => webhook.verify('{}', 5)],
  'a forged delivery': ['KLING_WEBHOOK_NO_MATCHING_SIGNATURE', () => webhook.verify('{}', HEADERS)],
  'a parsed body': ['KLING_INVALID_ARG_TYPE', () => webhook.verify({}, HEADERS)],
  'an id with a dot': ['KLING_WEBHOOK_MALFORMED_HEADER', () => webhook.sign('a.b', SECONDS, '')],
  'a time that is none': ['KLING_OUT_OF_RANGE', () => webhook.sign('a', Number.NaN, '')],
  'a middleware without a verifier': ['KLING_INVALID_ARG_TYPE', () => nodeWebhook({ webhook: 5 })],
  'a handler that is none': ['KLING_INVALID_ARG_TYPE', () => fetchWebhook(5)],
};

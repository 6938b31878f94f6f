// What the package does in turns of its own, as tables like those of surface.mjs: what a test of hostile
// surroundings walks. No request leaves the process but the sandbox's own.
import { createRequire } from 'node:module';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { BODY, exampleWebhook, HEADERS, SECONDS } from './webhook.mjs';

const require = createRequire(import.meta.url);
const { KlingAuth } = require('../../index.js');
const credentials = require('../../lib/credentials.js');
const { startKlingSandbox } = require('../../lib/sandbox.js');
const { fastifyWebhook, fetchWebhook, nodeWebhook } = require('../../lib/webhook.js');

const PAIR = { accessKey: 'ak-1', secretKey: 'sk-1' };
const SecretString = JSON.stringify(PAIR);
const KEY = { apiKey: 'api-key-kling-1' };
const NOWHERE = fileURLToPath(new URL('no-such-file', import.meta.url));
const { signal } = new AbortController();

/** As `fetch` answers, as far as it is looked at. */
const answering = (status, body) => async () => ({
  status,
  ok: status < 400,
  headers: new Headers(),
  body: null,
  text: async () => body,
  clone: () => ({ text: async () => body }),
});
const online = () =>
  new KlingAuth({ ...PAIR, env: {}, fetch: answering(200, '{"code":0,"data":{}}') });
const provided = (get) => new KlingAuth({ credentials: get, env: {} });
const auth = online();
const misled = new KlingAuth({ ...PAIR, env: {}, now: () => undefined });
const remembering = () => exampleWebhook({ isReplay: async () => false });
const url = 'https://api-singapore.klingai.com/v1/images/generations/1';

/** The answer of the middleware for Node.js to a request with these headers. */
const nodeAnswer = (options, headers = HEADERS) =>
  new Promise((resolve, reject) => {
    const request = Object.assign(Readable.from([Buffer.from(BODY)]), { headers });
    const response = { writeHead: (status) => ({ end: () => resolve(status) }) };
    nodeWebhook(options)(request, response, (error) => (error ? reject(error) : resolve(200)));
  });

const request = (headers) => ({
  headers: new Headers(headers),
  body: new Blob([BODY]).stream(),
  bodyUsed: false,
});

/** What resolves in ordinary surroundings. @type {Record<string, () => Promise<unknown>>} */
export const RESOLVES = {
  getToken: () => auth.getToken(),
  'getToken with options': () => auth.getToken({ forceRefresh: true, signal }),
  ready: () => auth.ready(),
  'getToken of a provider': () => provided(async () => PAIR).getToken({ signal }),
  'a forced getToken of a provider': () =>
    provided(() => KEY).getToken({ forceRefresh: true, signal: null }),
  fetch: () => auth.fetch(url),
  'fetch with a body': () => auth.fetch(url, { method: 'POST', body: '{}' }),
  verify: () => online().verify(),
  'verify with options': () => online().verify({ timeoutMs: 1000, signal }),
  'a delivery that is asked about': () => remembering().verify(BODY, HEADERS),
  nodeWebhook: () => nodeAnswer({ webhook: exampleWebhook() }),
  'a stranger at nodeWebhook': () => nodeAnswer({ webhook: exampleWebhook() }, {}),
  fetchWebhook: () =>
    fetchWebhook(() => new Response(), { webhook: exampleWebhook() })(request(HEADERS)),
  awsSecretsManager: () =>
    credentials.awsSecretsManager({
      client: { getSecretValue: async () => ({ SecretString }) },
      secretId: 'x',
    })({ signal }),
  hashicorpVault: () =>
    credentials.hashicorpVault({ client: { read: async () => ({ data: PAIR }) }, path: 'x' })({
      signal,
    }),
};

/** What is rejected, with the code. @type {Record<string, [string, () => Promise<unknown>]>} */
export const REJECTS = {
  'an unknown option': ['KLING_UNKNOWN_OPTION', () => auth.getToken({ force: true })],
  'a signal that is none': ['KLING_INVALID_ARG_TYPE', () => auth.getToken({ signal: 5 })],
  'a clock without numbers': ['KLING_OUT_OF_RANGE', () => misled.getToken()],
  'readiness by such a clock': ['KLING_OUT_OF_RANGE', () => misled.ready()],
  'a request by such a clock': ['KLING_OUT_OF_RANGE', () => misled.fetch(url)],
  'a provider by such a clock': [
    'KLING_OUT_OF_RANGE',
    () => new KlingAuth({ credentials: () => PAIR, now: () => undefined }).getToken(),
  ],
  'a provider that fails': [
    'KLING_PROVIDER_FAILED',
    () => provided(() => Promise.reject(new Error('no'))).getToken(),
  ],
  'a provider without an answer': ['KLING_PROVIDER_FAILED', () => provided(() => {}).getToken()],
  'a request elsewhere': ['KLING_FOREIGN_ORIGIN', () => auth.fetch('https://example.com/')],
  'a patience out of range': ['KLING_OUT_OF_RANGE', () => auth.verify({ timeoutMs: -1 })],
  'an answer of no store': [
    'KLING_INVALID_ARG_TYPE',
    () => exampleWebhook({ isReplay: () => 'OK' }).verify(BODY, HEADERS),
  ],
  'a delivery seen before': [
    'KLING_WEBHOOK_REPLAY',
    () => exampleWebhook({ isReplay: () => true }).verify(BODY, HEADERS),
  ],
  'a store that nodeWebhook hears nothing of': [
    'KLING_INVALID_ARG_TYPE',
    () => nodeAnswer({ webhook: exampleWebhook({ isReplay: () => 'OK' }) }),
  ],
  'a body that is gone': [
    'KLING_INVALID_ARG_TYPE',
    () =>
      fetchWebhook(() => new Response(), { webhook: exampleWebhook() })({
        headers: HEADERS,
        bodyUsed: true,
      }),
  ],
  'a route without a path': ['KLING_INVALID_ARG_TYPE', () => fastifyWebhook({}, { handler() {} })],
  'an option of the sandbox': ['KLING_UNKNOWN_OPTION', () => startKlingSandbox({ prot: 1 })],
  'a clock of the sandbox': ['KLING_INVALID_ARG_TYPE', () => startKlingSandbox({ now: SECONDS })],
  'half a pair for the sandbox': [
    'KLING_MISSING_CREDENTIALS',
    () => startKlingSandbox({ accessKey: 'ak-1' }),
  ],
  'a file that is not there': [
    'KLING_UNREADABLE_FILE',
    () => credentials.fileCredentials(NOWHERE)({ signal }),
  ],
  'a secret without keys': [
    'KLING_INVALID_CREDENTIALS',
    () =>
      credentials.azureKeyVault({ client: { getSecret: async () => ({}) }, name: 'x' })({ signal }),
  ],
  'a secret manager that fails': [
    'KLING_PROVIDER_FAILED',
    () =>
      credentials.googleSecretManager({
        client: { accessSecretVersion: () => Promise.reject(new Error('no')) },
        name: 'x',
      })({ signal }),
  ],
};

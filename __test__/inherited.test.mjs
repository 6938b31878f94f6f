// No file of lib/ takes what stands on the root of all objects for a member, nor sets one that a setter
// there would get: of each name that the sources use, an accessor stands there, which notes who calls it.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from './helpers/run.mjs';
import { REFUSED, WORKS } from './helpers/surface.mjs';
import { REJECTS, RESOLVES } from './helpers/surface-async.mjs';

const require = createRequire(import.meta.url);
const { KlingAuth, explainKlingReply } = require('../index.js');
const { startKlingSandbox } = require('../lib/sandbox.js');
const { fetchWebhook } = require('../lib/webhook.js');

const PAIR = { accessKey: 'ak-1', secretKey: 'sk-1' };
const base = 'https://kling.example';

/** As `fetch` answers, without what the platform's reads from prototypes itself. */
const replying =
  (status, body = '{"code":0,"data":{}}', headers = {}) =>
  async () => ({
    status,
    headers,
    url: base,
    bodyUsed: false,
    text: async () => body,
    clone: () => ({ text: async () => body }),
  });
const redirecting = (status, location) => {
  const follow = replying(200);
  const first = replying(status, '', { location });
  let calls = 0;
  return () => (calls++ === 0 ? first() : follow());
};
const failing = (code) => async () => {
  throw Object.assign(new Error('x', { cause: new Error('y') }), { code });
};
const auth = (fetch, options) =>
  new KlingAuth({ ...PAIR, baseUrl: base, env: {}, fetch, ...options });
const provided = (credentials, options) => new KlingAuth({ credentials, env: {}, ...options });
const key = () => ({ apiKey: 'k-1' });
const refused = (code) =>
  replying(401, `{"code":${code},"message":"x"}`, { date: 'Thu, 01 Jan 2026 00:00:00 GMT' });

/** By Node.js's own client, as `fetch` looks for members everywhere. */
const call = (url, { method = 'GET', body, ...headers }) =>
  new Promise((resolve, reject) => {
    const outgoing = request(
      url,
      { __proto__: null, method, headers, agent: false },
      (incoming) => {
        let text = '';
        incoming.on('data', (chunk) => {
          text += chunk;
        });
        incoming.on('end', () => resolve(text));
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });

const FURTHER = {
  'a like of a request': () =>
    auth(replying(200)).fetch({ url: `${base}/v1/x`, headers: {}, method: 'POST', body: 'x' }),
  'a URL': () => auth(replying(200)).fetch(new URL(`${base}/v1/x`), { headers: [['a', 'b']] }),
  'a redirect': () => auth(redirecting(302, '/v1/y')).fetch('/v1/x', { method: 'POST', body: 'x' }),
  'a redirect elsewhere': () => auth(redirecting(307, 'https://other.example')).fetch('/v1/x'),
  'a clock refused': () => auth(refused(1004)).fetch('/v1/x'),
  'a key refused': () => provided(key, { baseUrl: base, fetch: refused(1002) }).fetch('/v1/x'),
  'no reply': () => auth(failing('ECONNRESET')).fetch('/v1/x', { method: 'POST' }),
  'no reply to verify': () => auth(failing('UND_ERR_SOCKET')).verify(),
  'a late reply to verify': () => auth(() => new Promise(() => {})).verify({ timeoutMs: 5 }),
  'no costs': () => auth(replying(404)).verify(),
  explain: async () => {
    const asking = auth(refused(1302));
    return asking.explain(await asking.fetch('/v1/x'));
  },
  'explain another’s': () => auth().explain({ status: 429, headers: {}, text: async () => '' }),
  'replies explained': () => {
    for (const reply of [
      { status: 429, headers: { 'retry-after': '5' }, body: '{"code":1302}', url: `${base}/v1/x` },
      { status: 401, body: new Uint8Array(3), method: 'POST', url: new URL(base) },
      { status: 200, body: { error: { message: 'x' } } },
    ]) {
      explainKlingReply(reply);
    }
  },
  'each accessor': () => {
    const all = auth(undefined, { onRefresh() {}, allowedOrigins: ['https://other.example'] });
    for (const name in Object.getOwnPropertyDescriptors(KlingAuth.prototype)) all[name];
  },
  'a provider that is aborted': () => {
    const controller = new AbortController();
    const waiting = provided(() => new Promise(() => {})).getToken({ signal: controller.signal });
    controller.abort();
    return waiting;
  },
  'an object as a provider': () =>
    provided({ get: key, subscribe: () => () => {} }, { onRefresh() {}, onError() {} }).getToken(),
  'a provider that is late': () =>
    provided(() => new Promise(() => {}), { providerTimeoutMs: 1 }).getToken(),
  'a provider that asks itself': () => {
    const own = provided(() => own.getToken());
    return own.getToken();
  },
  'a stranger at fetchWebhook': () =>
    fetchWebhook(() => {})({ headers: {}, bodyUsed: false, body: null }),
  sandbox: async () => {
    const sandbox = await startKlingSandbox({ port: 0, ...key() });
    const as = { authorization: 'Bearer k-1' };
    try {
      const body = '{"prompt":"x","model_name":"m","settings":{},"options":{}}';
      const made = await call(`${sandbox.url}/v1/videos/text2video`, {
        ...as,
        method: 'POST',
        body,
      });
      const { task_id: id } = JSON.parse(made).data;
      await call(`${sandbox.url}/v1/videos/text2video/${id}`, as);
      await call(`${sandbox.url}/v1/videos/text2video`, as);
      await call(`${sandbox.url}/text-to-video/m`, { ...as, method: 'POST', body });
      await call(`${sandbox.url}/tasks?task_ids=${id}`, as);
      await call(`${sandbox.url}/tasks`, { ...as, method: 'POST', body: '{}' });
      await call(`${sandbox.url}/account/costs?start_time=1&end_time=2`, as);
      await call(`${sandbox.url}/nowhere`, as);
      await call(`${sandbox.url}/v1/videos/text2video`, {});
    } finally {
      await sandbox.close();
    }
  },
};

const calls = [WORKS, REFUSED, RESOLVES, REJECTS, FURTHER].flatMap((table) =>
  Object.entries(table).map(([name, entry]) => [name, [entry].flat().at(-1)]),
);

const files = (folder) =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? files(path) : /\.js$/.test(path) ? [path] : [];
  });

/**
 * What the language itself looks for wherever it iterates, awaits or defines, also in Node.js's own code,
 * and what the constructor of a `MessageChannel` sets.
 */
const FOREIGN = [
  ...['return', 'then', 'get', 'set', 'value', 'writable', 'enumerable', 'configurable'],
  ...['port1', 'port2'],
];

function namesInSources() {
  const names = new Set();
  for (const file of files(join(root, 'lib'))) {
    for (const [name] of readFileSync(file, 'utf8').matchAll(/\b[A-Za-z_]\w*/g)) names.add(name);
  }
  for (const name of [...FOREIGN, ...Object.getOwnPropertyNames(Object.prototype)])
    names.delete(name);
  return [...names];
}

test('nothing in lib/ reads or sets a member by way of Object.prototype', async () => {
  const outcomes = async () => {
    const ends = [];
    for (let i = 0; i < calls.length; i++) {
      try {
        await calls[i][1]();
        ends[i] = 'ok';
      } catch (error) {
        ends[i] = String(error.code ?? error.stack);
      }
    }
    return ends;
  };
  const ordinary = await outcomes();
  const seen = new Set();
  const note = (access, name) => {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 5;
    const { stack } = new Error();
    Error.stackTraceLimit = stackTraceLimit;
    // What the language's own functions read, their caller has them read.
    const callers = String(stack).split('\n').slice(3);
    const caller = callers.find((frame) => !frame.endsWith('(<anonymous>)')) ?? '';
    const [, place] = /[\\/](lib[\\/].*?\.js:\d+)/.exec(caller) ?? [];
    // What the sandbox sends is JSON like any other program's.
    if (name === 'toJSON' && /sandbox/.test(place)) return;
    if (place !== undefined && caller.includes(root)) seen.add(`${access} of ${name}: ${place}`);
  };
  const names = namesInSources();
  for (const name of names) {
    Object.defineProperty(Object.prototype, name, {
      __proto__: null,
      configurable: true,
      get: () => note('reading', name),
      set(value) {
        note('setting', name);
        const own = {
          __proto__: null,
          value,
          writable: true,
          enumerable: true,
          configurable: true,
        };
        Object.defineProperty(this, name, own);
      },
    });
  }
  let ends;
  try {
    ends = await outcomes();
  } finally {
    for (const name of names) delete Object.prototype[name];
  }
  assert.deepEqual([...seen].sort(), []);
  const named = (list) => Object.fromEntries(calls.map(([name], i) => [name, list[i]]));
  assert.deepEqual(named(ends), named(ordinary));
  assert.ok(
    names.length > 1000 && calls.length > 90,
    `${names.length} names, ${calls.length} calls`,
  );
});

test('no member of Object.prototype stands for an accepted delivery or a base URL that was checked', async () => {
  const stranger = RESOLVES['a stranger at nodeWebhook'];
  for (const [name, value, check] of [
    ['event', { id: 'x' }, async () => assert.equal(await stranger(), 401)],
    ['status', 200, async () => assert.equal(await stranger(), 401)],
    ['endpoint', { base, root: base, origin: base, allowed: [] }, () => REFUSED['a base URL'][1]()],
  ]) {
    Object.defineProperty(Object.prototype, name, { __proto__: null, configurable: true, value });
    try {
      if (name === 'endpoint') assert.throws(check, { code: 'KLING_INVALID_URL' });
      else await check();
    } finally {
      delete Object.prototype[name];
    }
  }
});

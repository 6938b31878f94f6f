// 200 terminations of a worker in each of ten states: none takes the process down, and providers go on
// working in it.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';

const require = createRequire(import.meta.url);
const index = require.resolve('../../index.js');
const { KlingAuth } = require(index);

const TIMES = 200;
/** At a time, so that the environments that end overlap. */
const TOGETHER = 4;
const PAIR = "({ accessKey: 'ak', secretKey: 'sk' })";

/** What the worker is doing when it is terminated. `at` says that it is. */
const STATES = {
  'loaded, and nothing else': 'at();',
  'reading a token': `const auth = new KlingAuth(${PAIR}); at(); for (;;) auth.token;`,
  'a provider made and never asked': `globalThis.kept = new KlingAuth({ credentials: () => ${PAIR} }); at();`,
  'waiting for a provider that hangs':
    'new KlingAuth({ credentials: () => { at(); return new Promise(() => {}); } }).ready().catch(() => {});',
  'a provider running into its time-out':
    'new KlingAuth({ credentials: () => { at(); return new Promise(() => {}); }, providerTimeoutMs: 1 }).ready().catch(() => {});',
  'inside the provider function':
    'new KlingAuth({ credentials: () => { at(); for (;;); } }).ready().catch(() => {});',
  'a token from a provider, the next one scheduled': `globalThis.kept = new KlingAuth({ credentials: () => ${PAIR} }); kept.ready().then(at);`,
  'a provider failing and tried again': `globalThis.kept = new KlingAuth({ credentials: () => { at(); throw new Error('down'); } }); kept.ready().catch(() => {});`,
  'a hundred providers at once':
    "for (let i = 0; i < 100; i++) new KlingAuth({ credentials: async () => { at(); return { apiKey: 'api-key-kling-' + i }; } }).ready();",
  'disposing of providers that are waited for':
    'for (let i = 0; i < 100; i++) { const auth = new KlingAuth({ credentials: () => new Promise(() => {}) }); auth.ready().catch(() => {}); auth[Symbol.dispose]?.(); } at();',
};

async function terminate(state) {
  const worker = new Worker(
    `const { parentPort } = require('node:worker_threads');
    let isTold = false;
    const at = () => { if (!isTold) { isTold = true; parentPort.postMessage('at'); } };
    const { KlingAuth } = require(${JSON.stringify(index)});
    setInterval(() => {}, 1000);
    ${state}`,
    { eval: true },
  );
  await once(worker, 'message');
  await worker.terminate();
}

for (const [name, state] of Object.entries(STATES)) {
  const start = performance.now();
  for (let i = 0; i < TIMES; i += TOGETHER) {
    await Promise.all(Array.from({ length: TOGETHER }, () => terminate(state)));
  }
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`${TIMES} workers terminated, ${name}: ${seconds} s`);
}
const auth = new KlingAuth({ credentials: () => ({ accessKey: 'ak', secretKey: 'sk' }) });
assert.match((await auth.getToken()).token, /^eyJ/);

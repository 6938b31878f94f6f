import assert from 'node:assert/strict';
import { once } from 'node:events';
import { copyFileSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import vm from 'node:vm';
import { Worker } from 'node:worker_threads';
import * as klingAuth from '../index.js';
import { root, runJson } from './helpers/run.mjs';

const { KlingAuth, verifyKlingToken } = klingAuth;
const INDEX = JSON.stringify(join(root, 'index.js'));

test('eight workers read 100,000 tokens while refreshing, all of them right', async () => {
  const source = `
    const { KlingAuth, verifyKlingToken } = require(${INDEX});
    const { parentPort, workerData } = require('node:worker_threads');
    const accessKey = 'ak-' + workerData;
    const auth = new KlingAuth(accessKey, 'sk-' + workerData);
    const wrong = [];
    for (let i = 0; i < 12500; i++) {
      if (i % 50 === 0) auth.refresh();
      if (i % 70 === 0) auth.invalidate();
      const token = auth.token;
      if (i % 100 === 0 && !verifyKlingToken(token, 'sk-' + workerData, { accessKey }).valid) wrong.push(i);
      if (!token.startsWith('eyJ')) wrong.push(i);
    }
    parentPort.postMessage(wrong);`;
  const workers = Array.from(
    { length: 8 },
    (_, i) => new Worker(source, { eval: true, workerData: i }),
  );
  const results = await Promise.all(
    workers.map(async (worker) => {
      const [[wrong], [exitCode]] = await Promise.all([
        once(worker, 'message'),
        once(worker, 'exit'),
      ]);
      return { wrong, exitCode };
    }),
  );
  assert.deepEqual(results, Array(8).fill({ wrong: [], exitCode: 0 }));
});

test('a worker that is terminated while it signs takes nothing down', async () => {
  const source = `
    const { KlingAuth } = require(${INDEX});
    const { parentPort } = require('node:worker_threads');
    const auth = new KlingAuth('ak', 'sk');
    parentPort.postMessage(auth.token.length);
    for (;;) { auth.refresh(); auth.token; new KlingAuth('ak', 'sk').token; }`;
  for (let round = 0; round < 5; round++) {
    const worker = new Worker(source, { eval: true });
    const [length] = await once(worker, 'message');
    assert.ok(length > 100);
    assert.equal(await worker.terminate(), 1);
  }
  assert.equal(verifyKlingToken(new KlingAuth('ak', 'sk').token, 'sk').valid, true);
});

test('125,000 instances, five times 25,000, give their memory back', () => {
  const { warm, later } = runJson(
    `const { KlingAuth } = require('./index.js');
    const round = async () => {
      let all = [];
      for (let i = 0; i < 25000; i++) {
        const auth = new KlingAuth('ak-' + i, 'sk-' + i);
        auth.token;
        all.push(auth);
      }
      all = undefined;
      // Finalizers run in turns of the event loop after the collection.
      for (let i = 0; i < 20; i++) { gc(); await new Promise(setImmediate); }
      return process.memoryUsage();
    };
    (async () => {
      // The allocator keeps what it has grown to; three rounds show how much that is.
      let warm;
      for (let i = 0; i < 3; i++) warm = await round();
      await round();
      console.log(JSON.stringify({ warm, later: await round() }));
    })();`,
    { flags: ['--expose-gc'] },
  );
  // 50,000 leaked instances would be 50 MB.
  const MB = 2 ** 20;
  assert.ok(
    later.rss - warm.rss < 35 * MB,
    `resident: ${warm.rss / MB} MB, then ${later.rss / MB} MB`,
  );
  assert.ok(
    later.heapUsed - warm.heapUsed < 4 * MB,
    `heap: ${warm.heapUsed / MB} MB, then ${later.heapUsed / MB} MB`,
  );
});

test('process.exit right after a read ends the process cleanly', () => {
  assert.equal(
    runJson(
      `const { KlingAuth } = require('./index.js');
      const auth = new KlingAuth('ak', 'sk');
      process.on('exit', () => console.log(auth.token.length > 100));
      class Exiting extends KlingAuth { get token() { const t = super.token; process.exit(0); return t; } }
      new Exiting('ak', 'sk').headers;`,
    ),
    true,
  );
});

test('nothing keeps the process alive and loading starts no thread', () => {
  const threads = `(process.platform === 'linux' ? require('node:fs').readdirSync('/proc/self/task').length : 0)`;
  const { before, after } = runJson(
    `const before = ${threads};
    const { KlingAuth } = require('./index.js');
    const auth = new KlingAuth('ak', 'sk');
    auth.token; auth.headers;
    auth.getToken().then(() => console.log(JSON.stringify({ before, after: ${threads} })));`,
  );
  assert.equal(after, before);
});

test('a vm context can use what its host gives it', () => {
  const context = vm.createContext({ KlingAuth });
  const result = vm.runInContext(
    `const auth = new KlingAuth({ accessKey: 'ak', secretKey: 'sk', bufferSec: 0 });
    class Sub extends KlingAuth {}
    let code; try { new KlingAuth({ ttlSec: 'x' }) } catch (error) { code = error.code }
    ({ token: auth.token, sub: new Sub('ak', 'sk').token, code })`,
    context,
  );
  assert.equal(verifyKlingToken(result.token, 'sk').valid, true);
  assert.equal(verifyKlingToken(result.sub, 'sk').valid, true);
  assert.equal(result.code, 'KLING_INVALID_ARG_TYPE');
});

test('two copies of the package in one process each have their own classes', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'kling-auth-'));
  // Windows removes no file that a process has loaded.
  if (process.platform !== 'win32') {
    t.after(() => rmSync(folder, { recursive: true, force: true }));
  }
  for (const file of ['package.json', 'index.js', 'lib'])
    cpSync(join(root, file), join(folder, file), { recursive: true });
  // The binary in use, wherever it was installed. WebAssembly lies in lib/.
  const binary = Object.keys(createRequire(import.meta.url).cache).find((file) =>
    file.endsWith('.node'),
  );
  if (binary !== undefined) copyFileSync(binary, join(folder, basename(binary)));
  const copy = createRequire(import.meta.url)(join(folder, 'index.js'));
  assert.notEqual(copy.KlingAuth, KlingAuth);
  for (const { KlingAuth, KlingAuthError } of [klingAuth, copy]) {
    assert.throws(
      () => new KlingAuth({ env: {} }),
      (error) => error instanceof KlingAuthError,
    );
    assert.match(new KlingAuth('ak', 'sk').token, /^eyJ/);
  }
  const [mine, theirs] = [klingAuth, copy].map((module) => new module.KlingAuth('ak', 'sk'));
  const token = (module) =>
    Object.getOwnPropertyDescriptor(module.KlingAuth.prototype, 'token').get;
  assert.throws(() => token(klingAuth).call(theirs), TypeError);
  assert.throws(() => token(copy).call(mine), TypeError);
  // What the copy loads for its listeners it loads after its first token.
  await new Promise(setImmediate);
});

test('the addon loaded twice from one file does not mix up its environments', () => {
  const code = runJson(
    `const { KlingAuth, KlingAuthError } = require('./index.js');
    for (const key of Object.keys(require.cache)) delete require.cache[key];
    const again = require('./index.js');
    const thrown = (module) => { try { new module.KlingAuth({ env: {} }) } catch (error) { return error } };
    console.log(JSON.stringify([
      thrown({ KlingAuth }) instanceof KlingAuthError,
      thrown(again) instanceof again.KlingAuthError,
      again.KlingAuthError === KlingAuthError,
    ]));`,
  );
  assert.deepEqual(code, [true, true, false]);
});

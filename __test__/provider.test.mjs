import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { Worker } from 'node:worker_threads';
import { decodeKlingToken, KlingAuth, KlingAuthError, verifyKlingToken } from '../index.js';
import { root, runJson } from './helpers/run.mjs';

const PAIR = { accessKey: 'ak', secretKey: 'sk' };
const API_KEY = 'api-key-kling-0123456789abcdef';
const INDEX = JSON.stringify(join(root, 'index.js'));

/** A provider that answers when it is told to. */
function manual() {
  const calls = [];
  const credentials = (context) =>
    new Promise((resolve, reject) => calls.push({ ...context, resolve, reject }));
  /** Resolves with the nth call, from 0. */
  const call = async (n) => {
    while (calls.length <= n) await new Promise(setImmediate);
    return calls[n];
  };
  return { calls, call, credentials };
}

test('a provider is asked for the first token and not before', async () => {
  let calls = 0;
  const credentials = async () => {
    calls++;
    return PAIR;
  };
  const auth = new KlingAuth({ credentials });
  assert.equal(inspect(auth), "KlingAuth { kind: null, source: 'provider', expiresAt: null }");
  assert.equal(auth.source, 'provider');
  await new Promise(setImmediate);
  assert.equal(calls, 0);
  await auth.ready();
  assert.equal(calls, 1);
  assert.equal(verifyKlingToken(auth.token, 'sk', { accessKey: 'ak' }).valid, true);
  assert.deepEqual([auth.kind, auth.accessKey, auth.source], ['jwt', 'ak', 'provider']);
  assert.match(inspect(auth), /^KlingAuth \{ accessKey: '…', expiresAt: 2/);
});

test('1,000 callers of a cold cache call the provider once', async () => {
  const { calls, call, credentials } = manual();
  const auth = new KlingAuth({ credentials });
  const tokens = Array.from({ length: 1000 }, () => auth.getToken());
  (await call(0)).resolve(PAIR);
  const unique = new Set((await Promise.all(tokens)).map(({ token }) => token));
  assert.equal(unique.size, 1);
  assert.equal(calls.length, 1);
  assert.equal(calls[0].reason, 'initial');
});

test('synchronous reads are not ready before the first answer', async () => {
  const { call, credentials } = manual();
  const auth = new KlingAuth({ credentials });
  const notReady = {
    name: 'KlingAuthError',
    code: 'KLING_NOT_READY',
    message: 'no credentials from the provider yet: await auth.ready() or getToken() first',
  };
  for (const read of ['token', 'headers', 'expiresAt', 'refreshesAt', 'kind', 'accessKey']) {
    assert.throws(() => auth[read], notReady, read);
  }
  assert.throws(() => auth.refresh(), notReady);
  // The reads themselves have asked.
  (await call(0)).resolve(PAIR);
  await auth.ready();
  assert.match(auth.headers.Authorization, /^Bearer eyJ/);
});

test('an API key from a provider lasts to its end', async () => {
  const expiresAt = new Date(Date.now() + 3_600_000);
  const auth = new KlingAuth({
    credentials: () => ({ apiKey: API_KEY, expiresAt }),
    bufferSec: 60,
  });
  const { token, expiresAt: end } = await auth.getToken();
  assert.equal(token, API_KEY);
  assert.deepEqual(end, expiresAt);
  assert.equal(auth.refreshesAt.getTime(), end.getTime() - 60_000);
  assert.equal(auth.kind, 'apiKey');
});

test('no token outlives the credentials', async () => {
  const expiresAt = Date.now() + 600_000;
  const auth = new KlingAuth({ credentials: async () => ({ ...PAIR, expiresAt }) });
  await auth.ready();
  const end = Math.floor(expiresAt / 1000) * 1000;
  assert.equal(auth.expiresAt.getTime(), end);
  assert.equal(decodeKlingToken(auth.token).expiresAt.getTime(), end);
});

test('what goes wrong in a provider is a failure with its cause', async () => {
  const cause = new Error('vault is sealed, sk-recognisable');
  const unusable = 'the credentials provider failed: what it returned cannot be used: ';
  const rejected = 'the credentials provider failed: it rejected';
  const table = [
    ['rejecting', async () => Promise.reject(cause), rejected, (c) => c === cause],
    [
      'throwing',
      () => {
        throw cause;
      },
      rejected,
      (c) => c === cause,
    ],
    [
      'throwing nothing',
      () => {
        throw undefined;
      },
      rejected,
      (c) => c === undefined,
    ],
    [
      'returning nothing',
      async () => {},
      `${unusable}the provider's answer must be an object, received undefined`,
      (c) => /received undefined/.test(c.message),
    ],
    [
      'returning a string',
      () => 'sk-recognisable',
      `${unusable}the provider's answer must be an object, received a string`,
      (c) => c.code === 'KLING_INVALID_ARG_TYPE',
    ],
    [
      'returning half a pair',
      () => ({ accessKey: 'ak' }),
      `${unusable}secret key not given: pass secretKey`,
      (c) => c.code === 'KLING_MISSING_CREDENTIALS',
    ],
    [
      'returning a masked key',
      () => ({ accessKey: 'ak', secretKey: 'sk-****' }),
      `${unusable}secretKey is a masked copy: the console shows the whole key only once, when it is created`,
      (c) => c.code === 'KLING_INVALID_CREDENTIALS',
    ],
    [
      'returning both kinds',
      () => ({ ...PAIR, apiKey: API_KEY }),
      `${unusable}apiKey and accessKey exclude each other: pass one of them`,
      (c) => c.code === 'KLING_CONFLICTING_OPTIONS',
    ],
    [
      'returning more',
      () => ({ ...PAIR, expires: 1 }),
      `${unusable}unknown option "expires": did you mean expiresAt?`,
      (c) => c.code === 'KLING_UNKNOWN_OPTION',
    ],
    [
      'returning seconds',
      () => ({ ...PAIR, expiresAt: 1_800_000_000 }),
      `${unusable}expiresAt must be milliseconds since the epoch, as Date.now() gives, received 1800000000`,
      (c) => c.code === 'KLING_OUT_OF_RANGE',
    ],
    [
      'returning the past',
      () => ({ ...PAIR, expiresAt: Date.now() - 1 }),
      'the credentials provider failed: what it returned has expired already',
      (c) => c === undefined,
    ],
  ];
  for (const [name, credentials, message, isCause] of table) {
    const errors = [];
    const auth = new KlingAuth({ credentials, onError: (error) => errors.push(error) });
    await assert.rejects(auth.getToken(), (error) => {
      assert.ok(error instanceof KlingAuthError, name);
      assert.equal(error.code, 'KLING_PROVIDER_FAILED', name);
      assert.equal(error.message, message, name);
      assert.ok(isCause(error.cause), name);
      assert.doesNotMatch(error.message, /recognisable/, name);
      return true;
    });
    await new Promise(setImmediate);
    assert.equal(errors.length, 1, name);
    assert.equal(errors[0].message, message, name);
  }
});

test('a provider that never answers is given up, and its signal aborted', async () => {
  const { calls, credentials } = manual();
  const auth = new KlingAuth({ credentials, providerTimeoutMs: 20 });
  await assert.rejects(auth.getToken(), {
    name: 'KlingAuthError',
    code: 'KLING_PROVIDER_TIMEOUT',
    message:
      'the credentials provider did not answer within 20 ms (if the provider asks this very KlingAuth for a token, each waits for the other)',
  });
  assert.equal(calls[0].signal.aborted, true);
  assert.equal(calls[0].signal.reason.name, 'TimeoutError');
  // A late answer changes nothing.
  calls[0].resolve(PAIR);
  await new Promise(setImmediate);
  assert.throws(() => auth.token, { code: 'KLING_NOT_READY' });
});

test('aborting one caller leaves the others and the refresh alone', async () => {
  const { calls, call, credentials } = manual();
  const auth = new KlingAuth({ credentials });
  const controller = new AbortController();
  const reason = new Error('the user went away');
  const [aborted, patient] = [auth.getToken({ signal: controller.signal }), auth.getToken()];
  await call(0);
  controller.abort(reason);
  await assert.rejects(aborted, (error) => error === reason);
  assert.equal(calls[0].signal.aborted, false);
  calls[0].resolve(PAIR);
  assert.match((await patient).token, /^eyJ/);
  assert.equal(calls.length, 1);
});

test('callers that gave up are not kept, however long the provider takes', () => {
  const { kept } = runJson(
    `const { KlingAuth } = require('./index.js');
    const auth = new KlingAuth({ credentials: () => new Promise(() => {}), providerTimeoutMs: 600000 });
    const refs = [];
    (async () => {
      for (let i = 0; i < 100; i++) {
        const controller = new AbortController();
        const caller = auth.getToken({ signal: controller.signal });
        refs.push(new WeakRef(caller), new WeakRef(controller));
        controller.abort();
        await caller.catch(() => {});
      }
      for (let i = 0; i < 10; i++) { await new Promise(setImmediate); gc(); }
      console.log(JSON.stringify({ kept: refs.filter((ref) => ref.deref()).length }));
      process.exit();
    })();`,
    { flags: ['--expose-gc'] },
  );
  // The last ones may still stand on a stack.
  assert.ok(kept <= 4, `${kept} of 200`);
});

test('a token that is due is used while the next one is on its way, and after a failure', async () => {
  const { calls, call, credentials } = manual();
  let ms = 1_700_000_000_000;
  const auth = new KlingAuth({ credentials, now: () => ms });
  const first = auth.getToken();
  (await call(0)).resolve(PAIR);
  const { token } = await first;
  ms += 1_600_000;
  assert.equal(auth.token, token);
  assert.equal((await auth.getToken()).token, token);
  const { reason, reject } = await call(1);
  assert.equal(reason, 'expiring');
  reject(new Error('down'));
  await new Promise(setImmediate);
  assert.equal(auth.token, token);
  assert.equal(calls.length, 2);
  // To its last second.
  ms += 199_999;
  assert.equal(auth.token, token);
  ms += 1;
  assert.throws(() => auth.token, { code: 'KLING_NOT_READY' });
});

test('a provider that asks the same KlingAuth is told so instead of waiting for itself', async () => {
  let inner;
  const auth = new KlingAuth({ credentials: () => (inner = auth.getToken()) });
  await assert.rejects(auth.getToken(), { code: 'KLING_PROVIDER_FAILED' });
  await assert.rejects(inner, {
    code: 'KLING_PROVIDER_FAILED',
    message: /^the credentials provider failed: it asked this very KlingAuth for a token/,
  });
});

test('one that asks in a later turn is told so where that costs others nothing, else given up', async () => {
  const isCheap = !('kResourceStore' in new AsyncLocalStorage());
  const auth = new KlingAuth({
    providerTimeoutMs: isCheap ? 10_000 : 50,
    credentials: async () => {
      await null;
      return auth.getToken();
    },
  });
  await assert.rejects(auth.getToken(), ({ code, message, cause }) => {
    if (isCheap) {
      assert.deepEqual([code, cause.code], ['KLING_PROVIDER_FAILED', 'KLING_PROVIDER_FAILED']);
      assert.match(cause.message, /it asked this very KlingAuth/);
    } else {
      assert.equal(code, 'KLING_PROVIDER_TIMEOUT');
      assert.match(message, /if the provider asks this very KlingAuth for a token/);
    }
    return true;
  });
});

test('what a call has left behind may ask once the call is over', async () => {
  let later;
  const asked = new Promise((resolve) => {
    later = resolve;
  });
  let calls = 0;
  const auth = new KlingAuth({
    credentials: () => {
      // A watcher, as it were: it belongs to the first call, and outlives it.
      if (++calls === 1) setTimeout(() => later(auth.getToken({ forceRefresh: true })), 20);
      return PAIR;
    },
  });
  await auth.ready();
  assert.match((await asked).token, /^eyJ/);
  assert.equal(calls, 2);
});

test('a signal counts for the whole of getToken, not only for its first wait', async () => {
  const { call, credentials } = manual();
  const auth = new KlingAuth({ credentials });
  const first = auth.getToken().then(({ token }) => auth.invalidate(token));
  const controller = new AbortController();
  const second = auth.getToken({ signal: controller.signal });
  (await call(0)).resolve(PAIR);
  await first;
  controller.abort(new Error('mine'));
  await assert.rejects(
    second.then(() => auth.getToken({ signal: controller.signal })),
    { message: 'mine' },
  );
});

test('no token is signed with credentials that have run out', async () => {
  let ms = 1_700_000_000_000;
  const auth = new KlingAuth({
    credentials: async () => ({ ...PAIR, expiresAt: ms + 60_000 }),
    now: () => ms,
  });
  await auth.ready();
  assert.match(auth.refresh(), /^eyJ/);
  ms += 60_000;
  assert.throws(() => auth.refresh(), { code: 'KLING_NOT_READY' });
  auth[Symbol.dispose]();
});

test('a refresh from the credentials at hand is told once', async () => {
  const heard = [];
  const auth = new KlingAuth({
    credentials: () => PAIR,
    onRefresh: ({ reason }) => heard.push(reason),
  });
  await auth.ready();
  auth.refresh();
  auth.token;
  await new Promise(setImmediate);
  assert.deepEqual(heard, ['initial', 'forced']);
});

test('rotation by hand is refused where a provider does it', () => {
  const auth = new KlingAuth({ credentials: () => PAIR });
  assert.throws(() => auth.rotate(PAIR), {
    name: 'KlingAuthError',
    code: 'KLING_ROTATE_WITH_PROVIDER',
    message:
      'rotate() is for keys that were passed in: this KlingAuth takes its own from a provider',
  });
});

test('disposal rejects those who wait', async () => {
  const { call, credentials } = manual();
  const auth = new KlingAuth({ credentials });
  const caller = auth.getToken();
  const { signal } = await call(0);
  auth[Symbol.dispose]();
  await assert.rejects(caller, { name: 'KlingAuthError', code: 'KLING_DISPOSED' });
  if (!signal.aborted) await once(signal, 'abort');
  assert.throws(() => auth.token, { code: 'KLING_DISPOSED' });
  await assert.rejects(auth.getToken(), { code: 'KLING_DISPOSED' });
  await assert.rejects(auth.getToken({ forceRefresh: true }), { code: 'KLING_DISPOSED' });
});

test('refreshes and failures are announced by callback and channel', async () => {
  // What earlier tests have caused is announced in this turn still.
  await new Promise(setImmediate);
  const heard = [];
  const listeners = ['refresh', 'error'].map((kind) => {
    const listener = (message) => heard.push([`channel ${kind}`, message.reason ?? message.code]);
    subscribe(`kling-auth:${kind}`, listener);
    return () => unsubscribe(`kling-auth:${kind}`, listener);
  });
  const { call, credentials } = manual();
  const auth = new KlingAuth({
    credentials,
    onRefresh: ({ reason, source }) => heard.push(['callback refresh', reason, source]),
    onError: ({ code }) => heard.push(['callback error', code]),
  });
  const first = auth.getToken();
  (await call(0)).reject(new Error('down'));
  await assert.rejects(first);
  const second = auth.getToken();
  (await call(1)).resolve(PAIR);
  await second;
  await new Promise(setImmediate);
  for (const stop of listeners) stop();
  assert.deepEqual(heard.sort(), [
    ['callback error', 'KLING_PROVIDER_FAILED'],
    ['callback refresh', 'retry', 'provider'],
    ['channel error', 'KLING_PROVIDER_FAILED'],
    ['channel refresh', 'retry'],
  ]);
});

test('awaiting a token keeps the process alive, having one does not', () => {
  const result = runJson(
    `const { KlingAuth } = require('./index.js');
    const auth = new KlingAuth({ credentials: () => Promise.resolve({ accessKey: 'ak', secretKey: 'sk' }) });
    auth.getToken().then(({ token }) => {
      // A refresh is scheduled in 25 minutes; the process must end now.
      console.log(JSON.stringify({ length: token.length > 100 }));
    });`,
  );
  assert.deepEqual(result, { length: true });
});

test('the first provider starts one thread, WebAssembly and a static pair none', () => {
  const { none, one, two } = runJson(
    `const { readdirSync } = require('node:fs');
    const threads = () => process.platform === 'linux' ? readdirSync('/proc/self/task').length : undefined;
    const { KlingAuth } = require('./index.js');
    const start = threads();
    (async () => {
      const fixed = new KlingAuth('ak', 'sk');
      fixed.token; await fixed.getToken();
      const none = threads() - start;
      await new KlingAuth({ credentials: () => ({ accessKey: 'ak', secretKey: 'sk' }) }).ready();
      const one = threads() - start;
      await new KlingAuth({ credentials: () => ({ accessKey: 'ak', secretKey: 'sk' }) }).ready();
      console.log(JSON.stringify(process.platform === 'linux' ? { none, one, two: threads() - start } : { none: 0, one: 1, two: 1 }));
    })();`,
  );
  const started = process.env.KLING_AUTH_BINARY === 'wasm' && process.platform === 'linux' ? 0 : 1;
  assert.deepEqual({ none, one, two }, { none: 0, one: started, two: started });
});

test('instances with a provider are collected like any other, and so is all that they hold', () => {
  const { collected } = runJson(
    `const { KlingAuth } = require('./index.js');
    const collected = { auth: 0, credentials: 0 };
    const registry = new FinalizationRegistry((name) => collected[name]++);
    (async () => {
      for (let i = 0; i < 50; i++) {
        const credentials = () => ({ accessKey: 'ak', secretKey: 'sk' });
        const auth = new KlingAuth({ credentials, onRefresh: () => {} });
        await auth.ready();
        registry.register(auth, 'auth');
        registry.register(credentials, 'credentials');
      }
      // Collections and the addon's thread take their turns.
      for (let i = 0; i < 500 && (collected.auth < 48 || collected.credentials < 48); i++) {
        gc();
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      console.log(JSON.stringify({ collected }));
    })();`,
    { flags: ['--expose-gc'] },
  );
  // The last ones may still stand on a stack.
  assert.ok(collected.auth >= 48, `${collected.auth} of 50`);
  assert.ok(collected.credentials >= 48, `${collected.credentials} of 50`);
});

test('a worker that ends in the middle of a refresh takes nothing down', async () => {
  const source = `
    const { KlingAuth } = require(${INDEX});
    const { parentPort } = require('node:worker_threads');
    for (let i = 0; i < 20; i++) {
      const auth = new KlingAuth({ credentials: () => { parentPort.postMessage('asked'); return new Promise(() => {}); }, providerTimeoutMs: 30 });
      auth.getToken().catch(() => {});
    }`;
  for (let round = 0; round < 3; round++) {
    const worker = new Worker(source, { eval: true });
    await once(worker, 'message');
    await worker.terminate();
  }
  const auth = new KlingAuth({ credentials: () => PAIR });
  assert.match((await auth.getToken()).token, /^eyJ/);
});

// What a provider does to the program around it: nothing that it can notice.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KlingAuth } from '../index.js';
import { runJson } from './helpers/run.mjs';

const PAIR = { accessKey: 'ak', secretKey: 'sk' };
const OTHER = { accessKey: 'ak-2', secretKey: 'sk-2' };

/** A source of credentials that tells of news. */
function manual() {
  const listeners = new Set();
  const calls = [];
  return {
    listeners,
    calls,
    answer: PAIR,
    get({ reason }) {
      calls.push(reason);
      return this.answer;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Lets the addon's thread and its events take their turns. */
async function until(condition) {
  while (!condition()) await new Promise(setImmediate);
}

test('news cause a call in the background, until the subscription ends', async () => {
  const source = manual();
  const auth = new KlingAuth({ credentials: source });
  assert.equal(source.listeners.size, 0, 'nothing is watched before a token is wanted');
  await auth.ready();
  const { token } = auth;
  assert.equal(source.listeners.size, 1);
  source.answer = OTHER;
  const [listener] = source.listeners;
  assert.equal(listener(), undefined);
  assert.equal(auth.token, token, 'it is used until there is another');
  await until(() => source.calls.length === 2);
  await until(() => auth.accessKey === 'ak-2');
  assert.deepEqual(source.calls, ['initial', 'rotated']);
  auth[Symbol.dispose]?.();
  if (Symbol.dispose) await until(() => source.listeners.size === 0);
  listener();
});

test('a function with a member subscribe is a source of news too', async () => {
  const source = manual();
  const get = (request) => source.get(request);
  const credentials = Object.assign(get, { subscribe: source.subscribe.bind(source) });
  await new KlingAuth({ credentials }).ready();
  assert.equal(source.listeners.size, 1);
});

test('what cannot be a source is refused at once', () => {
  const table = [
    [1, 'credentials must be a function, received a number'],
    [[], 'credentials must be a function, received an array'],
    [
      {},
      'credentials must be a function, or an object with a function get, received an object without',
    ],
    [{ get: 1 }, 'credentials.get must be a function, received a number'],
    [{ get() {}, subscribe: 'x' }, 'credentials.subscribe must be a function, received a string'],
  ];
  for (const [credentials, message] of table) {
    assert.throws(() => new KlingAuth({ credentials }), {
      name: 'TypeError',
      code: 'KLING_INVALID_ARG_TYPE',
      message,
    });
  }
});

test('a provider is called in the context of who waits, and in none in the background', () => {
  // In a process of its own, in which even the loading of the package belongs to a request.
  const { seen, heard } = runJson(
    `const { AsyncLocalStorage } = require('node:async_hooks');
    const request = new AsyncLocalStorage();
    const where = () => request.getStore() ?? 'none';
    const seen = [];
    const heard = [];
    let news;
    const until = async (condition) => {
      while (!condition()) await new Promise(setImmediate);
    };
    (async () => {
      const auth = await request.run('loading', async () => {
        const { KlingAuth } = require('./index.js');
        return new KlingAuth({
          credentials: {
            get: ({ reason }) => {
              seen.push(reason + ': ' + where());
              return { accessKey: 'ak', secretKey: 'sk' };
            },
            subscribe: (listener) => {
              news = listener;
            },
          },
          onRefresh: () => heard.push(where()),
        });
      });
      await request.run('the first', () => auth.ready());
      await request.run('a later one', () => auth.getToken({ forceRefresh: true }));
      request.run('news', news);
      await until(() => heard.length === 3);
      console.log(JSON.stringify({ seen, heard }));
    })();`,
  );
  assert.deepEqual(seen, ['initial: the first', 'forced: a later one', 'rotated: none']);
  assert.deepEqual(heard, ['none', 'none', 'none']);
});

test('twelve callers with one signal put one listener on it', async () => {
  const counts = { added: 0, removed: 0 };
  const controller = new AbortController();
  const { signal } = controller;
  const { addEventListener, removeEventListener } = signal;
  signal.addEventListener = (...args) => {
    counts.added++;
    return addEventListener.apply(signal, args);
  };
  signal.removeEventListener = (...args) => {
    counts.removed++;
    return removeEventListener.apply(signal, args);
  };
  let answer;
  const credentials = () =>
    new Promise((resolve) => {
      answer = resolve;
    });
  const auth = new KlingAuth({ credentials });
  const callers = Array.from({ length: 12 }, () => auth.getToken({ signal }));
  await until(() => answer);
  assert.deepEqual(counts, { added: 1, removed: 0 });
  answer(PAIR);
  await Promise.all(callers);
  assert.deepEqual(counts, { added: 1, removed: 1 });
});

test('credentials that have run out are told with what the provider failed with', async () => {
  let ms = 1_700_000_000_000;
  const cause = new Error('vault is sealed');
  const failures = [];
  const source = manual();
  const auth = new KlingAuth({
    credentials: (request) => {
      source.get(request);
      if (source.calls.length > 1) throw cause;
      return PAIR;
    },
    now: () => ms,
    onError: (error) => failures.push(error),
  });
  await auth.ready();
  ms += 1_801_000;
  const ranOut = {
    name: 'KlingAuthError',
    code: 'KLING_NOT_READY',
    message:
      'the last credentials from the provider have run out, and it has delivered no others: await auth.ready() or getToken() first',
  };
  assert.throws(() => auth.token, ranOut);
  await until(() => failures.length > 0);
  assert.throws(
    () => auth.token,
    (error) => {
      assert.equal(error.message, ranOut.message);
      assert.equal(error.cause.code, 'KLING_PROVIDER_FAILED');
      assert.equal(error.cause.cause, cause);
      return true;
    },
  );
});

test('whatever needs a token tells what the provider has last failed with', async () => {
  const cause = new Error('vault is sealed');
  const auth = new KlingAuth({ credentials: () => Promise.reject(cause) });
  await assert.rejects(auth.ready());
  for (const read of [
    () => auth.token,
    () => auth.headers,
    () => auth.expiresAt,
    () => auth.refreshesAt,
    () => auth.kind,
    () => auth.accessKey,
    () => auth.refresh(),
  ]) {
    assert.throws(read, (error) => {
      assert.equal(error.code, 'KLING_NOT_READY');
      assert.equal(error.cause.cause, cause);
      return true;
    });
  }
});

const REACHING = `
  const { KlingAuth } = require('./index.js');
  let alive = 0;
  const registry = new FinalizationRegistry(() => alive--);
  class Service {
    constructor() {
      this.auth = new KlingAuth({ credentials: () => this.load() });
      alive++;
      registry.register(this, undefined);
    }
    load() { return { accessKey: 'ak', secretKey: 'sk' }; }
  }
  const collected = async (most) => {
    for (let i = 0; i < 1000 && alive > most; i++) {
      gc();
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    console.log(JSON.stringify({ alive }));
  };`;

for (const [name, use] of [
  ['used', 'await new Service().auth.ready();'],
  ['never used', 'new Service();'],
  [
    'in use when disposed',
    'const { auth } = new Service(); const r = auth.ready().catch(() => {}); auth[Symbol.dispose]?.(); await r;',
  ],
]) {
  test(`an instance that its provider reaches is collected: ${name}`, () => {
    const { alive } = runJson(
      `${REACHING} (async () => { for (let i = 0; i < 100; i++) { ${use} } await collected(2); })();`,
      { flags: ['--expose-gc'] },
    );
    // The last ones may still stand on a stack.
    assert.ok(alive <= 2, `${alive} of 100`);
  });
}

test('who waits is not collected, and neither is what they wait for', () => {
  const { length } = runJson(
    `const { KlingAuth } = require('./index.js');
    new KlingAuth({
      credentials: () => new Promise((resolve) => setTimeout(resolve, 50, { accessKey: 'ak', secretKey: 'sk' }).unref()),
    }).getToken().then(({ token }) => console.log(JSON.stringify({ length: token.length > 100 })));
    const collect = setInterval(gc, 1);
    collect.unref();`,
    { flags: ['--expose-gc'] },
  );
  assert.equal(length, true);
});

test('waiting needs none of the timers that a test can replace', () => {
  const result = runJson(
    `const real = { setTimeout, setInterval, setImmediate };
    for (const name of ['setTimeout', 'setInterval', 'setImmediate', 'clearTimeout', 'clearInterval', 'clearImmediate', 'queueMicrotask']) {
      globalThis[name] = () => { throw new Error(name + ' was called'); };
    }
    const { KlingAuth } = require('./index.js');
    const auth = new KlingAuth({
      credentials: () => new Promise((resolve) => real.setTimeout(resolve, 20, { accessKey: 'ak', secretKey: 'sk' }).unref()),
    });
    auth.getToken()
      .then(() => auth.getToken({ forceRefresh: true }))
      .then(({ token }) => console.log(JSON.stringify({ ended: token.length > 100 })));`,
  );
  assert.deepEqual(result, { ended: true });
});

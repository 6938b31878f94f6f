import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { decodeKlingToken, KlingAuth, KlingAuthError } from '../index.js';

const START_MS = 1_700_000_000_000;

/** An instance with a clock that the test turns. */
function withClock(options) {
  const clock = { ms: START_MS };
  const auth = new KlingAuth({
    accessKey: 'AKab-middle-0123',
    secretKey: 'sk',
    now: () => clock.ms,
    ...options,
  });
  return { auth, clock };
}

const disposed = { name: 'KlingAuthError', code: 'KLING_DISPOSED' };

test('the token is cached and signed anew when the buffer begins', () => {
  const { auth, clock } = withClock();
  const first = auth.token;
  clock.ms += 1_499_999;
  assert.equal(auth.token, first);
  clock.ms += 1;
  const second = auth.token;
  assert.notEqual(second, first);
  assert.equal(auth.token, second);
});

test('messages and stack traces have the name of the class, also where a bundler has packed it', () => {
  assert.throws(() => KlingAuth(), {
    name: 'TypeError',
    message: "Class constructor KlingAuth cannot be invoked without 'new'",
  });
});

test('a buffer of 0 uses the token to its last second', () => {
  const { auth, clock } = withClock({ bufferSec: 0 });
  const first = auth.token;
  clock.ms += 1_799_999;
  assert.equal(auth.token, first);
  clock.ms += 1;
  assert.notEqual(auth.token, first);
});

test('a process that was frozen for an hour hands out a fresh token on its first read', () => {
  const { auth, clock } = withClock();
  auth.token;
  clock.ms += 3_600_000;
  assert.ok(decodeKlingToken(auth.token).expiresAt.getTime() > clock.ms);
});

test('a clock that was set back makes the token stale', () => {
  const { auth, clock } = withClock();
  auth.token;
  clock.ms -= 86_400_000;
  const { notBefore, expiresAt } = decodeKlingToken(auth.token);
  assert.equal(notBefore.getTime(), clock.ms - 5_000);
  assert.equal(expiresAt.getTime(), clock.ms + 1_800_000);
});

test('the system clock is the default', () => {
  const auth = new KlingAuth('ak', 'sk');
  const before = Date.now();
  const end = auth.expiresAt.getTime();
  assert.ok(end > before + 1_798_000 && end <= Date.now() + 1_800_000);
});

test('headers are a fresh plain object, Authorization first', () => {
  const { auth } = withClock();
  const headers = auth.headers;
  assert.deepEqual(Object.entries(headers), [
    ['Authorization', `Bearer ${auth.token}`],
    ['Content-Type', 'application/json'],
  ]);
  assert.equal(Object.getPrototypeOf(headers), Object.prototype);
  headers.Authorization = 'changed';
  assert.equal(auth.headers.Authorization, `Bearer ${auth.token}`);
});

test('the dates are those of the current token', async () => {
  const { auth, clock } = withClock({ ttlSec: 600, bufferSec: 60 });
  assert.deepEqual(auth.expiresAt, new Date(START_MS + 600_000));
  assert.deepEqual(auth.refreshesAt, new Date(START_MS + 540_000));
  assert.deepEqual(decodeKlingToken(auth.token).expiresAt, auth.expiresAt);
  clock.ms += 540_000;
  assert.deepEqual(auth.expiresAt, new Date(START_MS + 1_140_000));
  assert.deepEqual(await auth.getToken(), { token: auth.token, expiresAt: auth.expiresAt });
});

test('a caller that changes its date changes nobody else’s next one', async () => {
  const { auth } = withClock();
  const { expiresAt } = await auth.getToken();
  expiresAt.setTime(0);
  assert.deepEqual((await auth.getToken()).expiresAt, new Date(START_MS + 1_800_000));
  assert.deepEqual(auth.expiresAt, new Date(START_MS + 1_800_000));
});

test('refresh signs at once and returns what is cached from then on', () => {
  const { auth, clock } = withClock();
  const first = auth.token;
  clock.ms += 1_000;
  const second = auth.refresh();
  assert.notEqual(second, first);
  assert.equal(auth.token, second);
});

test('a hundred callers that saw the same refusal cause one new signature', () => {
  const { auth, clock } = withClock();
  const refused = auth.token;
  const seen = new Set();
  for (let caller = 0; caller < 100; caller++) {
    clock.ms += 1_000;
    auth.invalidate(refused);
    seen.add(auth.token);
  }
  assert.equal(seen.size, 1);
  assert.ok(!seen.has(refused));
});

test('invalidate without an argument drops the token, whichever it is', () => {
  const { auth, clock } = withClock();
  const first = auth.token;
  clock.ms += 1_000;
  auth.invalidate(null);
  assert.notEqual(auth.token, first);
});

test('positional arguments, options and environment are three ways to the same thing', () => {
  const env = { KLING_ACCESS_KEY: 'ak', KLING_SECRET_KEY: 'sk' };
  const now = () => START_MS;
  const token = new KlingAuth({ accessKey: 'ak', secretKey: 'sk', now }).token;
  assert.equal(new KlingAuth({ env, now }).token, token);
  assert.equal(decodeKlingToken(new KlingAuth('ak', 'sk').token).claims.iss, 'ak');
  Object.assign(process.env, env);
  try {
    for (const auth of [
      new KlingAuth(),
      new KlingAuth(null),
      new KlingAuth(undefined, null, 60),
      new KlingAuth({}),
    ]) {
      assert.equal(auth.accessKey, 'ak');
    }
    const { expiresAt, refreshesAt } = new KlingAuth(undefined, undefined, 60);
    assert.equal(expiresAt - refreshesAt, 60_000);
  } finally {
    for (const name of Object.keys(env)) delete process.env[name];
  }
});

test('the third argument is the buffer', () => {
  for (const [buffer, ms] of [
    [undefined, 300_000],
    [null, 300_000],
    [0, 0],
    [1799, 1_799_000],
  ]) {
    const { expiresAt, refreshesAt } = new KlingAuth('ak', 'sk', buffer);
    assert.equal(expiresAt - refreshesAt, ms);
  }
});

test('it is a real class', () => {
  const auth = new KlingAuth('ak', 'sk');
  assert.ok(auth instanceof KlingAuth);
  assert.equal(KlingAuth.name, 'KlingAuth');
  assert.equal(Object.prototype.toString.call(auth), '[object KlingAuth]');
  assert.equal(String(auth), '[object KlingAuth]');
  assert.deepEqual(Object.getOwnPropertyNames(auth), []);
  for (const name of ['token', 'headers', 'expiresAt', 'refreshesAt', 'accessKey']) {
    assert.equal(
      typeof Object.getOwnPropertyDescriptor(KlingAuth.prototype, name).get,
      'function',
      name,
    );
  }
  assert.throws(() => KlingAuth('ak', 'sk'), TypeError);
});

test('a subclass can override the token and reach the original', () => {
  class Tagged extends KlingAuth {
    get token() {
      return `${super.token}#tagged`;
    }
  }
  const auth = new Tagged('ak', 'sk');
  assert.match(auth.token, /^eyJ.*#tagged$/);
  assert.equal(auth.headers.Authorization, `Bearer ${auth.token}`);
  assert.match(inspect(auth), /^Tagged \{/);
});

test('members borrowed onto a foreign object throw a TypeError', () => {
  const auth = new KlingAuth('ak', 'sk');
  const foreign = [{}, Object.create(KlingAuth.prototype), new Proxy(auth, {}), null, 1];
  const descriptors = Object.getOwnPropertyDescriptors(KlingAuth.prototype);
  const members = [
    'token',
    'headers',
    'expiresAt',
    'refreshesAt',
    'accessKey',
    'refresh',
    'invalidate',
    'toJSON',
  ];
  for (const name of members) {
    const { get, value } = descriptors[name];
    for (const receiver of foreign)
      assert.throws(() => (get ?? value).call(receiver), TypeError, name);
  }
});

test('the methods of the native half refuse foreign receivers too', () => {
  const native = createRequire(import.meta.url)('../lib/loader/native.js');
  const { reader, accessKey, dispose } = native.NativeAuth.prototype;
  for (const method of [reader, accessKey, dispose]) {
    for (const receiver of [{}, Object.create(native.NativeAuth.prototype), new Map(), null]) {
      assert.throws(() => method.call(receiver), Error);
    }
  }
});

test('inspection shows what helps and nothing secret', () => {
  const { auth } = withClock();
  assert.equal(inspect(auth), "KlingAuth { accessKey: 'AKab…0123', expiresAt: null }");
  auth.token;
  assert.equal(
    inspect(auth),
    "KlingAuth { accessKey: 'AKab…0123', expiresAt: 2023-11-14T22:43:20.000Z }",
  );
  assert.equal(inspect([[[auth]]], { depth: 1 }), '[ [ [Array] ] ]');
  assert.equal(inspect({ a: auth }, { depth: 0 }), '{ a: [KlingAuth] }');
  assert.equal(inspect(Object.create(KlingAuth.prototype)), 'KlingAuth {}');
  assert.equal(
    JSON.stringify(auth),
    '{"accessKey":"AKab…0123","expiresAt":"2023-11-14T22:43:20.000Z"}',
  );
  assert.deepEqual({ ...auth }, {});
});

test('inspection signs nothing', () => {
  let reads = 0;
  const auth = new KlingAuth({ accessKey: 'ak', secretKey: 'sk', now: () => START_MS + reads++ });
  inspect(auth);
  JSON.stringify(auth);
  assert.equal(reads, 0);
});

test('disposal wipes the secret: everything throws from then on', async () => {
  assert.equal(typeof Symbol.dispose, 'symbol');
  const { auth } = withClock();
  auth.token;
  auth[Symbol.dispose]();
  auth[Symbol.dispose]();
  for (const use of [
    () => auth.token,
    () => auth.headers,
    () => auth.expiresAt,
    () => auth.refreshesAt,
    () => auth.accessKey,
    () => auth.refresh(),
    () => auth.invalidate(),
  ]) {
    assert.throws(use, {
      ...disposed,
      message: 'this KlingAuth was disposed and its secret wiped: create a new one',
    });
  }
  await assert.rejects(auth.getToken(), disposed);
  assert.equal(inspect(auth), 'KlingAuth { disposed }');
  assert.equal(JSON.stringify(auth), '{"expiresAt":null}');
});

test('errors are instances of the exported class, with a stack that begins at the caller', () => {
  try {
    new KlingAuth({ env: {} });
    assert.fail('must throw');
  } catch (error) {
    assert.ok(error instanceof KlingAuthError);
    assert.ok(error instanceof Error);
    assert.equal(Object.prototype.toString.call(error), '[object Error]');
    assert.match(error.stack, /^KlingAuthError: credentials not given/);
    assert.doesNotMatch(error.stack, /lib\/error\.js/);
    assert.deepEqual(Object.keys(error), ['code']);
  }
});

test('an exception from a clock or a getter passes through untouched', () => {
  const mine = new RangeError('mine');
  const raise = () => {
    throw mine;
  };
  const auth = new KlingAuth({ accessKey: 'ak', secretKey: 'sk', now: raise });
  assert.throws(
    () => auth.token,
    (error) => error === mine,
  );
  const env = Object.defineProperty({}, 'KLING_ACCESS_KEY', { get: raise, enumerable: true });
  assert.throws(
    () => new KlingAuth({ env }),
    (error) => error === mine,
  );
});

test('both module systems see the same exports', async () => {
  const require = createRequire(import.meta.url);
  const names = [
    'KlingAuth',
    'KlingAuthError',
    'decodeKlingToken',
    'generateKlingToken',
    'verifyKlingToken',
  ];
  const imported = await import('kling-auth');
  const required = require('kling-auth');
  for (const name of names) {
    assert.equal(typeof required[name], 'function', name);
    assert.equal(imported[name], required[name], name);
  }
});

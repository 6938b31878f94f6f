// The whole public surface in surroundings that are against it: a stack that is nearly full, shared
// prototypes that somebody has put something on, getters that throw, call back or collect garbage.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import vm from 'node:vm';
import { runJson } from './helpers/run.mjs';
import { KlingAuthError, KlingWebhookError, REFUSED, WORKS } from './helpers/surface.mjs';
import { SECRET } from './helpers/webhook.mjs';

const { generateKlingToken, KlingAuth, KlingWebhook, verifyKlingToken } = createRequire(
  import.meta.url,
)('../index.js');
setFlagsFromString('--expose-gc');
const gc = vm.runInNewContext('gc');

const OWN_CLASSES = [TypeError, RangeError, KlingAuthError, KlingWebhookError];

/** What a call ends with; the asserts come once the surroundings are clean again. */
function outcomeOf(call) {
  try {
    call();
    return { ok: true };
  } catch (error) {
    return { error };
  }
}

/** Before anything is put against it: what is loaded on first use is. */
for (const call of Object.values(WORKS)) call();

test('in ordinary surroundings each call ends as the table says', () => {
  for (const [name, [code, call]] of Object.entries(REFUSED)) {
    const { error } = outcomeOf(call);
    assert.equal(error?.code, code, name);
    assert.ok(OWN_CLASSES.includes(error.constructor), name);
    assert.ok(Object.hasOwn(error, 'code') && Object.hasOwn(error, 'message'), name);
    assert.match(error.stack, /surface\.mjs/, name);
  }
});

test('near the end of the stack the error is the package’s own or V8’s RangeError', () => {
  for (const [name, [code, call]] of Object.entries(REFUSED)) {
    const seen = new Set();
    // One attempt at every depth on the way back from the end of the stack.
    const dive = () => {
      try {
        dive();
      } catch {
        // The end, or one who was above it.
      }
      const { ok, error } = outcomeOf(call);
      seen.add(ok ? 'nothing' : (error.code ?? `${error.name}: ${error.message}`));
      if (seen.has(code)) throw new Error('up, as fast as possible');
    };
    try {
      dive();
    } catch {
      // As said.
    }
    seen.delete('RangeError: Maximum call stack size exceeded');
    assert.deepEqual([...seen], [code], name);
  }
});

test('near the end of the stack what works works, or ends with V8’s RangeError', () => {
  for (const [name, call] of Object.entries(WORKS)) {
    const seen = new Set();
    const dive = () => {
      try {
        dive();
      } catch {
        // The end, or one who was above it.
      }
      const { ok, error } = outcomeOf(call);
      seen.add(ok ? 'ok' : `${error.name}: ${error.message}`);
      if (ok) throw new Error('up, as fast as possible');
    };
    try {
      dive();
    } catch {
      // As said.
    }
    seen.delete('RangeError: Maximum call stack size exceeded');
    assert.deepEqual([...seen], ['ok'], name);
  }
});

const NAMES = [
  ...['cause', 'message', 'stack', 'name', 'code', 'then', 'toJSON', 'value', 'reason', 'claims'],
  ...['accessKey', 'secretKey', 'apiKey', 'credentials', 'bufferSec', 'ttlSec', 'env', 'prefix'],
  ...[
    'now',
    'baseUrl',
    'region',
    'allowedOrigins',
    'fetch',
    'onRefresh',
    'toleranceSec',
    'isReplay',
  ],
  ...[
    'replayProtection',
    'webhook',
    'bodyLimit',
    'token',
    'serial',
    'expiresAt',
    'disposed',
    'kind',
  ],
  ...['KLING_API_KEY', 'KLING_ACCESS_KEY', 'foo', '0', 'timeoutMs', 'signal', 'forceRefresh'],
];

/** Runs `work` while `Object.prototype` has one more member. */
function polluted(name, descriptor, work) {
  const full = { __proto__: null, configurable: true, ...descriptor };
  Object.defineProperty(Object.prototype, name, full);
  try {
    return work();
  } finally {
    delete Object.prototype[name];
  }
}

/** All calls of both tables, with what they end with. Defines, where pushing would set. */
const walk = () =>
  [...Object.entries(WORKS), ...Object.entries(REFUSED)].map(([name, entry]) => [
    name,
    outcomeOf(typeof entry === 'function' ? entry : entry[1]),
  ]);

function assertAsOrdinary(ends, how) {
  for (const [name, { error }] of ends) {
    const code = REFUSED[name]?.[0];
    assert.equal(error?.code, code, `${name}, ${how}: ${error?.message}`);
    if (code !== undefined) assert.ok(OWN_CLASSES.includes(error.constructor), `${name}, ${how}`);
  }
}

test('what stands on Object.prototype changes nothing', () => {
  for (const name of NAMES) {
    for (const value of ['x', 1, {}, () => 'x', null]) {
      assertAsOrdinary(
        polluted(name, { value, writable: true, enumerable: true }, walk),
        `${name} is ${typeof value}`,
      );
    }
  }
});

test('accessors on Object.prototype are neither called nor in the way', () => {
  const auth = new KlingAuth('ak-1', 'sk-1');
  for (const name of NAMES) {
    for (const accessor of [
      () => {
        throw new Error('called');
      },
      () => auth.token,
      () => gc(),
    ]) {
      const ends = polluted(name, { get: accessor, set: accessor, enumerable: true }, walk);
      assertAsOrdinary(ends, `an accessor for ${name}`);
    }
  }
});

test('what a caller’s getter throws arrives as it was thrown', () => {
  const endless = {};
  endless.cause = endless;
  const hostile = new Proxy(new Error('hostile'), {
    get() {
      throw new Error('was read');
    },
  });
  for (const thrown of [new Error('mine'), endless, hostile, 'a text', undefined, 5, Symbol('s')]) {
    const throwing = (name) => ({
      get [name]() {
        throw thrown;
      },
    });
    const calls = {
      'new KlingAuth': () => new KlingAuth(throwing('bufferSec')),
      env: () => new KlingAuth({ env: throwing('KLING_ACCESS_KEY') }),
      now: () =>
        new KlingAuth({
          accessKey: 'ak',
          secretKey: 'sk',
          now: () => {
            throw thrown;
          },
        }).token,
      generateKlingToken: () => generateKlingToken(throwing('ttlSec')),
      verifyKlingToken: () => verifyKlingToken('a', 'sk', throwing('now')),
      rotate: () => new KlingAuth('ak', 'sk').rotate(throwing('apiKey')),
      'new KlingWebhook': () => new KlingWebhook(SECRET, throwing('toleranceSec')),
      'a proxy': () =>
        generateKlingToken(
          new Proxy(
            {},
            {
              ownKeys() {
                throw thrown;
              },
            },
          ),
        ),
    };
    for (const [name, call] of Object.entries(calls)) {
      const outcome = outcomeOf(call);
      assert.ok('error' in outcome && Object.is(outcome.error, thrown), name);
    }
  }
});

test('getters that call back or collect garbage get what they ask for', () => {
  const auth = new KlingAuth('ak-1', 'sk-1');
  for (const act of [
    () => auth.token,
    () => gc(),
    () => auth.refresh(),
    () => new KlingAuth('a', 'b').token,
  ]) {
    const options = {
      get accessKey() {
        act();
        return 'ak-1';
      },
      get secretKey() {
        act();
        return 'sk-1';
      },
    };
    assert.equal(verifyKlingToken(generateKlingToken(options), 'sk-1').valid, true);
    assert.equal(verifyKlingToken(new KlingAuth(options).token, 'sk-1').valid, true);
    auth.rotate(options);
    assert.equal(verifyKlingToken(auth.token, 'sk-1').valid, true);
  }
});

test('members of a class count, whether they are accessors or not, and those of the root do not', () => {
  class Base {
    get accessKey() {
      return 'ak-class';
    }
  }
  class Options extends Base {
    #secret = 'sk-class';
    get secretKey() {
      return this.#secret;
    }
  }
  class Timed extends Options {
    get now() {
      return () => 2e12;
    }
  }
  assert.equal(new KlingAuth(new Options()).accessKey, 'ak-class');
  assert.equal(new KlingAuth(new Timed()).expiresAt.getTime(), 2e12 + 1800e3);
  assert.equal(new KlingAuth(Object.create({ accessKey: 'a', secretKey: 'b' })).accessKey, 'a');
  const bare = Object.assign(Object.create(null), { accessKey: 'a', secretKey: 'b' });
  assert.equal(new KlingAuth(bare).accessKey, 'a');
  assert.equal(
    new KlingAuth({ env: Object.create({ KLING_API_KEY: 'k-inherited' }) }).kind,
    'apiKey',
  );
});

test('each copy of the package throws errors of its own classes, in its own realm', () => {
  const same = runJson(
    `const vm = require('node:vm'), fs = require('node:fs'), path = require('node:path');
    // As test runners do it: every module anew in a context, the addon and Node's own shared.
    const load = () => {
      const cache = new Map();
      const context = vm.createContext({ process, console, Buffer, URL, Response, Headers });
      const load = (file) => {
        if (cache.has(file)) return cache.get(file).exports;
        const module = { exports: {} };
        cache.set(file, module);
        const real = require('node:module').createRequire(file);
        const wrapper = '(function (exports, require, module, __filename, __dirname) {' + fs.readFileSync(file) + '})';
        vm.runInContext(wrapper, context, { filename: file })(module.exports, (id) => {
          const found = real.resolve(id);
          return /\\.js$/.test(found) && path.isAbsolute(found) ? load(found) : real(id);
        }, module, file, path.dirname(file));
        return module.exports;
      };
      return { ...load(path.resolve('index.js')), realm: vm.runInContext('({ TypeError, RangeError })', context) };
    };
    const copies = [load(), load(), load()];
    const made = copies.map((copy) => ({ copy, auth: new copy.KlingAuth({ accessKey: 'a', secretKey: 'b', now: () => 5 }) }));
    const thrown = (call) => { try { call() } catch (error) { return error } };
    console.log(JSON.stringify(made.map(({ copy, auth }) => [
      thrown(() => new copy.KlingAuth({ env: {} })) instanceof copy.KlingAuthError,
      thrown(() => copy.decodeKlingToken('x')) instanceof copy.KlingAuthError,
      thrown(() => copy.decodeKlingToken(5)) instanceof copy.realm.TypeError,
      thrown(() => auth.token) instanceof copy.realm.RangeError,
      thrown(() => auth.rotate({})) instanceof copy.KlingAuthError,
      thrown(() => new copy.KlingWebhook('whsec_' + 'A'.repeat(32)).verify('', {})) instanceof copy.KlingWebhookError,
    ])));`,
  );
  assert.deepEqual(same, Array(3).fill(Array(6).fill(true)));
});

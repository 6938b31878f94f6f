// What the package does in turns of its own, in the surroundings of hostile.test.mjs, which last until a
// call has ended.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import vm from 'node:vm';
import { runJson } from './helpers/run.mjs';
import { KlingAuthError, KlingWebhookError } from './helpers/surface.mjs';
import { REJECTS, RESOLVES } from './helpers/surface-async.mjs';
import { BODY, exampleWebhook, HEADERS } from './helpers/webhook.mjs';

const require = createRequire(import.meta.url);
const { KlingAuth, KlingWebhook } = require('../index.js');
const credentials = require('../lib/credentials.js');
const { startKlingSandbox } = require('../lib/sandbox.js');
const { fastifyWebhook } = require('../lib/webhook.js');
setFlagsFromString('--expose-gc');
const collect = vm.runInNewContext('gc');

const OWN_CLASSES = [TypeError, RangeError, KlingAuthError, KlingWebhookError];

/** What a call ends with; the asserts come once the surroundings are clean again. */
async function outcomeOf(call) {
  try {
    await call();
    return { ok: true };
  } catch (error) {
    return { error };
  }
}

/** All calls of both tables, with what they end with. */
async function walk() {
  const ends = [];
  for (const [name, entry] of [...Object.entries(RESOLVES), ...Object.entries(REJECTS)]) {
    const call = typeof entry === 'function' ? entry : entry[1];
    ends[ends.length] = { name, ...(await outcomeOf(call)) };
  }
  return ends;
}

function assertAsOrdinary(ends, how) {
  for (const { name, error } of ends) {
    const code = REJECTS[name]?.[0];
    assert.equal(error?.code, code, `${name}, ${how}: ${error?.stack}`);
    if (code !== undefined) assert.ok(OWN_CLASSES.includes(error.constructor), `${name}, ${how}`);
  }
}

test('in ordinary surroundings each call ends as the table says', async () => {
  assertAsOrdinary(await walk(), 'ordinary');
});

test('near the end of the stack a call ends as always, or with V8’s RangeError', () => {
  // In a process of its own, for what Node.js prints where it cannot even take note of a rejection.
  const ends = runJson(
    `import('./__test__/helpers/surface-async.mjs').then(async ({ REJECTS, RESOLVES }) => {
      const calls = Object.entries({ ...RESOLVES, ...REJECTS }).map(([name, entry]) => [name, [entry].flat().at(-1)]);
      const outcomeOf = async (call) => {
        try { await call(); return 'ok'; } catch (error) { return error.code ?? error.name + ': ' + error.message; }
      };
      const ends = [];
      for (const [name, call] of calls) {
        const pending = [];
        let depth = 0;
        // An attempt at each of the depths at which the end comes first, then further and further up.
        const dive = () => {
          try { dive(); } catch {}
          depth++;
          if (depth < 60 || (depth < 2000 && depth % 100 === 0)) pending.push(outcomeOf(call));
        };
        dive();
        const seen = await Promise.all(pending.map((outcome) => outcome.catch((error) => error.name + ': ' + error.message)));
        ends.push([name, [...new Set(seen)], await outcomeOf(call)]);
      }
      console.log(JSON.stringify(ends));
      process.exit();
    })`,
  );
  for (const [name, seen, afterwards] of ends) {
    const code = REJECTS[name]?.[0] ?? 'ok';
    const others = seen.filter((end) => end !== 'RangeError: Maximum call stack size exceeded');
    assert.deepEqual(others, [code], name);
    assert.equal(afterwards, code, name);
  }
});

/** Without what `fetch` takes, which the platform reads from prototypes too. */
const NAMES = [
  ...['cause', 'message', 'stack', 'name', 'code', 'then', 'toJSON', 'value', 'reason', 'kind'],
  ...['accessKey', 'secretKey', 'apiKey', 'credentials', 'env', 'now', 'fetch', 'baseUrl'],
  ...['isReplay', 'webhook', 'onRejected', 'token', 'serial', 'expiresAt', 'timeoutMs'],
  ...['forceRefresh', 'provider', 'get', 'subscribe', 'versionId', 'version', 'client', 'secretId'],
  ...['KLING_API_KEY', 'body', 'bodyUsed', 'rawBody', 'url', 'event', 'foo'],
];

/** Runs `work` while `Object.prototype` has one more member. */
async function polluted(name, descriptor, work) {
  const full = { __proto__: null, configurable: true, ...descriptor };
  Object.defineProperty(Object.prototype, name, full);
  try {
    return await work();
  } finally {
    delete Object.prototype[name];
  }
}

test('what stands on Object.prototype changes nothing, as long as it stands there', async () => {
  for (const name of NAMES) {
    for (const value of ['x', 1, null]) {
      const ends = await polluted(name, { value, writable: true, enumerable: true }, walk);
      assertAsOrdinary(ends, `${name} is ${value}`);
    }
  }
});

test('accessors on Object.prototype are not called by way of a call, whatever they do', async () => {
  const throwing = () => {
    throw new Error('called');
  };
  // `then` is what awaiting any object looks for, and a getter of that name is called for all of them.
  for (const name of NAMES.filter((name) => name !== 'then')) {
    for (const get of [throwing, collect]) {
      const set = function set(value) {
        collect();
        // Node.js ends the process if setting its own errors' members throws.
        const own = {
          __proto__: null,
          value,
          writable: true,
          enumerable: true,
          configurable: true,
        };
        Object.defineProperty(this, name, own);
      };
      const ends = await polluted(name, { get, set, enumerable: true }, walk);
      assertAsOrdinary(ends, `an accessor for ${name}`);
    }
  }
});

test('getters that collect garbage get what they ask for', async () => {
  /** An object whose members are read by getters that collect garbage before and after. */
  const collecting = (members) =>
    Object.defineProperties(
      {},
      Object.fromEntries(
        Object.entries(members).map(([name, value]) => [
          name,
          {
            enumerable: true,
            get() {
              collect();
              const fresh = typeof value === 'function' ? value.bind() : value;
              collect();
              return fresh;
            },
          },
        ]),
      ),
    );
  const pair = () => collecting({ accessKey: 'ak-1', secretKey: 'sk-1' });
  const response = () =>
    collecting({
      status: 401,
      headers: collecting({ date: new Date().toUTCString() }),
      body: null,
      text: async () => '{"code":1004,"message":"x"}',
      clone: response,
    });
  const answering = new KlingAuth({ ...pair(), env: {}, fetch: async () => response() });
  for (let i = 0; i < 3; i++) {
    const provided = new KlingAuth(
      collecting({ credentials: collecting({ get: async () => pair(), subscribe: () => {} }) }),
    );
    const options = collecting({ forceRefresh: true, signal: new AbortController().signal });
    assert.match((await provided.getToken(options)).token, /^eyJ/);
    const init = collecting({ method: 'POST', body: '{}', headers: collecting({ a: 'b' }) });
    assert.equal((await answering.fetch('/v1/x', init)).status, 401);
    const seen = await answering.explain(response());
    assert.deepEqual([seen.status, seen.code], [401, 1004]);
    const webhook = exampleWebhook(collecting({ isReplay: async () => false }));
    assert.equal((await webhook.verify(BODY, collecting(HEADERS))).id, HEADERS['webhook-id']);
  }
});

test('what a caller’s getter throws arrives as it was thrown', async () => {
  const { signal } = new AbortController();
  const auth = new KlingAuth({ accessKey: 'ak-1', secretKey: 'sk-1', env: {} });
  for (const thrown of [new Error('mine'), 'a text', undefined, 5]) {
    const throwing = (name) => ({
      get [name]() {
        throw thrown;
      },
    });
    const throws = () => {
      throw thrown;
    };
    const calls = {
      getToken: () => auth.getToken(throwing('signal')),
      verify: () => auth.verify(throwing('timeoutMs')),
      fetch: () => new KlingAuth({ apiKey: 'k-1', env: {}, fetch: throws }).fetch('/v1/x'),
      'fetch with options': () => auth.fetch('/v1/x', throwing('headers')),
      ready: () =>
        new KlingAuth({ accessKey: 'ak-1', secretKey: 'sk-1', env: {}, now: throws }).ready(),
      startKlingSandbox: () => startKlingSandbox(throwing('port')),
      fastifyWebhook: () => fastifyWebhook({}, throwing('url')),
      isReplay: () =>
        new KlingWebhook('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', {
          isReplay: throws,
        }).verify('{}', throwing('webhook-id')),
      awsSecretsManager: async () => credentials.awsSecretsManager(throwing('client')),
      fileCredentials: async () => credentials.fileCredentials(throwing('apiKey'))({ signal }),
    };
    for (const [name, call] of Object.entries(calls)) {
      const outcome = await outcomeOf(call);
      assert.ok(
        'error' in outcome && Object.is(outcome.error, thrown),
        `${name}: ${outcome.error}`,
      );
    }
  }
});

import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { decodeKlingToken, generateKlingToken, KlingAuth, verifyKlingToken } from '../index.js';
import { runJson } from './helpers/run.mjs';

const API_KEY = 'api-key-kling-0123456789abcdef';
const NOW_MS = 1_700_000_000_000;

test('an API key is the token, without an end', async () => {
  const auth = new KlingAuth({ apiKey: API_KEY });
  assert.equal(auth.kind, 'apiKey');
  assert.equal(auth.token, API_KEY);
  assert.deepEqual(Object.entries(auth.headers), [
    ['Authorization', `Bearer ${API_KEY}`],
    ['Content-Type', 'application/json'],
  ]);
  assert.equal(auth.expiresAt, null);
  assert.equal(auth.refreshesAt, null);
  assert.equal(auth.accessKey, null);
  assert.equal(auth.source, 'options');
  assert.equal(auth.refresh(), API_KEY);
  auth.invalidate(API_KEY);
  assert.deepEqual(await auth.getToken(), { token: API_KEY, expiresAt: null });
  assert.deepEqual(await auth.getToken({ forceRefresh: true }), {
    token: API_KEY,
    expiresAt: null,
  });
  await auth.ready();
});

test('an API key shows up in no printout', () => {
  const auth = new KlingAuth({ apiKey: API_KEY });
  auth.token;
  assert.equal(inspect(auth), "KlingAuth { kind: 'apiKey', source: 'options', expiresAt: null }");
  assert.equal(JSON.stringify(auth), '{"expiresAt":null}');
});

test('what is no API key is refused with what it seems to be', () => {
  const token = generateKlingToken({ accessKey: 'ak', secretKey: 'sk' });
  const table = [
    [token, 'looks like a JWT: pass the access key and the secret key it was signed with'],
    [
      'ak|sk',
      'looks like an access key and a secret key in one: pass them as accessKey and secretKey',
    ],
    [
      'ak:sk',
      'looks like an access key and a secret key in one: pass them as accessKey and secretKey',
    ],
    ['ak_0123', 'looks like an access key: pass it as accessKey, with its secretKey'],
    [
      'A0b1C2d3E4f5A0b1C2d3E4f5A0b1C2d3',
      'looks like an access key: pass it as accessKey, with its secretKey',
    ],
    ['', 'is blank: copy it from the Kling developer console'],
  ];
  for (const [apiKey, problem] of table) {
    assert.throws(() => new KlingAuth({ apiKey }), {
      name: 'KlingAuthError',
      code: 'KLING_INVALID_CREDENTIALS',
      message: `apiKey ${problem}`,
    });
  }
});

test('options that exclude each other are refused', () => {
  const credentials = () => ({ apiKey: API_KEY });
  const table = [
    [{ apiKey: API_KEY, accessKey: 'ak' }, 'apiKey', 'accessKey'],
    [{ apiKey: API_KEY, secretKey: 'sk' }, 'apiKey', 'secretKey'],
    [{ credentials, accessKey: 'ak' }, 'credentials', 'accessKey'],
    [{ credentials, secretKey: 'sk' }, 'credentials', 'secretKey'],
    [{ credentials, apiKey: API_KEY }, 'credentials', 'apiKey'],
    [{ credentials, prefix: 'X_' }, 'credentials', 'prefix'],
  ];
  for (const [options, first, second] of table) {
    assert.throws(() => new KlingAuth(options), {
      name: 'TypeError',
      code: 'KLING_CONFLICTING_OPTIONS',
      message: `${first} and ${second} exclude each other: pass one of them`,
    });
  }
});

test('the first family of variables that is set wins, and says so', () => {
  const families = [
    { KLING_API_KEY: API_KEY },
    { KLING_ACCESS_KEY: 'ak1', KLING_SECRET_KEY: 'sk1' },
    { KLINGAI_API_KEY: API_KEY },
    { KLINGAI_ACCESS_KEY: 'ak2', KLINGAI_SECRET_KEY: 'sk2' },
    { KLING_ACCESS_KEY_ID: 'ak3', KLING_SECRET_ACCESS_KEY: 'sk3' },
  ];
  for (const [i, family] of families.entries()) {
    const auth = new KlingAuth({ env: Object.assign({}, ...families.slice(i)) });
    const [[name, value]] = Object.entries(family);
    assert.equal(auth.source, `env:${name}`);
    assert.equal(auth.kind, /API/.test(name) ? 'apiKey' : 'jwt');
    assert.equal(auth.accessKey ?? auth.token, value);
  }
});

test('explicit keys win over every variable', () => {
  const env = { KLING_API_KEY: API_KEY, KLING_ACCESS_KEY: 'ak1', KLING_SECRET_KEY: 'sk1' };
  const pair = new KlingAuth({ env, accessKey: 'ak', secretKey: 'sk' });
  assert.deepEqual([pair.kind, pair.accessKey, pair.source], ['jwt', 'ak', 'options']);
  const half = new KlingAuth({ env, accessKey: 'ak' });
  assert.equal(verifyKlingToken(half.token, 'sk1', { accessKey: 'ak' }).valid, true);
});

test('a prefix keeps environments apart', () => {
  const env = {
    KLING_API_KEY: API_KEY,
    STAGING_KLING_ACCESS_KEY: 'ak',
    STAGING_KLING_SECRET_KEY: 'sk',
  };
  const auth = new KlingAuth({ env, prefix: 'STAGING_' });
  assert.deepEqual([auth.accessKey, auth.source], ['ak', 'env:STAGING_KLING_ACCESS_KEY']);
  assert.throws(() => new KlingAuth({ env, prefix: 'PROD_' }), {
    code: 'KLING_MISSING_CREDENTIALS',
    message:
      /set PROD_KLING_API_KEY in the environment \(or PROD_KLING_ACCESS_KEY and PROD_KLING_SECRET_KEY\)/,
  });
  for (const prefix of ['A B', 'a-', '1_', 'é_', 'X=']) {
    assert.throws(() => new KlingAuth({ env, prefix }), {
      name: 'TypeError',
      code: 'KLING_INVALID_ARG_VALUE',
      message: 'prefix must be letters, digits and underscores, such as STAGING_',
    });
  }
  // The names of variables are quoted.
  for (const prefix of ['S9x8S9x8S9x8S9x8S9x8S9x8S9x8S9x8', 'whsec_AQEBAQEBAQEB']) {
    assert.throws(() => new KlingAuth({ env, prefix }), {
      name: 'TypeError',
      code: 'KLING_INVALID_ARG_VALUE',
      message:
        'prefix looks like a key, and stands before the names of variables, such as STAGING_',
    });
  }
});

test('a secret in a variable that browsers can read is refused with what has happened', () => {
  for (const prefix of ['NEXT_PUBLIC_', 'VITE_', 'REACT_APP_']) {
    const env = { [`${prefix}KLING_ACCESS_KEY`]: 'ak', [`${prefix}KLING_SECRET_KEY`]: 'sk-leaked' };
    for (const options of [{ env }, { env, prefix }, { env, accessKey: 'ak' }]) {
      assert.throws(
        () => new KlingAuth(options),
        (error) => {
          assert.equal(error.code, 'KLING_EXPOSED_SECRET');
          assert.match(
            error.message,
            new RegExp(`^${prefix}KLING_SECRET_KEY holds a secret that every visitor`),
          );
          assert.doesNotMatch(error.message, /sk-leaked/);
          return true;
        },
      );
    }
  }
});

test('a prefix does not hide that a secret is published', () => {
  for (const [prefix, name] of [
    ['NEXT_PUBLIC_STAGING_', 'NEXT_PUBLIC_STAGING_KLING_SECRET_KEY'],
    ['STAGING_', 'NEXT_PUBLIC_STAGING_KLING_SECRET_KEY'],
  ]) {
    assert.throws(() => new KlingAuth({ prefix, env: { [name]: 'sk-leaked' } }), {
      code: 'KLING_EXPOSED_SECRET',
      message: new RegExp(`^${name} holds a secret`),
    });
  }
});

test('options with accessors of a class are read like any other', () => {
  class Config {
    get accessKey() {
      return 'ak-of-the-class';
    }
    get secretKey() {
      return 'sk';
    }
  }
  const env = { KLING_ACCESS_KEY: 'ak-of-the-environment', KLING_SECRET_KEY: 'sk-env' };
  Object.assign(process.env, env);
  try {
    const auth = new KlingAuth(new Config());
    assert.deepEqual([auth.accessKey, auth.source], ['ak-of-the-class', 'options']);
  } finally {
    for (const name of Object.keys(env)) delete process.env[name];
  }
});

test('generateKlingToken signs with pairs only', () => {
  const env = { KLING_API_KEY: API_KEY };
  assert.throws(() => generateKlingToken({ env }), {
    name: 'KlingAuthError',
    code: 'KLING_TOKEN_FROM_API_KEY',
    message: /^an API key is sent as it is and signs no token/,
  });
  const pair = { KLING_ACCESS_KEY: 'ak', KLING_SECRET_KEY: 'sk' };
  assert.equal(decodeKlingToken(generateKlingToken({ env: { ...env, ...pair } })).claims.iss, 'ak');
  assert.throws(() => generateKlingToken({ apiKey: API_KEY }), {
    code: 'KLING_TOKEN_FROM_API_KEY',
    message: /^an API key is sent as it is and signs no token/,
  });
});

test('rotation takes effect with the next token', () => {
  const auth = new KlingAuth({ env: { KLING_ACCESS_KEY: 'ak', KLING_SECRET_KEY: 'sk' } });
  const before = auth.token;
  auth.rotate({ accessKey: 'ak-new', secretKey: 'sk-new' });
  assert.equal(verifyKlingToken(auth.token, 'sk-new', { accessKey: 'ak-new' }).valid, true);
  assert.notEqual(auth.token, before);
  assert.deepEqual([auth.accessKey, auth.source], ['ak-new', 'options']);
  auth.rotate({ apiKey: API_KEY });
  assert.deepEqual([auth.kind, auth.token, auth.accessKey], ['apiKey', API_KEY, null]);
  auth.rotate({ accessKey: 'ak', secretKey: 'sk' });
  assert.equal(auth.kind, 'jwt');
});

test('a rotation that is refused leaves everything as it was', () => {
  const auth = new KlingAuth('ak', 'sk');
  const { token } = auth;
  const table = [
    [{ accessKey: 'ak-new' }, 'KLING_MISSING_CREDENTIALS', 'secret key not given: pass secretKey'],
    [{ secretKey: 'sk-new' }, 'KLING_MISSING_CREDENTIALS', 'access key not given: pass accessKey'],
    [
      {},
      'KLING_MISSING_CREDENTIALS',
      'credentials not given: pass apiKey, or accessKey and secretKey',
    ],
    [
      { accessKey: 'a', secretKey: 'sk-****' },
      'KLING_INVALID_CREDENTIALS',
      /^secretKey is a masked copy/,
    ],
    [{ apiKey: 'a|b' }, 'KLING_INVALID_CREDENTIALS', /^apiKey looks like/],
    [{ apiKey: API_KEY, accessKey: 'ak' }, 'KLING_CONFLICTING_OPTIONS', /^apiKey and accessKey/],
    [
      { access_key: 'ak' },
      'KLING_UNKNOWN_OPTION',
      'unknown option "access_key": did you mean accessKey?',
    ],
    ['ak', 'KLING_INVALID_ARG_TYPE', 'credentials must be an object, received a string'],
    [undefined, 'KLING_INVALID_ARG_TYPE', 'credentials must be an object, received undefined'],
  ];
  for (const [credentials, code, message] of table) {
    assert.throws(() => auth.rotate(credentials), { code, message });
    assert.equal(auth.token, token);
  }
});

test('getToken checks its options, and hears of a signal that is aborted', async () => {
  const auth = new KlingAuth('ak', 'sk');
  const reason = new Error('mine');
  await assert.rejects(
    auth.getToken({ signal: AbortSignal.abort(reason) }),
    (error) => error === reason,
  );
  const { signal } = new AbortController();
  assert.equal((await auth.getToken({ signal })).token, auth.token);
  await assert.rejects(auth.getToken({ forceRefresh: 1 }), {
    name: 'TypeError',
    message: 'forceRefresh must be a boolean, received a number',
  });
  await assert.rejects(auth.getToken({ signal: {} }), {
    name: 'TypeError',
    code: 'KLING_INVALID_ARG_TYPE',
  });
  await assert.rejects(auth.getToken({ force: true }), {
    message: 'unknown option "force": did you mean forceRefresh?',
  });
});

/** Collects what is announced, by callback and by channel, over a turn of the event loop. */
async function announced(act) {
  const heard = { callback: [], channel: [] };
  // What earlier tests have caused is announced in this turn still.
  await new Promise(setImmediate);
  const listener = (event) => heard.channel.push(event);
  subscribe('kling-auth:refresh', listener);
  await act((event) => heard.callback.push(event));
  await new Promise(setImmediate);
  unsubscribe('kling-auth:refresh', listener);
  return heard;
}

test('every new token is announced once, with its reason', async () => {
  let ms = NOW_MS;
  const heard = await announced(async (onRefresh) => {
    const auth = new KlingAuth({ accessKey: 'ak', secretKey: 'sk', now: () => ms, onRefresh });
    auth.token;
    auth.headers;
    ms += 1_500_000;
    await auth.getToken();
    ms -= 1_000_000;
    auth.token;
    auth.refresh();
    auth.token;
    auth.invalidate();
    auth.token;
    auth.rotate({ accessKey: 'ak2', secretKey: 'sk2' });
    auth.token;
    await auth.getToken({ forceRefresh: true });
  });
  const reasons = [
    'initial',
    'expiring',
    'clock-set-back',
    'forced',
    'invalidated',
    'rotated',
    'forced',
  ];
  assert.deepEqual(
    heard.callback.map(({ reason }) => reason),
    reasons,
  );
  assert.deepEqual(heard.channel, heard.callback);
  assert.deepEqual(heard.callback[0], {
    reason: 'initial',
    expiresAt: new Date(NOW_MS + 1_800_000),
    source: 'options',
  });
  assert.doesNotMatch(JSON.stringify(heard), /eyJ|sk/);
});

test('a callback runs after the code that caused it', async () => {
  const order = [];
  const auth = new KlingAuth({
    accessKey: 'ak',
    secretKey: 'sk',
    onRefresh: () => order.push('callback'),
  });
  auth.token;
  order.push('code');
  await new Promise(setImmediate);
  assert.deepEqual(order, ['code', 'callback']);
});

test('a callback that throws is an uncaught exception and harms nothing else', () => {
  const result = runJson(
    `const { KlingAuth } = require('./index.js');
    const seen = [];
    process.on('uncaughtException', (error) => seen.push(error.message));
    const auth = new KlingAuth({ accessKey: 'ak', secretKey: 'sk', onRefresh: () => { throw new Error('mine') } });
    const length = auth.token.length;
    setImmediate(() => console.log(JSON.stringify({ seen, same: auth.token.length === length })));`,
  );
  assert.deepEqual(result, { seen: ['mine'], same: true });
});

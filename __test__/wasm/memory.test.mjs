// What JavaScript can see of the module's memory, and what happens after a trap. Run by test:wasm.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { HEADERS, SECONDS, SECRET } from '../helpers/webhook.mjs';

/** Every instance of the module, with exports that a test can let trap. */
const instances = [];
let trapping = false;
const { Instance, RuntimeError } = WebAssembly;
WebAssembly.Instance = class extends Instance {
  constructor(...given) {
    super(...given);
    const { auth_refresh: refresh, ...others } = super.exports;
    const exports = {
      ...others,
      auth_refresh(...numbers) {
        if (trapping) throw new RuntimeError('unreachable');
        return refresh(...numbers);
      },
    };
    Object.defineProperty(this, 'exports', { value: exports });
    instances.push(this);
  }
};
const kling = createRequire(import.meta.url)('../../index.js');
const { KlingAuth, KlingWebhook, generateKlingToken, verifyKlingToken } = kling;

/** Whether a text stands anywhere in the memory. */
function holds(text) {
  const { buffer } = instances.at(-1).exports.memory;
  return Buffer.from(buffer).includes(text);
}

const MARK = 'a-secret-that-nothing-else-has';

test('no copy of a secret key is in memory, even while it is in use', () => {
  const calls = {
    'new KlingAuth': () => new KlingAuth('ak-1', MARK).token,
    rotate: () => new KlingAuth('ak-1', 'sk-1').rotate({ accessKey: 'ak-2', secretKey: MARK }),
    generateKlingToken: () => generateKlingToken({ accessKey: 'ak-1', secretKey: MARK }),
    verifyKlingToken: () => verifyKlingToken('a.b.c', MARK),
    'from the environment': () =>
      new KlingAuth({ env: { KLING_ACCESS_KEY: 'ak-1', KLING_SECRET_KEY: MARK } }).token,
    'one that is refused': () => assert.throws(() => new KlingAuth('ak-1', ` ${MARK}`)),
    'beside a wrong option': () =>
      assert.throws(() => new KlingAuth({ accessKey: 'ak-1', secretKey: MARK, ttlSec: -1 })),
  };
  for (const [name, call] of Object.entries(calls)) {
    call();
    assert.equal(holds(MARK), false, name);
  }
});

test('what is needed as it is, an API key or a token, is wiped on disposal and rotation', () => {
  if (!Symbol.dispose) return; // Node.js before 18.18
  const key = new KlingAuth({ apiKey: `api-key-kling-${MARK}` });
  assert.match(key.token, /a-secret/);
  assert.equal(holds(MARK), true);
  key[Symbol.dispose]();
  assert.equal(holds(MARK), false);

  const auth = new KlingAuth('ak-1', 'sk-1');
  const { token } = auth;
  const [, , signature] = token.split('.');
  auth.rotate({ accessKey: 'ak-2', secretKey: 'sk-2' });
  assert.equal(holds(signature), false);
  const [, , second] = auth.token.split('.');
  auth[Symbol.dispose]();
  assert.equal(holds(second), false);
});

test('a webhook secret and a delivery leave nothing behind', () => {
  const bytes = Buffer.from(SECRET.slice('whsec_'.length), 'base64');
  const webhook = new KlingWebhook(SECRET, { now: () => SECONDS * 1000 });
  assert.throws(() => webhook.verify(`{"x":"${MARK}"}`, HEADERS), {
    code: 'KLING_WEBHOOK_NO_MATCHING_SIGNATURE',
  });
  for (const text of [SECRET, bytes, MARK]) assert.equal(holds(text), false);
});

test('after a trap the memory is never called again, and new instances work', () => {
  const before = new KlingAuth('ak-1', 'sk-1');
  const webhook = new KlingWebhook(SECRET);
  const { token } = before;
  trapping = true;
  assert.throws(() => before.refresh(), {
    name: 'KlingAuthError',
    code: 'KLING_INTERNAL',
    message: 'internal error in kling-auth: please report it',
  });
  trapping = false;
  const lost = {
    name: 'KlingAuthError',
    code: 'KLING_CORE_LOST',
    message: 'an internal error has ended what this object works with: create a new one',
  };
  assert.throws(() => before.token, lost);
  assert.throws(() => before.refresh(), lost);
  assert.throws(() => before.rotate({ accessKey: 'a', secretKey: 'b' }), lost);
  assert.throws(() => webhook.verify('{}', HEADERS), lost);
  const made = instances.length;
  assert.equal(verifyKlingToken(token, 'sk-1').valid, true);
  assert.match(new KlingAuth('ak-1', 'sk-1').token, /^eyJ/);
  assert.equal(instances.length, made + 1);
});

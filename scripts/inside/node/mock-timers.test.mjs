// node:test: its mock timers, and its mocks of what is exported.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';

const kling = createRequire(import.meta.url)('kling-auth');
const { KlingAuth } = kling;
const pair = { accessKey: 'ak-1', secretKey: 'sk-1' };

test('a provider is waited for', async (t) => {
  t.mock.timers.enable();
  const auth = new KlingAuth({ credentials: async () => pair });
  await auth.ready();
  assert.match(auth.token, /^ey/);
});

test('a provider that takes its time is waited for', async (t) => {
  const { setImmediate: later } = globalThis; // the real one
  t.mock.timers.enable();
  const credentials = () => new Promise((resolve) => later(() => resolve(pair)));
  const auth = new KlingAuth({ credentials });
  await auth.ready();
  assert.match(auth.token, /^ey/);
});

test('a second verification waits its turn', async (t) => {
  t.mock.timers.enable();
  const body = '{"code":0,"message":"SUCCEED","data":{}}';
  const auth = new KlingAuth({ ...pair, fetch: async () => new Response(body) });
  assert.equal((await auth.verify()).ok, true);
  assert.equal((await auth.verify()).ok, true);
});

test('every export can be replaced and put back, and so can methods and accessors', (t) => {
  for (const name of Object.keys(kling)) {
    const original = kling[name];
    const mocked = t.mock.method(kling, name, () => 'mine');
    assert.equal(kling[name](), 'mine', name);
    mocked.mock.restore();
    assert.equal(kling[name], original, name);
  }
  t.mock.getter(KlingAuth.prototype, 'token', () => 'mine');
  assert.equal(new KlingAuth(pair).token, 'mine');
});

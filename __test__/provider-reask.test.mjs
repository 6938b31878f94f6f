// A credential that Kling does not know: the provider is asked for another, once.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';

const require = createRequire(import.meta.url);
const { read } = require('../lib/loader/native.js');
const { Provider } = require('../lib/provider.js');

/** A provider that hands out what it is told to, with the bearer that its first answer makes. */
async function started(...answers) {
  const reasons = [];
  const credentials = ({ reason }) => {
    reasons.push(reason);
    const answer = answers[Math.min(reasons.length, answers.length) - 1];
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const { provider, native } = Provider.connect({ credentials }, {});
  await provider.wait(false);
  return { provider, native, reasons, bearer: read(native.handle()).token };
}

const KEYS = ['api-key-kling-1', 'api-key-kling-2', 'api-key-kling-3'].map((apiKey) => ({
  apiKey,
}));
const PAIR = { accessKey: 'ak', secretKey: 'sk' };

test('a hundred who were refused with one credential ask once, and get the next', async () => {
  const { provider, reasons, bearer } = await started(KEYS[0], KEYS[1]);
  const others = await Promise.all(Array.from({ length: 100 }, () => provider.reask(bearer)));
  assert.deepEqual(new Set(others), new Set([KEYS[1].apiKey]));
  assert.deepEqual(reasons, ['initial', 'refused']);
  // Who was refused with the old one and comes late is not worth another question.
  assert.equal(await provider.reask(bearer), KEYS[1].apiKey);
  assert.deepEqual(reasons, ['initial', 'refused']);
});

test('each credential is asked about once', async () => {
  for (const credentials of [KEYS[0], PAIR]) {
    const { provider, reasons, bearer } = await started(credentials);
    assert.equal(await provider.reask(bearer), undefined, 'the same again');
    assert.equal(await provider.reask(bearer), undefined);
    assert.deepEqual(reasons, ['initial', 'refused']);
  }
  const { provider, reasons } = await started(...KEYS);
  assert.equal(await provider.reask(KEYS[0].apiKey), KEYS[1].apiKey);
  assert.equal(await provider.reask(KEYS[1].apiKey), KEYS[2].apiKey);
  assert.deepEqual(reasons, ['initial', 'refused', 'refused']);
});

test('a provider that fails leaves the refusal as it is', async () => {
  const { provider, native, bearer } = await started(KEYS[0], new Error('vault is sealed'));
  assert.equal(await provider.reask(bearer), undefined);
  assert.equal(read(native.handle()).token, bearer);
});

test('only a signal and disposal reject', async () => {
  const { provider, native, bearer } = await started(KEYS[0], new Promise(() => {}));
  const reason = new Error('enough');
  await assert.rejects(provider.reask(bearer, AbortSignal.abort(reason)), (e) => e === reason);
  const controller = new AbortController();
  const asked = provider.reask(bearer, controller.signal);
  controller.abort(reason);
  await assert.rejects(asked, (e) => e === reason);
  const waiting = provider.reask(bearer);
  native.dispose();
  await assert.rejects(waiting, { code: 'KLING_DISPOSED' });
  await assert.rejects(provider.reask(bearer), { code: 'KLING_DISPOSED' });
});

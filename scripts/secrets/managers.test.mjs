// The vendors' own clients behind kling-auth/credentials. Run by scripts/test-secrets.mjs.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KlingAuth } from 'kling-auth';
import { rotateUnderLoad } from '../../__test__/helpers/rotate.mjs';
import { STORES } from './stores.mjs';

const PAIR = { accessKey: 'ak-of-the-vault', secretKey: 'sk-never-to-be-shown' };

for (const [vendor, open] of Object.entries(STORES)) {
  test(`${vendor}: the current version is read, and a new one when it is asked for`, async (t) => {
    const store = await open(t);
    await store.put(PAIR);
    const auth = new KlingAuth({ credentials: store.reader() });
    await auth.ready();
    assert.equal(auth.accessKey, PAIR.accessKey);
    await store.put({ ...PAIR, accessKey: 'ak-of-another' });
    await auth.getToken({ forceRefresh: true });
    assert.equal(auth.accessKey, 'ak-of-another');
    const { expiresAt } = await store.reader()({ signal: new AbortController().signal });
    assert.equal(expiresAt instanceof Date, store.hasEnd === true);
  });

  test(`${vendor}: a pair may be deleted at Kling before its buffer begins`, async (t) => {
    const store = await open(t);
    await rotateUnderLoad(t, store.put, store.reader());
  });

  test(`${vendor}: what the client fails with is the cause, and is named`, async (t) => {
    const store = await open(t);
    const error = await store
      .reader('projects/p/secrets/absent')({ signal: new AbortController().signal })
      .catch((reason) => reason);
    assert.equal(error.code, 'KLING_PROVIDER_FAILED');
    assert.match(error.message, / could not be read \(/);
    assert.ok(error.message.endsWith(`(${store.missing})`), error.message);
    assert.ok(error.cause instanceof Error);
  });

  test(`${vendor}: an answer that does not come is given up with the signal`, async (t) => {
    const store = await open(t);
    await store.put(PAIR);
    const reader = store.reader();
    await reader({ signal: new AbortController().signal });
    await store.stall();
    const controller = new AbortController();
    const asking = reader({ signal: controller.signal });
    setImmediate(() => controller.abort());
    if (store.ignoresSignal) {
      const outcome = await Promise.race([
        asking.catch(() => 'given up'),
        new Promise((resolve) => setTimeout(resolve, 500, 'still waiting')),
      ]);
      assert.equal(outcome, 'still waiting', 'node-vault takes signals now: say so in the typings');
    } else {
      await assert.rejects(asking, { code: 'KLING_PROVIDER_FAILED' });
    }
  });
}

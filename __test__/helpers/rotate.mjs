// Rotation without an overlap: the old pair is deleted while requests are under way.
import assert from 'node:assert/strict';
import { KlingAuth } from 'kling-auth';
import { startKlingSandbox } from 'kling-auth/sandbox';

const REQUESTS = 10_000;
const AT_ONCE = 50;

const pair = (version) => ({
  accessKey: `ak-of-version-${version}`,
  secretKey: `sk-of-version-${version}`,
});

/**
 * Sends requests through `auth.fetch`, each with a body that can be sent again, and replaces the pair
 * after a third of them: first where the provider reads it, then at Kling, which from then on refuses
 * the old one. Its token would be good for 25 more minutes.
 *
 * @param {import('node:test').TestContext} t
 * @param {(credentials: { accessKey: string, secretKey: string }) => unknown} put
 * @param {import('kling-auth').KlingCredentialsProvider} credentials
 */
export async function rotateUnderLoad(t, put, credentials) {
  const seen = {};
  const refused = {};
  const sandbox = await startKlingSandbox({
    ...pair(1),
    onRequest: ({ accessKey, status }) => {
      const counts = status === 200 ? seen : refused;
      counts[accessKey] = (counts[accessKey] ?? 0) + 1;
    },
  });
  t.after(() => sandbox.close());
  await put(pair(1));
  const auth = new KlingAuth({ credentials, baseUrl: sandbox.url, env: {} });
  await auth.ready();
  const body = JSON.stringify({ model_name: 'kling-v2-6', prompt: 'a cat', duration: '5' });
  const statuses = {};
  let left = REQUESTS;
  let rotating;
  const send = async () => {
    while (left > 0) {
      if (--left === Math.floor((2 / 3) * REQUESTS)) {
        rotating = (async () => {
          await put(pair(2));
          sandbox.rotate(pair(2));
        })();
      }
      const response = await auth.fetch('/v1/videos/text2video', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body,
      });
      statuses[response.status] = (statuses[response.status] ?? 0) + 1;
      await response.arrayBuffer();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, send));
  await rotating;
  // The caller sees no refusal; Kling has seen some, of the old pair.
  assert.deepEqual(statuses, { 200: REQUESTS });
  assert.equal(seen[pair(1).accessKey] + seen[pair(2).accessKey], REQUESTS);
  assert.ok(seen[pair(1).accessKey] >= REQUESTS / 4, 'the old pair was in use');
  assert.ok(seen[pair(2).accessKey] >= REQUESTS / 4, 'and so was the new one');
  assert.ok(refused[pair(1).accessKey] > 0, 'the old one was deleted before its buffer began');
}

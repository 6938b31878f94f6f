// Clients that set their own Authorization from a key, as the AI SDK's providers do, with the
// instance's token for the key and its fetch for theirs.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KlingAuth } from '../index.js';
import { startKlingSandbox } from '../lib/sandbox.js';

/**
 * A provider of that shape: its headers, a create, then polls until the task is done. It reads the
 * key before each request, or with `readsOnce` when it is made, which is the other habit.
 */
function createKlingAI(settings, { readsOnce = false } = {}) {
  const first = settings.apiKey;
  const request = async (path, body) => {
    const response = await settings.fetch(`${settings.baseURL}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        Authorization: `Bearer ${readsOnce ? first : settings.apiKey}`,
        'Content-Type': 'application/json',
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const { code, message, data } = await response.json();
    if (code !== 0) throw new Error(`Kling answers ${code}: ${message}`);
    return data;
  };
  return {
    async video(prompt) {
      const path = '/v1/videos/text2video';
      let task = await request(path, { model_name: 'kling-v2-6', prompt });
      const { task_id } = task;
      while (task.task_status !== 'succeed') task = await request(`${path}/${task_id}`);
      return task.task_result.videos.length;
    },
  };
}

/** A client with the documented line, a sandbox and a clock that both share. */
async function connect(t, { sandbox: options, client, env } = {}) {
  const clock = { now: Date.now() };
  const now = () => clock.now;
  const sandbox = await startKlingSandbox({ now, ...options });
  t.after(() => sandbox.close());
  const auth = new KlingAuth({ env: env === undefined ? sandbox.env : sandbox.envFor(env), now });
  const kling = createKlingAI(
    {
      baseURL: sandbox.url,
      get apiKey() {
        return auth.token;
      },
      fetch: auth.fetch,
    },
    client,
  );
  const outcomes = () => sandbox.requests.map(({ method, status }) => `${method} ${status}`);
  return { auth, clock, kling, outcomes, sandbox };
}

const GOOD = ['POST 200', 'GET 200', 'GET 200'];

for (const readsOnce of [false, true]) {
  const client = { readsOnce };
  const how = readsOnce ? 'reads its key once' : 'reads its key each time';

  test(`a client that ${how} works with both kinds of credentials`, async (t) => {
    for (const env of ['pair', 'apiKey']) {
      const { kling, outcomes, sandbox } = await connect(t, { client, env });
      assert.equal(await kling.video('a paper boat'), 1);
      assert.deepEqual(outcomes(), GOOD);
      const kinds = new Set(sandbox.requests.map(({ credential }) => credential));
      assert.deepEqual([...kinds], [env === 'pair' ? 'jwt' : 'apiKey']);
    }
  });

  test(`a client that ${how} is corrected where Kling has another clock`, async (t) => {
    for (const clockSkewSec of [-600, 86_400]) {
      const { auth, kling, outcomes } = await connect(t, { client, sandbox: { clockSkewSec } });
      assert.equal(await kling.video('a paper boat'), 1);
      // Refused once, with 1003 or 1004, and never seen by the client.
      assert.deepEqual(outcomes(), ['POST 401', ...GOOD]);
      assert.equal(auth.clockSkewSec, clockSkewSec);
    }
  });

  test(`a client that ${how} outlives a rotation and its tokens`, async (t) => {
    const { auth, clock, kling, outcomes, sandbox } = await connect(t, { client });
    await kling.video('a paper boat');
    const pair = { accessKey: 'AKrotated01234567', secretKey: 'sk-rotated-0123456789abcdef' };
    sandbox.rotate(pair);
    auth.rotate(pair);
    await kling.video('the same, with new keys');
    clock.now += 100 * 60_000;
    await kling.video('the same, after 100 minutes');
    assert.deepEqual(outcomes(), [...GOOD, ...GOOD, ...GOOD]);
  });
}

test('after a rotation any earlier token is renewed, and goes to no other origin', async (t) => {
  const { auth, clock, sandbox } = await connect(t, {});
  const earlier = [];
  for (let count = 0; count < 30; count += 1) {
    earlier.push(auth.token);
    clock.now += 30 * 60_000;
  }
  const pair = { accessKey: 'AKrotated01234567', secretKey: 'sk-rotated-0123456789abcdef' };
  sandbox.rotate(pair);
  auth.rotate(pair);
  for (const token of earlier) {
    const headers = { Authorization: `Bearer ${token}` };
    const response = await auth.fetch(`${sandbox.url}/account/costs?start_time=0&end_time=1`, {
      headers,
    });
    assert.equal(response.status, 200);
    await assert.rejects(auth.fetch('https://elsewhere.example/', { headers }), {
      code: 'KLING_FOREIGN_ORIGIN',
    });
  }
  // A stranger's token is the client's own affair.
  const strangers = new KlingAuth({ accessKey: 'AKstranger', secretKey: 'sk-x', env: {} }).headers;
  const { status } = await auth.fetch(`${sandbox.url}/v1/videos/text2video`, {
    headers: strangers,
  });
  assert.equal(status, 401);
});

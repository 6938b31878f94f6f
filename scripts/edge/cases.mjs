// What the Worker answers, whatever runs it.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';

export const KEYS = {
  KLING_ACCESS_KEY: 'AK0123456789abcdef0123456789ab',
  KLING_SECRET_KEY: 'SK0123456789abcdef0123456789ab',
  KLING_WEBHOOK_SECRET: `whsec_${Buffer.alloc(24, 7).toString('base64')}`,
};

/** @param {(path: string, init?: RequestInit) => Promise<Response>} ask */
export async function check(ask) {
  const get = async (path) => (await ask(`/${encodeURIComponent(path)}`)).json();

  const { value: token } = await get('token');
  const { claims, shown, ...rest } = token;
  assert.deepEqual(rest, {
    genuine: true,
    verified: true,
    refused: 'signature',
    same: true,
    source: 'env:KLING_ACCESS_KEY',
    generated: true,
  });
  assert.equal(claims.iss, KEYS.KLING_ACCESS_KEY);
  assert.equal(claims.exp - claims.nbf, 1805);
  assert.ok(Math.abs(claims.exp - 1800 - Date.now() / 1000) < 60);
  assert.ok(!shown.includes(KEYS.KLING_ACCESS_KEY) && !shown.includes('eyJ'), shown);

  for (const [path, name, code, message] of [
    ['no keys', 'KlingAuthError', 'KLING_MISSING_CREDENTIALS', /env/],
    ['a wrong option', 'TypeError', 'KLING_UNKNOWN_OPTION', /did you mean accessKey\?/],
    ['a file', 'KlingAuthError', 'KLING_INVALID_CREDENTIALS', /KLING_API_KEY_FILE names a file/],
    ['failing', 'KlingAuthError', 'KLING_PROVIDER_FAILED', /it rejected/],
    ['never', 'KlingAuthError', 'KLING_PROVIDER_TIMEOUT', /within 20 ms/],
  ]) {
    const error = await get(path);
    assert.equal(error.name, name, path);
    assert.equal(error.code, code, path);
    assert.match(error.message, message, path);
  }
  assert.equal((await get('explained')).value, 'clock');

  const disposed = await get('disposed');
  assert.ok(disposed.code === 'KLING_DISPOSED' || disposed.value === 'no Symbol.dispose');

  // One call for all who wait, in whatever request.
  const provided = await Promise.all(Array.from({ length: 5 }, () => get('provider')));
  for (const { value, message } of provided)
    assert.deepEqual(value, { calls: 1, tokens: 1 }, message);
  const { value: first } = await get('hold');
  assert.equal((await get('held')).value, first);

  await checkWebhook(ask);
}

async function checkWebhook(ask) {
  const body = JSON.stringify({ task_id: '1', text: 'é' });
  const [id, timestamp] = ['msg_1', String(Math.floor(Date.now() / 1000))];
  const key = Buffer.from(KEYS.KLING_WEBHOOK_SECRET.slice('whsec_'.length), 'base64');
  const mac = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  const headers = {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${mac}`,
  };
  const accepted = await ask('/webhook', { method: 'POST', body, headers });
  assert.equal(accepted.status, 200);
  assert.deepEqual(await accepted.json(), JSON.parse(body));
  const forged = await ask('/webhook', { method: 'POST', body: `${body} `, headers });
  assert.equal(forged.status, 401);
}

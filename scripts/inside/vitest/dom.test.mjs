// @vitest-environment jsdom
import { KlingAuth, KlingWebhook } from 'kling-auth';
import { nodeWebhook } from 'kling-auth/webhook';
import { expect, test } from 'vitest';

test('the document is there, and a token', () => {
  expect(document.createElement('p').tagName).toBe('P');
  expect(new KlingAuth('ak-1', 'sk-1').token).toMatch(/^ey/);
});

test('a delivery whose body is a Buffer', async () => {
  const webhook = new KlingWebhook('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
  const seconds = Math.floor(Date.now() / 1000);
  const headers = {
    'webhook-id': 'msg_1',
    'webhook-timestamp': String(seconds),
    'webhook-signature': webhook.sign('msg_1', seconds, '{"n":1}'),
  };
  const req = { headers, rawHeaders: [], body: Buffer.from('{"n":1}') };
  await new Promise((resolve, reject) => {
    nodeWebhook({ webhook })(req, {}, (error) => (error ? reject(error) : resolve()));
  });
  expect(req.klingWebhook.payload).toEqual({ n: 1 });
});

test('a signal of the DOM stops what waits', async () => {
  const auth = new KlingAuth({ credentials: () => new Promise(() => {}) });
  const controller = new AbortController();
  const token = auth.getToken({ signal: controller.signal });
  controller.abort();
  await expect(token).rejects.toHaveProperty('name', 'AbortError');
});

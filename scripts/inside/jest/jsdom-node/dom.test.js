// With `customExportConditions: ['node']`. In here a Buffer is no Uint8Array, and a signal has less
// than Node.js's.
const { KlingAuth, KlingWebhook } = require('kling-auth');
const { nodeWebhook } = require('kling-auth/webhook');

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const reply = () => ({
  status: 200,
  ok: true,
  headers: { get: () => null },
  body: null,
  text: async () => '{"code":0,"message":"SUCCEED","data":{}}',
});

test('the document is there, and a token', () => {
  expect(document.createElement('p').tagName).toBe('P');
  expect(new KlingAuth('ak-1', 'sk-1').token).toMatch(/^ey/);
});

test('a body that express.raw() has left is one', async () => {
  expect(Buffer.from('') instanceof Uint8Array).toBe(false);
  const webhook = new KlingWebhook(SECRET);
  const seconds = Math.floor(Date.now() / 1000);
  const headers = {
    'webhook-id': 'msg_1',
    'webhook-timestamp': String(seconds),
    'webhook-signature': webhook.sign('msg_1', seconds, '{"n":1}'),
  };
  const rawHeaders = Object.entries(headers).flat();
  const req = { headers, rawHeaders, body: Buffer.from('{"n":1}') };
  await new Promise((resolve, reject) => {
    nodeWebhook({ webhook })(req, {}, (error) => (error ? reject(error) : resolve()));
  });
  expect(req.klingWebhook.payload).toEqual({ n: 1 });
});

test('a signal of the DOM stops what waits', async () => {
  const auth = new KlingAuth({ accessKey: 'ak-1', secretKey: 'sk-1', fetch: async () => reply() });
  const controller = new AbortController();
  expect((await auth.verify({ signal: controller.signal })).ok).toBe(true);
  const waiting = auth.verify({ signal: controller.signal });
  controller.abort();
  await expect(waiting).rejects.toHaveProperty('name', 'AbortError');
  await expect(auth.getToken({ signal: controller.signal })).rejects.toHaveProperty(
    'name',
    'AbortError',
  );
  const pending = new KlingAuth({ credentials: () => new Promise(() => {}) });
  const other = new AbortController();
  const token = pending.getToken({ signal: other.signal });
  other.abort();
  await expect(token).rejects.toHaveProperty('name', 'AbortError');
});

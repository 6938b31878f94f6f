const { KlingAuth, KlingAuthError, KlingWebhook, KlingWebhookError } = require('kling-auth');

test('errors are of the classes of this test’s realm and of this copy', () => {
  expect(() => new KlingAuth({ accessKey: 1, secretKey: 'sk-1' })).toThrow(TypeError);
  expect(() => new KlingAuth({ accessKey: 'ak-1', secretKey: 'sk-1', bufferSec: -1 })).toThrow(
    RangeError,
  );
  expect(() => new KlingAuth({ env: {} })).toThrow(KlingAuthError);
  const webhook = new KlingWebhook('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
  expect(() => webhook.verify('{}', {})).toThrow(KlingWebhookError);
});

test('copies of the package stay apart after resetModules()', async () => {
  const first = { ...require('kling-auth'), ...require('kling-auth/webhook') };
  const early = new first.KlingAuth({ credentials: async () => Promise.reject(new Error('no')) });
  jest.resetModules();
  const second = { ...require('kling-auth'), ...require('kling-auth/webhook') };
  expect(second.KlingAuth).not.toBe(first.KlingAuth);
  await expect(early.ready()).rejects.toThrow(first.KlingAuthError);
  for (const copy of [first, second, first]) {
    expect(() => new copy.KlingAuth({ env: {} })).toThrow(copy.KlingAuthError);
    // Only an error of its own copy is a refusal; another one would go to `next`.
    const webhook = new copy.KlingWebhook('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
    expect(() => webhook.verify('{}', {})).toThrow(copy.KlingWebhookError);
    const req = { rawHeaders: [], headers: {}, body: '{}' };
    const status = await new Promise((resolve) => {
      const res = { writeHead: (code) => ({ end: () => resolve(code) }) };
      copy.nodeWebhook({ webhook })(req, res, resolve);
    });
    expect(status).toBe(401);
  }
});

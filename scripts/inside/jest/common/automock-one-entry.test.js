// Only one entry is mocked: the other one is real, and lets nothing unsigned pass.
jest.mock('kling-auth');
const { nodeWebhook, KlingWebhook } = require('kling-auth/webhook');

test('the middleware of an entry that was not mocked refuses what is not signed', async () => {
  const webhook = new KlingWebhook('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
  const req = { rawHeaders: [], headers: {}, body: '{}' };
  const status = await new Promise((resolve) => {
    const res = { writeHead: (code) => ({ end: () => resolve(code) }) };
    nodeWebhook({ webhook })(req, res, resolve);
  });
  expect(status).toBe(401);
});

test('the sandbox, whose entry was not mocked either, serves', async () => {
  const { startKlingSandbox } = require('kling-auth/sandbox');
  const sandbox = await startKlingSandbox({ accessKey: 'ak-1', secretKey: 'sk-1' });
  expect(sandbox.env.KLING_ACCESS_KEY).toBe('ak-1');
  await sandbox.close();
});

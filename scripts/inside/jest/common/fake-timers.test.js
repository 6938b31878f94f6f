const { KlingAuth } = require('kling-auth');

const pair = { accessKey: 'ak-1', secretKey: 'sk-1' };
const reply = () => ({
  status: 200,
  ok: true,
  headers: { get: () => null },
  body: null,
  text: async () => '{"code":0,"message":"SUCCEED","data":{}}',
});

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

test('a provider is waited for in real time', async () => {
  const auth = new KlingAuth({ credentials: async () => pair });
  await auth.ready();
  expect(auth.token).toMatch(/^ey/);
});

test('a second verification waits its turn in real time', async () => {
  const auth = new KlingAuth({ ...pair, fetch: async () => reply() });
  expect((await auth.verify()).ok).toBe(true);
  expect((await auth.verify()).ok).toBe(true);
});

test('the option now follows the faked Date, the default does not', () => {
  const followed = new KlingAuth({ ...pair, now: () => Date.now() });
  const real = new KlingAuth(pair);
  const [first, before] = [followed.token, real.token];
  jest.advanceTimersByTime(31 * 60_000);
  expect(followed.token).not.toBe(first);
  expect(real.token).toBe(before);
});

test('a listener hears of a token, though process.nextTick is faked', async () => {
  const reason = await new Promise((resolve) => {
    new KlingAuth({ ...pair, onRefresh: (message) => resolve(message.reason) }).token;
  });
  expect(reason).toBe('initial');
});

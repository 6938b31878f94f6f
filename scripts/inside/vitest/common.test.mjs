import { KlingAuth, KlingAuthError, KlingWebhook } from 'kling-auth';
import { afterEach, expect, test, vi } from 'vitest';

const pair = { accessKey: 'ak-1', secretKey: 'sk-1' };

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test('a token and an error', () => {
  expect(new KlingAuth(pair).token).toMatch(/^ey/);
  expect(() => new KlingAuth({ env: {} })).toThrow(KlingAuthError);
  expect(KlingWebhook).toBeTypeOf('function');
});

test('the option now follows the faked Date', () => {
  vi.useFakeTimers();
  const auth = new KlingAuth({ ...pair, now: () => Date.now() });
  const first = auth.token;
  vi.advanceTimersByTime(31 * 60e3);
  expect(auth.token).not.toBe(first);
});

test('what waits does so in real time', async () => {
  vi.useFakeTimers();
  const provided = new KlingAuth({ credentials: async () => pair });
  await provided.ready();
  expect(provided.token).toMatch(/^ey/);
  const body = '{"code":0,"message":"SUCCEED","data":{}}';
  const auth = new KlingAuth({ ...pair, fetch: async () => new Response(body) });
  expect((await auth.verify()).ok).toBe(true);
  expect((await auth.verify()).ok).toBe(true);
});

test('a method and an accessor can be replaced', () => {
  vi.spyOn(KlingAuth.prototype, 'refresh').mockReturnValue('mine');
  vi.spyOn(KlingAuth.prototype, 'token', 'get').mockReturnValue('mine');
  const auth = new KlingAuth(pair);
  expect([auth.refresh(), auth.token]).toEqual(['mine', 'mine']);
});

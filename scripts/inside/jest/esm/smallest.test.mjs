import { jest } from '@jest/globals';
import { KlingAuth, KlingAuthError, KlingWebhook, KlingWebhookError } from 'kling-auth';

test('a token, and every class by its name', () => {
  expect(new KlingAuth('ak-1', 'sk-1').token).toMatch(/^ey/);
  expect(() => new KlingAuth({ env: {} })).toThrow(KlingAuthError);
  const webhook = new KlingWebhook('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
  expect(() => webhook.verify('{}', {})).toThrow(KlingWebhookError);
});

test('a mocked module', async () => {
  jest.unstable_mockModule('kling-auth', () => ({ KlingAuth: jest.fn(() => ({ token: 'mine' })) }));
  const { KlingAuth: Mocked } = await import('kling-auth');
  expect(new Mocked().token).toBe('mine');
});

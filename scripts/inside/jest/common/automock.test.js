jest.mock('kling-auth');
const mocked = require('kling-auth');
const real = jest.requireActual('kling-auth');

test('every export is there, mocked', () => {
  expect(Object.keys(mocked).sort()).toEqual(Object.keys(real).sort());
  for (const [name, value] of Object.entries(mocked)) {
    expect([name, jest.isMockFunction(value)]).toEqual([name, true]);
  }
});

test('a mocked instance answers what the test says', async () => {
  mocked.KlingAuth.prototype.getToken.mockResolvedValue({ token: 'mine', expiresAt: null });
  const auth = new mocked.KlingAuth();
  await expect(auth.getToken()).resolves.toEqual({ token: 'mine', expiresAt: null });
  expect(mocked.KlingAuth).toHaveBeenCalledTimes(1);
  expect(new mocked.KlingWebhook().verify('{}', {})).toBeUndefined();
});

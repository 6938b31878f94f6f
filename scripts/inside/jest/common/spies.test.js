const kling = require('kling-auth');

afterEach(() => jest.restoreAllMocks());

test('classes and functions can be replaced and put back', () => {
  for (const name of Object.keys(kling)) {
    const original = kling[name];
    const spy = jest.spyOn(kling, name).mockImplementation(() => {});
    expect(kling[name]).not.toBe(original);
    spy.mockRestore();
    expect(kling[name]).toBe(original);
  }
});

test('methods and accessors can be replaced', async () => {
  const { KlingAuth } = kling;
  jest.spyOn(KlingAuth.prototype, 'token', 'get').mockReturnValue('mine');
  jest.spyOn(KlingAuth.prototype, 'getToken').mockResolvedValue({ token: 'mine too' });
  const auth = new KlingAuth('ak-1', 'sk-1');
  expect(auth.token).toBe('mine');
  expect(auth.headers.Authorization).toBe('Bearer mine');
  expect(await auth.getToken()).toEqual({ token: 'mine too' });
});

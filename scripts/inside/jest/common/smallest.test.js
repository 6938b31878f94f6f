// The smallest test that there is. Whatever is loaded after it ends the whole run.
const { KlingAuth } = require('kling-auth');

test('a token', () => {
  expect(new KlingAuth('ak-1', 'sk-1').token).toMatch(/^ey/);
});

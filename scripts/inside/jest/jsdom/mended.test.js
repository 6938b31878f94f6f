/** @jest-environment node */
const { KlingAuth } = require('kling-auth');

test('the first remedy works', () => {
  expect(new KlingAuth('ak-1', 'sk-1').token).toMatch(/^ey/);
});

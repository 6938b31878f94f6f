// Run with the flags that the README names, and with fewer: see permissions.mjs.
const assert = require('node:assert/strict');

let kling;
try {
  kling = require('kling-auth');
} catch (error) {
  assert.equal(error.code, 'KLING_BINARY_MISSING', error.stack);
  console.log(error.message);
}
if (kling !== undefined) {
  const { KlingAuth, KlingAuthError } = kling;
  assert.match(new KlingAuth('ak-1', 'sk-1').token, /^ey/);
  assert.throws(() => new KlingAuth(), KlingAuthError);
  console.log('permissions: passed');
}

// Run in a folder where the package was installed, by every runtime and from every bundle.
const assert = require('node:assert/strict');
const { KlingAuth, KlingAuthError, generateKlingToken, verifyKlingToken } = require('kling-auth');

const keys = { accessKey: 'ak-0123456789', secretKey: 'sk-0123456789' };
const auth = new KlingAuth({ ...keys });
for (const token of [auth.token, generateKlingToken({ ...keys })]) {
  const result = verifyKlingToken(token, keys.secretKey);
  assert.equal(result.valid, true);
  assert.equal(result.claims.iss, keys.accessKey);
}
assert.equal(verifyKlingToken(auth.token, 'sk-another').reason, 'signature');
assert.throws(
  () => new KlingAuth({ env: {} }),
  (error) => error instanceof KlingAuthError && error.code === 'KLING_MISSING_CREDENTIALS',
);
console.log('smoke: passed');

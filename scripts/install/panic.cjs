// Run with a binary that panics at one time: every way in must end in an error, and go on after it.
const assert = require('node:assert/strict');
const { KlingAuth, verifyKlingToken } = require(process.argv[2]);

const PANIC_AT = 1e12 + 1;
let now = PANIC_AT;
const auth = new KlingAuth({
  accessKey: 'ak-0123456789',
  secretKey: 'sk-0123456789',
  now: () => now,
});

const isError = (error) => {
  assert.ok(error instanceof Error);
  assert.match(error.message, /planted|internal error in kling-auth/);
  return true;
};
assert.throws(() => auth.token, isError); // a function of src/node/bound.rs
assert.throws(() => auth.refresh(), isError);
assert.throws(
  () => verifyKlingToken('a.b.c', 'sk-0123456789', { now: new Date(PANIC_AT) }),
  isError,
); // #[napi]
assert
  .rejects(auth.getToken(), isError)
  .then(() => {
    now = 2e12;
    assert.match(auth.token, /^eyJ/);
    console.log('panic: an error each time');
  })
  .catch((error) => {
    console.error(error);
    process.exitCode = 1;
  });

// Many requests with one signal, while the provider has not answered: no warning of a leak.
const assert = require('node:assert/strict');
const { KlingAuth } = require('kling-auth');

process.on('warning', (warning) => {
  throw warning;
});
let answer;
const auth = new KlingAuth({
  credentials: () =>
    new Promise((resolve) => {
      answer = resolve;
    }),
  fetch: async () => new Response('{}'),
});
const { signal } = new AbortController();
const all = Promise.all(
  Array.from({ length: 30 }, () => auth.fetch('/v1/videos/text2video', { signal })),
);
(async () => {
  // The provider is asked in a turn of its own, sooner or later.
  while (answer === undefined) await new Promise(setImmediate);
  answer({ accessKey: 'ak-1', secretKey: 'sk-1' });
  assert.equal((await all).length, 30);
  console.log('listeners: passed');
})();

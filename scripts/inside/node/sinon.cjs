// sinon: stubs of everything that is exported, and what waits under its fake clock.
const assert = require('node:assert/strict');
const sinon = require('sinon');
const kling = require('kling-auth');

const pair = { accessKey: 'ak-1', secretKey: 'sk-1' };

for (const name of Object.keys(kling)) {
  const original = kling[name];
  const stub = sinon.stub(kling, name).returns('mine');
  assert.equal(kling[name](), 'mine', name);
  stub.restore();
  assert.equal(kling[name], original, name);
}

async function underFakeClock() {
  const clock = sinon.useFakeTimers();
  try {
    const provided = new kling.KlingAuth({ credentials: async () => pair });
    await provided.ready();
    assert.match(provided.token, /^ey/);

    const followed = new kling.KlingAuth({ ...pair, now: () => 1.7e12 + Date.now() });
    const first = followed.token;
    clock.tick(31 * 60_000);
    assert.notEqual(followed.token, first);

    const body = '{"code":0,"message":"SUCCEED","data":{}}';
    const auth = new kling.KlingAuth({ ...pair, fetch: async () => new Response(body) });
    assert.equal((await auth.verify()).ok, true);
    assert.equal((await auth.verify()).ok, true);
  } finally {
    clock.restore();
  }
}

/** A wait begun under real timers and ended under fake ones leaves nothing behind. */
async function acrossClocks() {
  const asked = Promise.withResolvers();
  const answer = Promise.withResolvers();
  const provided = new kling.KlingAuth({
    credentials: () => {
      asked.resolve();
      return answer.promise;
    },
  });
  const ready = provided.ready();
  await asked.promise;
  const clock = sinon.useFakeTimers();
  answer.resolve(pair);
  await ready;
  clock.restore();
}

underFakeClock()
  .then(acrossClocks)
  .then(() => console.log('sinon: passed'));

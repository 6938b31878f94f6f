// Replies and providers that are not as they should be, in the way of `fetch` and `verify`.
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { KlingAuth, verifyKlingToken } from '../index.js';

const PAIR = { accessKey: 'ak', secretKey: 'sk' };
const DAY_MS = 86_400_000;
const tomorrow = () => new Date(Date.now() + DAY_MS).toUTCString();

/** An instance whose `fetch` gives these replies in turn and notes the tokens that were sent. */
function withReplies(replies, options = PAIR) {
  const tokens = [];
  const fetch = async (_url, { headers }) => {
    tokens.push(new Headers(headers).get('authorization').slice('Bearer '.length));
    return replies.shift();
  };
  return { tokens, auth: new KlingAuth({ ...options, fetch }) };
}

const refusal = (code, headers = {}) =>
  new Response(JSON.stringify({ code, message: 'no', request_id: 'r' }), { status: 401, headers });

test('a 401 that is not about dates teaches no clock', async () => {
  const table = [
    new Response('<html>proxy</html>', { status: 401, headers: { date: tomorrow() } }),
    refusal(1000, { date: tomorrow() }),
    refusal(1002, { date: tomorrow() }),
  ];
  for (const reply of table) {
    const { auth, tokens } = withReplies([reply]);
    assert.equal(await auth.fetch('/v1/x'), reply);
    assert.equal(auth.clockSkewSec, 0);
    assert.equal(tokens.length, 1);
  }
});

test('a refusal for its dates renews the token from the credentials at hand', async () => {
  let calls = 0;
  const credentials = () => {
    calls += 1;
    if (calls > 1) throw new Error('the store is down');
    return PAIR;
  };
  for (const [code, ahead] of [
    [1004, DAY_MS],
    [1003, -DAY_MS],
  ]) {
    calls = 0;
    const date = new Date(Date.now() + ahead).toUTCString();
    const { auth, tokens } = withReplies([refusal(code, { date }), new Response('{}')], {
      credentials,
    });
    assert.equal((await auth.fetch('/v1/x')).status, 200);
    assert.equal(calls, 1);
    assert.equal(tokens.length, 2);
    assert.equal(verifyKlingToken(tokens[1], 'sk', { now: Date.now() + ahead }).valid, true);
  }
});

test('a body that is no stream of the web is let go of as well', async () => {
  const date = tomorrow();
  const bodies = [];
  const reply = () => {
    const body = Readable.from([]);
    bodies.push(body);
    return {
      status: 401,
      headers: new Headers({ date }),
      body,
      clone: () => ({ body: null, text: async () => '{"code":1004,"message":"expired"}' }),
    };
  };
  const { auth, tokens } = withReplies([reply(), new Response('{}')]);
  assert.equal((await auth.fetch('/v1/x')).status, 200);
  assert.equal(tokens.length, 2);
  assert.equal(bodies[0].destroyed, true);
});

test('a signal ends the wait for a provider', async () => {
  for (const ask of [
    (auth, signal) => auth.fetch('/v1/x', { signal }),
    (auth, signal) => auth.verify({ signal }),
  ]) {
    let asked;
    const isAsked = new Promise((resolve) => {
      asked = resolve;
    });
    const credentials = () => {
      asked();
      return new Promise(() => {});
    };
    const { auth, tokens } = withReplies([], { credentials });
    const controller = new AbortController();
    const answer = ask(auth, controller.signal);
    await isAsked;
    controller.abort(new Error('mine'));
    await assert.rejects(answer, { message: 'mine' });
    assert.deepEqual(tokens, []);
  }
});

test('a 400 of somebody else proves no credentials', async () => {
  const html = new Response('<html>400 Bad Request</html>', { status: 400 });
  const { auth } = withReplies([html]);
  assert.equal((await auth.verify()).ok, false);
  const klings = new Response('{"code":1201,"message":"bad time"}', { status: 400 });
  assert.equal((await withReplies([klings]).auth.verify()).ok, true);
});

test('the path of a proxy in front of Kling changes no hint', async () => {
  const { auth } = withReplies([refusal(1002)], {
    ...PAIR,
    baseUrl: 'https://proxy.example/kling',
  });
  const { code, hint } = await auth.verify();
  assert.equal(code, 1002);
  assert.doesNotMatch(hint, /takes API Keys only/);
});

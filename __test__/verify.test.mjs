import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { KlingAuth } from '../index.js';
import { claimsOf, PAIR, reply, serve, serveKling } from './helpers/server.mjs';

const DAY = 86_400;
const create = (baseUrl, options) => new KlingAuth({ ...PAIR, baseUrl, ...options });
const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

test('asks for the costs of the last day and says what came back', async (t) => {
  const { url, requests } = await serveKling(t);
  const { latencyMs, ...result } = await create(`${url}/v1/`).verify();
  assert.deepEqual(result, {
    ok: true,
    status: 200,
    code: 0,
    kind: 'ok',
    retryable: false,
    retryAfterSec: null,
    requestId: 'r-1',
    message: 'SUCCEED',
    hint: null,
    credential: 'jwt',
    baseUrl: `${url}/v1`,
    clockSkewSec: 0,
  });
  assert.ok(Number.isInteger(latencyMs) && latencyMs >= 0);
  const [{ method, url: asked, headers, body }] = requests;
  assert.deepEqual([method, body], ['GET', '']);
  const [, start, end] = /^\/account\/costs\?start_time=(\d{13})&end_time=(\d{13})$/.exec(asked);
  assert.equal(end - start, DAY * 1000);
  assert.ok(Math.abs(end - Date.now()) < 60_000);
  assert.ok(claimsOf(headers.authorization));
});

test('a refusal is a result', async (t) => {
  for (const [status, code, kind, ok, hint] of [
    [401, 1000, 'auth', false, /^check that the secret key belongs to the access key/],
    [401, 1001, 'auth', false, /^no Authorization header arrived/],
    [401, 1002, 'auth', false, /^check that the secret key belongs to the access key/],
    [429, 1101, 'account', false, /top it up/],
    [403, 1103, 'permission', false, /enable it/],
    [429, 1302, 'rate-limit', false, /wait/],
    [429, 1304, 'ip', false, /allow list/],
    [500, 5000, 'server', false, /wait/],
    [200, 1002, 'auth', false, /^check/],
    // Parameters are looked at after the credentials.
    [400, 1201, 'ok', true, /^$/],
  ]) {
    const { url } = await serve(t, (_, response) => reply(response, status, { code }));
    const result = await create(url).verify();
    assert.deepEqual(
      [result.ok, result.status, result.code, result.kind],
      [ok, status, code, kind],
    );
    assert.match(result.hint ?? '', hint);
  }
  const { url } = await serve(t, (_, response) => reply(response, 502, '<html>'.repeat(1e6)));
  assert.equal((await create(url).verify()).kind, 'server');
});

test('an API key is checked the same way', async (t) => {
  const { url, requests } = await serve(t, (_, response) => reply(response, 401, { code: 1002 }));
  const auth = new KlingAuth({ apiKey: 'api-key-kling-0123456789', baseUrl: url });
  const { credential, hint } = await auth.verify();
  assert.equal(credential, 'apiKey');
  assert.match(hint, /^check that the API Key is whole/);
  assert.equal(requests[0].headers.authorization, 'Bearer api-key-kling-0123456789');
});

test('an API key has nothing to sign anew', async (t) => {
  const date = new Date(Date.now() + DAY * 1000).toUTCString();
  const { url, requests } = await serve(t, (_, response) =>
    reply(response, 401, { code: 1003 }, { date }),
  );
  const auth = new KlingAuth({ apiKey: 'api-key-kling-0123456789', baseUrl: url });
  const response = await auth.fetch('/tasks');
  assert.deepEqual([response.status, await response.json()], [401, { code: 1003 }]);
  assert.equal(requests.length, 1);
});

test('a provider is asked for credentials, and its tokens are dated by the corrected clock', async (t) => {
  for (const aheadSec of [DAY, -DAY]) {
    const { url, requests } = await serveKling(t, { aheadSec });
    let calls = 0;
    const credentials = async () => {
      calls += 1;
      return { ...PAIR };
    };
    const auth = new KlingAuth({ credentials, baseUrl: url });
    t.after(() => auth[Symbol.dispose]?.());
    for (let i = 0; i < 3; i++) assert.equal((await auth.fetch('/v1/videos')).status, 200);
    assert.equal(requests.length, 4);
    assert.ok(calls <= 2, String(calls));
    assert.ok(Math.abs(auth.clockSkewSec - aheadSec) <= 1);
  }
});

test('asks for a list of tasks where there are no costs, and remembers', async (t) => {
  const { url, requests } = await serve(t, ({ url }, response) =>
    url.startsWith('/account/')
      ? reply(response, 404, '<html>not here</html>')
      : reply(response, 200, { code: 0 }),
  );
  const auth = create(`${url}/v1`);
  const results = [await auth.verify(), await auth.verify()];
  assert.deepEqual(
    results.map(({ ok }) => ok),
    [true, true],
  );
  const tasks = '/v1/videos/text2video?pageNum=1&pageSize=1';
  assert.deepEqual(
    requests.map(({ url }) => url.replace(/costs.*/, 'costs')),
    ['/account/costs', tasks, tasks],
  );
});

test('where neither exists, that is the result', async (t) => {
  const { url, requests } = await serve(t, (_, response) => reply(response, 404, { code: 1203 }));
  const { ok, code, kind } = await create(url).verify();
  assert.deepEqual([ok, code, kind], [false, 1203, 'request']);
  assert.equal(requests.length, 2);
});

test('a second call waits for its turn, and can be called off meanwhile', async () => {
  let calls = 0;
  const fetch = async () => {
    calls += 1;
    return new Response('{"code":0}');
  };
  const auth = create('https://kling.example', { fetch });
  await auth.verify();
  const controller = new AbortController();
  const second = auth.verify({ signal: controller.signal });
  for (let i = 0; i < 20; i++) await nextTurn();
  assert.equal(calls, 1);
  const reason = new Error('enough');
  controller.abort(reason);
  await assert.rejects(second, (error) => error === reason);
  assert.equal(calls, 1);
  // Each instance has its own limit.
  await create('https://kling.example', { fetch }).verify();
  assert.equal(calls, 2);
});

test('an abort rejects with its reason, before and during the call', async (t) => {
  const controller = new AbortController();
  const { url, requests } = await serve(t, () => controller.abort(reason));
  const reason = new Error('enough');
  const isReason = (error) => error === reason;
  await assert.rejects(create(url).verify({ signal: AbortSignal.abort(reason) }), isReason);
  assert.equal(requests.length, 0);
  await assert.rejects(create(url).verify({ signal: controller.signal }), isReason);
  assert.equal(requests.length, 1);
});

test('no reply is KLING_NETWORK with its cause', async (t) => {
  // A port that was free a moment ago.
  const closed = await new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(`http://127.0.0.1:${port}`));
    });
  });
  const silent = await serve(t, () => {});
  const reset = await serve(t, (_, response) => response.destroy());
  const half = await serve(t, (_, response) => {
    response.writeHead(200, { 'content-length': 100 });
    response.write('{"code":0', () => response.destroy());
  });
  for (const [url, options, message] of [
    [closed, {}, /: nothing listens there: check the base URL and the port \(ECONNREFUSED\)$/],
    [silent.url, { timeoutMs: 50 }, /: no reply within 50 ms: check the network and proxies$/],
    [reset.url, {}, /: the connection was cut: check proxies, then try again \(\w+\)$/],
    [half.url, {}, /: the connection was cut: check proxies, then try again \(\w+\)$/],
    [closed.replace('http:', 'https:'), {}, /ECONNREFUSED/],
    [
      silent.url.replace('http:', 'https:'),
      {},
      /: TLS failed: check the clock and proxies \(\w+\)$/,
    ],
  ]) {
    await assert.rejects(create(url).verify(options), (error) => {
      assert.equal(error.name, 'KlingAuthError');
      assert.equal(error.code, 'KLING_NETWORK');
      assert.ok(error.message.startsWith(`no reply from ${url}: `), error.message);
      assert.match(error.message, message);
      assert.ok(error.cause instanceof Error);
      return true;
    });
  }
});

test("what a fetch of one's own rejects with is told as far as it is known", async () => {
  const failure = (code) =>
    Object.assign(new TypeError('fetch failed'), { cause: Object.assign(new Error(), { code }) });
  for (const [thrown, end] of [
    [
      failure('ENOTFOUND'),
      'the host name does not resolve: check it, the network and DNS (ENOTFOUND)',
    ],
    [
      failure('EAI_AGAIN'),
      'the host name does not resolve: check it, the network and DNS (EAI_AGAIN)',
    ],
    [failure('ENETUNREACH'), 'there is no route to it: check the network (ENETUNREACH)'],
    [failure('CERT_HAS_EXPIRED'), 'TLS failed: check the clock and proxies (CERT_HAS_EXPIRED)'],
    [
      failure('UND_ERR_CONNECT_TIMEOUT'),
      'it took too long: check the network and proxies (UND_ERR_CONNECT_TIMEOUT)',
    ],
    [new TypeError('Bearer secret is not a header'), 'the request failed, see the cause'],
    ['a string', 'the request failed, see the cause'],
  ]) {
    const auth = create('https://kling.example', { fetch: () => Promise.reject(thrown) });
    await assert.rejects(auth.verify(), {
      code: 'KLING_NETWORK',
      message: `no reply from https://kling.example: ${end}`,
      cause: thrown,
    });
  }
});

test('a redirect is a result, not followed', async (t) => {
  const { url, requests } = await serve(t, (_, response) =>
    reply(response, 302, '', { location: 'https://login.example' }),
  );
  const { ok, kind, hint } = await create(url).verify();
  assert.deepEqual([ok, kind], [false, 'unknown']);
  assert.match(hint, /^Kling's API does not redirect/);
  assert.equal(requests.length, 1);
});

test('measures the clock, also from a refusal, and dates the next token by it', async (t) => {
  for (const [aheadSec, code] of [
    [0, 0],
    [3, 0],
    [600, 0],
    [DAY, 1004],
    [-DAY, 1003],
  ]) {
    const { url } = await serveKling(t, { aheadSec });
    const auth = create(url);
    assert.equal(auth.clockSkewSec, 0);
    const result = await auth.verify();
    assert.equal(result.code, code, String(aheadSec));
    assert.ok(Math.abs(result.clockSkewSec - aheadSec) <= 1, `${result.clockSkewSec}`);
    assert.equal(auth.clockSkewSec, result.clockSkewSec);
    assert.equal((await auth.fetch('/x')).status, 200);
    const corrected = Math.abs(aheadSec) > 5 ? aheadSec : 0;
    auth.refresh();
    const { nbf } = claimsOf(auth.headers.Authorization);
    assert.ok(Math.abs(nbf + 5 - corrected - Date.now() / 1000) <= 3, String(aheadSec));
  }
});

test('a token refused for its dates is not used again, even without a Date', async (t) => {
  for (const [code, isSame] of [
    [1003, false],
    [1004, false],
    [1002, true],
  ]) {
    const { url } = await serve(t, (_, response) => {
      response.sendDate = false;
      reply(response, 401, { code });
    });
    let now = Date.now();
    const auth = create(url, { now: () => (now += 1000) });
    const { token } = auth;
    await auth.verify();
    assert.equal(auth.token === token, isSame, String(code));
  }
});

test('a Date that contradicts an accepted token is not believed', async (t) => {
  for (const aheadSec of [DAY, -DAY]) {
    const date = new Date(Date.now() + aheadSec * 1000).toUTCString();
    const { url } = await serve(t, (_, response) => reply(response, 200, { code: 0 }, { date }));
    const { ok, clockSkewSec } = await create(url).verify();
    assert.deepEqual([ok, clockSkewSec], [true, 0]);
  }
});

test('bad options are refused', async () => {
  const auth = create('https://kling.example');
  for (const [options, name, code, message] of [
    [
      { timeoutMs: 0 },
      'RangeError',
      'KLING_OUT_OF_RANGE',
      'timeoutMs must be a whole number of milliseconds from 1 to 600000, received 0',
    ],
    [
      { timeoutMs: '5' },
      'TypeError',
      'KLING_INVALID_ARG_TYPE',
      'timeoutMs must be a number, received a string',
    ],
    [
      { signal: 'x' },
      'TypeError',
      'KLING_INVALID_ARG_TYPE',
      'signal must be an object, received a string',
    ],
    [
      { signal: {} },
      'TypeError',
      'KLING_INVALID_ARG_TYPE',
      'signal must be an AbortSignal, received an object',
    ],
    [
      { timeout: 5 },
      'TypeError',
      'KLING_UNKNOWN_OPTION',
      'unknown option "timeout": did you mean timeoutMs?',
    ],
    [5, 'TypeError', 'KLING_INVALID_ARG_TYPE', 'options must be an object, received a number'],
  ]) {
    await assert.rejects(auth.verify(options), { name, code, message });
  }
});

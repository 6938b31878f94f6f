// What servers, options and test runners may do to a request, and what comes of it.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { KlingAuth } from '../index.js';
import { freePort } from './helpers/port.mjs';
import { runJson } from './helpers/run.mjs';
import { claimsOf, PAIR, reply, serve, serveKling } from './helpers/server.mjs';

const DAY = 86_400;
const create = (baseUrl, options) => new KlingAuth({ ...PAIR, baseUrl, ...options });
const refusal = (code, headers = {}) =>
  new Response(JSON.stringify({ code, message: 'refused' }), { status: 401, headers });

test('a stranger does not set the clock, and is sent nothing twice', async (t) => {
  const date = new Date(Date.now() + 20 * 365 * DAY * 1000).toUTCString();
  const stranger = await serve(t, (_, response) => reply(response, 401, { code: 1004 }, { date }));
  const base = await serve(t, (_, response) =>
    reply(response, 307, {}, { location: `${stranger.url}/x` }),
  );
  const auth = create(base.url, { allowedOrigins: [stranger.url] });
  for (const url of [`${base.url}/out`, `${stranger.url}/direct`]) {
    const response = await auth.fetch(url, { method: 'POST', body: 'once' });
    assert.deepEqual([response.status, await response.json()], [401, { code: 1004 }]);
  }
  assert.equal(stranger.requests.length, 2);
  assert.equal(auth.clockSkewSec, 0);
  // An option fetch that follows redirects by itself, and says so or only half.
  for (const traits of [{ url: `${stranger.url}/x` }, { url: '', redirected: true }]) {
    const fetch = async () =>
      Object.defineProperties(
        refusal(1004, { date }),
        Object.fromEntries(Object.entries(traits).map(([name, value]) => [name, { value }])),
      );
    const following = create(base.url, { fetch });
    assert.equal((await following.fetch('/x')).status, 401);
    await following.verify();
    assert.equal(following.clockSkewSec, 0);
  }
});

test('what is sent is what was checked', async (t) => {
  const base = await serve(t, (_, response) => reply(response, 200, {}));
  const elsewhere = await serve(t, (_, response) => reply(response, 200, {}));
  const good = `${base.url}/ok`;
  let reads = 0;
  class Lying extends Request {
    get url() {
      return good;
    }
  }
  class Href extends URL {
    toString() {
      return good;
    }
    get href() {
      return good;
    }
  }
  for (const input of [
    { url: good, headers: {}, toString: () => elsewhere.url },
    {
      get url() {
        return reads++ === 0 ? good : elsewhere.url;
      },
      headers: {},
    },
    new Lying(elsewhere.url),
    Object.defineProperty(new Request(elsewhere.url), 'url', { value: good }),
    new Href(elsewhere.url),
    { toString: () => (reads++ % 2 === 0 ? good : elsewhere.url) },
  ]) {
    const auth = create(base.url);
    try {
      await (await auth.fetch(input)).text();
    } catch (error) {
      assert.equal(error.code, 'KLING_FOREIGN_ORIGIN');
    }
    reads = 0;
  }
  assert.deepEqual(elsewhere.requests, []);
  // One that only looks like a request brings what it has.
  const { headers } = new Request(good, { headers: { 'X-Mine': 'kept' } });
  await (await create(base.url).fetch({ url: good, headers, method: 'DELETE' })).text();
  const { method, headers: seen } = base.requests.at(-1);
  assert.deepEqual([method, seen['x-mine']], ['DELETE', 'kept']);
});

test('what is no URL is refused', async () => {
  const auth = create('https://kling.example', { fetch: () => assert.fail() });
  for (const [input, received] of [
    [undefined, 'undefined'],
    [null, 'null'],
    [1, 'number'],
    [{}, 'object'],
    [[], 'array'],
    [Promise.resolve('/x'), 'object'],
    [() => '/x', 'function'],
  ]) {
    await assert.rejects(auth.fetch(input), (error) => {
      assert.deepEqual([error.name, error.code], ['TypeError', 'KLING_INVALID_ARG_TYPE']);
      assert.match(error.message, /^input must be a path, a URL or a Request, received /);
      assert.ok(error.message.includes(received), error.message);
      return true;
    });
  }
});

test('a mocked reply without headers, body or clone is handed through', async () => {
  for (const given of [
    { ok: false, status: 401, json: async () => ({ code: 1002 }) },
    { ok: false, status: 302 },
    { ok: true, status: 200 },
    undefined,
  ]) {
    const auth = create('https://kling.example', { fetch: async () => given });
    assert.equal(await auth.fetch('/x'), given);
  }
});

test('without a global fetch the message says so', () => {
  const source = `
    const { KlingAuth } = require('./index.js');
    const auth = new KlingAuth('ak-loopback', 'sk-loopback');
    const said = ({ name, code, message }) => ({ name, code, message });
    Promise.allSettled([auth.verify(), auth.fetch('/x')]).then((results) => {
      console.log(JSON.stringify(results.map(({ reason }) => said(reason))));
    });`;
  const message =
    'there is no global fetch here: pass the option fetch (Node.js has one unless it is started with --no-experimental-fetch)';
  const expected = { name: 'TypeError', code: 'KLING_INVALID_ARG_TYPE', message };
  assert.deepEqual(runJson(`delete globalThis.fetch; ${source}`), [expected, expected]);
});

test('an origin with a wildcard is refused, with the reason', () => {
  for (const origin of ['https://*.example.com', 'https://*', 'https://.example.com']) {
    assert.throws(() => create('https://kling.example', { allowedOrigins: [origin] }), {
      code: 'KLING_INVALID_URL',
      message:
        'allowedOrigins[0] must name one host: a wildcard matches nothing, so list each origin',
    });
  }
});

test('an abort while a 401 is looked at rejects with its reason', async () => {
  const reason = new Error('enough');
  for (const slow of [
    () => new ReadableStream({ pull: () => new Promise(() => {}) }),
    () => new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(1)) }),
  ]) {
    const controller = new AbortController();
    const fetch = async () => {
      setImmediate(() => controller.abort(reason));
      return new Response(slow(), { status: 401 });
    };
    const asked = create('https://kling.example', { fetch }).fetch('/x', {
      signal: controller.signal,
    });
    await assert.rejects(asked, (error) => error === reason);
  }
});

test('the copy of a 401 that is long is let go of, of the web or of Node', async () => {
  let read = 0;
  const stream = () =>
    new Readable({
      read() {
        read += 1 << 16;
        this.push(Buffer.alloc(1 << 16, 32));
      },
    });
  const body = stream();
  const copy = stream();
  const fetch = async () => ({ status: 401, headers: {}, body, clone: () => ({ body: copy }) });
  const response = await create('https://kling.example', { fetch }).fetch('/x');
  assert.equal(response.body, body);
  assert.ok(read < 1 << 22, String(read));
  assert.equal(copy.destroyed, true);
});

test('what was looked into and does not end can be let go of', async (t) => {
  /** Settles when the source of the stream is let go of. */
  const endless = () => {
    let cancel;
    const cancelled = new Promise((resolve) => {
      cancel = resolve;
    });
    const pull = (controller) => controller.enqueue(new Uint8Array(1 << 16));
    return { cancelled, stream: new ReadableStream({ pull, cancel }) };
  };
  await t.test('a 401', async () => {
    const { stream, cancelled } = endless();
    const fetch = async () => new Response(stream, { status: 401 });
    const response = await create('https://kling.example', { fetch }).fetch('/x');
    await response.body.cancel('enough');
    assert.equal((await cancelled).length, 2); // the reasons of both branches
  });
  await t.test('a reply that was explained', async () => {
    const { stream, cancelled } = endless();
    const response = new Response(stream, { status: 500 });
    assert.equal((await create('https://kling.example').explain(response)).kind, 'server');
    assert.equal(response.bodyUsed, false);
    await response.body.cancel('enough');
    await cancelled;
  });
  await t.test('a Request', async () => {
    const { stream, cancelled } = endless();
    const request = new Request('https://kling.example/x', {
      method: 'POST',
      body: stream,
      duplex: 'half',
    });
    const fetch = async ({ body }) => {
      await body.cancel('enough');
      return new Response('{"code":0}');
    };
    await create('https://kling.example', { fetch }).fetch(request);
    await cancelled;
  });
});

test('who explains a reply whose body does not come gives up on it after 5 s', async () => {
  const native = createRequire(import.meta.url)('#native');
  const { NativeTimer } = native;
  const waits = [];
  // A clock that is ahead of everything.
  native.NativeTimer = class {
    constructor(ms, ring) {
      waits.push(ms);
      queueMicrotask(ring);
    }
    cancel() {}
  };
  try {
    let cancelled = false;
    const body = new ReadableStream({
      pull: () => new Promise(() => {}),
      cancel: () => {
        cancelled = true;
      },
    });
    const auth = create('https://kling.example');
    const response = new Response(body, { status: 401, headers: { 'retry-after': '7' } });
    const { status, code, kind, message, hint } = await auth.explain(response);
    assert.deepEqual([status, code, message], [401, null, null]);
    assert.ok(kind && hint);
    assert.deepEqual(waits, [5_000]);
    // The rest is the caller's, who lets go of it.
    await response.body.cancel();
    assert.equal(cancelled, true);
  } finally {
    native.NativeTimer = NativeTimer;
  }
});

test('verify gives up on a fetch that cares for no signal', async () => {
  const auth = create('https://kling.example', { fetch: () => new Promise(() => {}) });
  await assert.rejects(auth.verify({ timeoutMs: 20 }), {
    code: 'KLING_NETWORK',
    message:
      'no reply from https://kling.example: no reply within 20 ms: check the network and proxies',
  });
});

test('fake timers stop nothing', async (t) => {
  const auth = create('https://kling.example', { fetch: async () => new Response('{"code":0}') });
  await auth.verify();
  for (const name of ['setTimeout', 'setInterval', 'setImmediate']) {
    t.mock.method(globalThis, name, () => ({}));
  }
  t.mock.method(performance, 'now', () => 0);
  assert.equal((await auth.verify()).ok, true);
});

test('a server that repeats the header shows no credential', async (t) => {
  for (const credentials of [
    PAIR,
    { apiKey: 'api-key-kling-0123456789abcdefghijklmnopqrstuvwxyzABCDEFG' },
    { apiKey: 'sk-gateway-0123456789abcdef' },
  ]) {
    for (const echo of [
      (bearer) => `token ${bearer.slice(7)} is wrong`,
      (bearer) => `header ${bearer}`,
      (bearer) => `header ${bearer.slice(0, 40)}`,
      (bearer) => `it ends in ${bearer.slice(-24)}`,
      (bearer) => bearer.toUpperCase(),
      (bearer) => 'x'.repeat(460) + bearer,
    ]) {
      const { url, requests } = await serve(t, ({ headers }, response) => {
        const text = echo(headers.authorization);
        reply(response, 401, { code: 1002, message: text, request_id: text });
      });
      const auth = new KlingAuth({ ...credentials, baseUrl: url });
      const { message, requestId } = await auth.verify();
      const explained = await auth.explain(await auth.fetch('/v1/videos'));
      const bearer = requests[0].headers.authorization.slice(7).toLowerCase();
      for (const text of [message, requestId, explained.message, explained.requestId]) {
        assert.match(text, /\[redacted\]/);
        for (let at = 0; at + 16 <= bearer.length; at++) {
          assert.ok(!text.toLowerCase().includes(bearer.slice(at, at + 16)), text);
        }
      }
    }
  }
});

test('a text of a server is one line of what can be seen', async (t) => {
  const bad =
    '\u0007\u001b[31m\u007f\u0085\u009b\u00ad\u200b\u200f\u202e\u2028\u2066\ufeff\u{e0041}';
  const { url } = await serve(t, (_, response) =>
    reply(response, 401, { code: 1002, message: `a${bad}b`, request_id: `a${bad}b` }),
  );
  const { message, requestId } = await create(url).verify();
  for (const text of [message, requestId]) {
    assert.match(text, /^a[ [31m]+b$/);
    assert.doesNotMatch(text, /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  }
});

test('redirects are followed to where fetch would go', async (t) => {
  const { url, requests } = await serve(t, ({ url }, response) => {
    if (url === '/utf8') {
      response.socket.end(
        Buffer.from(
          'HTTP/1.1 302 Found\r\nLocation: /é\r\nContent-Length: 0\r\nConnection: close\r\n\r\n',
        ),
      );
    } else if (/^\/30[1278]$/.test(url)) {
      reply(response, Number(url.slice(1)), '', { location: '/there' });
    } else {
      reply(response, 200, {});
    }
  });
  const auth = create(url);
  await (await auth.fetch('/utf8')).text();
  assert.equal(requests.at(-1).url, '/%C3%A9');
  for (const [path, sent, method, body] of [
    ['/301', 'POST', 'GET', ''],
    ['/302', 'POST', 'GET', ''],
    ['/302', 'PUT', 'PUT', 'text'],
    ['/307', 'POST', 'POST', 'text'],
    ['/308', 'PUT', 'PUT', 'text'],
  ]) {
    for (const fetch of [globalThis.fetch, auth.fetch]) {
      const response = await fetch(new Request(url + path, { method: sent, body: 'text' }));
      assert.equal(response.status, 200);
      const last = requests.at(-1);
      assert.deepEqual([last.url, last.method, last.body], ['/there', method, body], path);
    }
  }
});

test('a bearer of this instance counts as none', async (t) => {
  const { url, requests } = await serveKling(t, { aheadSec: DAY });
  const auth = create(url);
  // A client that has read its key once, and says so in any form of headers.
  const stale = auth.token;
  for (const headers of [
    { Authorization: `Bearer ${stale}` },
    { authorization: `bearer ${stale}` },
    [['Authorization', `Bearer ${stale}`]],
    new Headers({ Authorization: `Bearer ${stale}` }),
  ]) {
    assert.equal((await auth.fetch('/v1/videos', { headers })).status, 200);
    assert.ok(claimsOf(requests.at(-1).headers.authorization));
  }
  assert.equal(requests.length, 5);
  // Nor does one of credentials that were replaced.
  auth.rotate({ accessKey: 'ak-other', secretKey: 'sk-other' });
  await auth.fetch('/x', {
    headers: { Authorization: `Bearer ${requests.at(-1).headers.authorization.slice(7)}` },
  });
  const [, claims] = requests.at(-1).headers.authorization.split('.');
  assert.equal(JSON.parse(Buffer.from(claims, 'base64url')).iss, 'ak-other');
  // Anybody else's is sent as it is.
  await auth.fetch('/x', { headers: { Authorization: 'Bearer somebody-else' } });
  assert.equal(requests.at(-1).headers.authorization, 'Bearer somebody-else');
});

test('a provider is asked once more for a credential that Kling does not know', async (t) => {
  let known = 'api-key-1';
  const { url, requests } = await serve(t, ({ headers }, response) => {
    const isKnown = headers.authorization === `Bearer ${known}`;
    reply(response, isKnown ? 200 : 401, {
      code: isKnown ? 0 : 1002,
      message: 'api key not found',
    });
  });
  let key = known;
  let calls = 0;
  const credentials = () => {
    calls += 1;
    return { apiKey: key };
  };
  const auth = new KlingAuth({ credentials, baseUrl: url });
  assert.equal((await auth.fetch('/tasks')).status, 200);
  known = key = 'api-key-2';
  const replies = await Promise.all(
    [1, 2, 3].map(() => auth.fetch('/tasks', { method: 'POST', body: '{}' })),
  );
  assert.deepEqual(
    replies.map(({ status }) => status),
    [200, 200, 200],
  );
  assert.equal(calls, 2);
  known = 'api-key-3';
  requests.length = 0;
  assert.equal((await auth.fetch('/tasks')).status, 401);
  assert.equal((await auth.fetch('/tasks')).status, 401);
  assert.deepEqual([requests.length, calls], [2, 3]);
});

test('where no reply came the error is the platform’s, with what helps', async () => {
  const auth = create(`http://127.0.0.1:${await freePort()}`);
  await assert.rejects(auth.fetch('/x'), (error) => {
    assert.deepEqual(
      [error.name, error.code, error.message],
      ['TypeError', 'KLING_NETWORK', 'fetch failed'],
    );
    assert.equal(error.cause.message, 'fetch failed');
    assert.match(error.hint, /^nothing listens there: check the base URL and the port/);
    return true;
  });
  const failure = Object.assign(new Error('cut'), { code: 'ECONNRESET' });
  const cut = create('https://kling.example', { fetch: () => Promise.reject(failure) });
  await assert.rejects(
    cut.fetch('/v1/videos/text2video', { method: 'POST', body: '{}' }),
    (error) => {
      assert.deepEqual([error.code, error.message, error.cause], ['KLING_NETWORK', 'cut', failure]);
      assert.match(error.hint, /^the connection was cut.*external_task_id/);
      return true;
    },
  );
  // What is no matter of the network is handed on.
  const other = new TypeError('mine');
  const failing = create('https://kling.example', { fetch: () => Promise.reject(other) });
  await assert.rejects(failing.fetch('/x'), (error) => error === other);
});

test('a proxy that fetch does not use is named', () => {
  const source = `
    const { KlingAuth } = require('./index.js');
    const auth = new KlingAuth({ accessKey: 'ak-1', secretKey: 'sk-1', baseUrl: 'https://kling.invalid' });
    Promise.allSettled([auth.fetch('/x'), auth.verify()]).then(([one, two]) => {
      console.log(JSON.stringify([one.reason.hint, two.reason.message]));
    });`;
  for (const text of runJson(source, { env: { HTTPS_PROXY: 'http://127.0.0.1:9' } })) {
    assert.match(text, /HTTPS_PROXY is set, and Node.js's fetch does not use it by itself: /);
  }
});

test('explain leaves the body readable, and knows what was asked', async (t) => {
  const { url } = await serve(t, (_, response) =>
    reply(response, 504, { code: 5002, message: 'late' }),
  );
  const auth = create(url);
  const read = await auth.fetch('/v1/videos/text2video');
  assert.equal((await auth.explain(read)).retryable, true);
  const create_ = await auth.fetch('/v1/videos/text2video', { method: 'POST', body: '{}' });
  const { retryable, hint, code } = await auth.explain(create_);
  assert.deepEqual([retryable, code], [false, 5002]);
  assert.match(hint, /external_task_id/);
  assert.deepEqual(await create_.json(), { code: 5002, message: 'late' });
  await assert.rejects(auth.explain(create_), {
    code: 'KLING_INVALID_ARG_VALUE',
    message:
      'the body of response was read already: call auth.explain(response) first, which leaves it readable, or explainKlingReply with what was read',
  });
  await assert.rejects(auth.explain(undefined), { code: 'KLING_INVALID_ARG_TYPE' });
  await assert.rejects(auth.explain(Promise.resolve(new Response())), {
    code: 'KLING_INVALID_ARG_TYPE',
    message: 'response must be a Response, received a promise: await it',
  });
});

test('with a base in /v1 the newer endpoints are at the root', async (t) => {
  const { url, requests } = await serve(t, (_, response) => reply(response, 200, {}));
  for (const [input, expected] of [
    ['/tasks?task_ids=0', '/tasks?task_ids=0'],
    ['tasks', '/tasks'],
    ['/text-to-video/kling-3.0-turbo', '/text-to-video/kling-3.0-turbo'],
    ['/image-to-video/m', '/image-to-video/m'],
    ['/omni-video/m', '/omni-video/m'],
    ['/motion-control/m', '/motion-control/m'],
    ['/account/billing/balance', '/account/billing/balance'],
    ['videos/omni-video', '/v1/videos/omni-video'],
    ['/images/generations', '/v1/images/generations'],
    ['/tasksheet', '/v1/tasksheet'],
  ]) {
    await (await create(`${url}/v1`).fetch(input)).text();
    assert.equal(requests.at(-1).url, expected, input);
  }
});

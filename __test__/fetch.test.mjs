import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KlingAuth } from '../index.js';
import { runJson } from './helpers/run.mjs';
import { claimsOf, judge, PAIR, reply, serve, serveKling } from './helpers/server.mjs';

const DAY = 86_400;
const create = (baseUrl, options) => new KlingAuth({ ...PAIR, baseUrl, ...options });
const json = (value) => ({
  method: 'POST',
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify(value),
});

test('paths are taken relative to the base URL', async (t) => {
  const { url, port, requests } = await serve(t, (_, response) => reply(response, 200, {}));
  for (const [base, input, expected] of [
    ['', '/v1/videos/text2video', '/v1/videos/text2video'],
    ['/', 'v1/videos', '/v1/videos'],
    ['', '/tasks?a=b#c', '/tasks?a=b'],
    ['/v1', 'videos', '/v1/videos'],
    ['/v1', '/videos', '/v1/videos'],
    ['/v1/', '/videos/x%20y/ä', '/v1/videos/x%20y/%C3%A4'],
    ['/v1', '/v1/videos', '/v1/videos'],
    ['/v1', '/account/costs?start_time=1', '/account/costs?start_time=1'],
    ['/v1', '/v10', '/v1/v10'],
    ['/proxy/kling', '/v1/videos', '/proxy/kling/v1/videos'],
    ['/proxy/kling', 'tasks', '/proxy/kling/tasks'],
    ['/proxy/kling/v1', '/account/costs', '/proxy/kling/account/costs'],
    ['/v1', '', '/v1/'],
    ['/v1', '?a=b', '/v1/?a=b'],
    ['/v1', ' videos ', '/v1/videos'],
    ['/v1', `${url}/tasks`, '/tasks'],
    ['/v1', `//127.0.0.1:${port}/tasks`, '/tasks'],
    ['/v1', new URL(`${url}/tasks`), '/tasks'],
    ['/v1', new Request(`${url}/tasks`), '/tasks'],
    ['/v1', { toString: () => '/videos' }, '/v1/videos'],
  ]) {
    const response = await create(url + base).fetch(input);
    await response.text();
    const { url: seen, headers } = requests.pop();
    assert.equal(seen, expected, `${base} ${input}`);
    assert.equal(claimsOf(headers.authorization).iss, PAIR.accessKey);
  }
});

test('every form of headers is kept, and an Authorization of the call wins', async (t) => {
  const { url, requests } = await serve(t, (_, response) => reply(response, 200, {}));
  const auth = create(url);
  const forms = (entries) => [
    [url, { headers: Object.fromEntries(entries) }],
    [url, { headers: new Headers(entries) }],
    [url, { headers: entries }],
    [new Request(url, { headers: entries }), undefined],
    [new Request(url, { headers: { 'X-Other': 'x' } }), { headers: entries }],
    [url, new Request(url, { headers: entries })],
  ];
  for (const [input, init] of forms([['X-Mine', 'kept']])) {
    await (await auth.fetch(input, init)).text();
    const { headers } = requests.pop();
    assert.equal(headers['x-mine'], 'kept');
    assert.ok(claimsOf(headers.authorization));
    assert.equal(headers['x-other'], undefined);
  }
  for (const name of ['Authorization', 'authorization', 'AUTHORIZATION']) {
    for (const [input, init] of forms([[name, 'Basic mine']])) {
      await (await auth.fetch(input, init)).text();
      assert.equal(requests.pop().headers.authorization, 'Basic mine');
    }
  }
  await (await auth.fetch(url, json({ a: 1 }))).text();
  assert.equal(requests.pop().headers['content-type'], 'application/json');
});

test('an init that is a Request is taken as the platform takes it', async (t) => {
  const { url, requests } = await serve(t, (_, response) => reply(response, 200, {}));
  const init = new Request(url, { method: 'PUT', body: 'text' });
  await (await create(url).fetch('/x', init)).text();
  const [{ method, body }] = requests;
  assert.deepEqual([method, body], ['PUT', 'text']);
});

test('an Authorization of the call needs no token, and its refusal no second try', async (t) => {
  const { url, requests } = await serve(t, (_, response) => reply(response, 401, { code: 1003 }));
  const auth = create(url);
  const response = await auth.fetch('/x', { headers: { Authorization: 'Bearer own' } });
  assert.deepEqual([response.status, await response.json()], [401, { code: 1003 }]);
  assert.equal(requests.length, 1);
  assert.equal(auth.toJSON().expiresAt, null);
});

test('everything else of init reaches fetch', async (t) => {
  const { url, requests } = await serve(t, (_, response) => reply(response, 200, {}));
  const auth = create(url);
  const dispatcher = {
    dispatch() {
      throw new Error('the dispatcher was asked');
    },
  };
  await assert.rejects(auth.fetch('/x', { dispatcher }), (error) => {
    assert.match(String(error.cause ?? error), /the dispatcher was asked/);
    return true;
  });
  const reason = new Error('enough');
  await assert.rejects(auth.fetch('/x', { signal: AbortSignal.abort(reason) }), reason);
  const form = new FormData();
  form.set('prompt', 'a cat');
  await (await auth.fetch('/x', { method: 'POST', body: form })).text();
  assert.match(requests.at(-1).body, /name="prompt"\r\n\r\na cat/);
  const body = new Blob(['streamed']).stream();
  await (await auth.fetch('/x', { method: 'POST', body, duplex: 'half' })).text();
  assert.equal(requests.at(-1).body, 'streamed');
});

test('credentials go to the base URL only', async (t) => {
  const base = await serve(t, (_, response) => reply(response, 200, {}));
  const other = await serve(t, (_, response) => reply(response, 200, {}));
  const auth = create(base.url);
  for (const [input, origin] of [
    [`${other.url}/x`, other.url],
    [`//127.0.0.1:${other.port}/x`, other.url],
    [`/\\127.0.0.1:${other.port}/x`, other.url],
    [`\\\\127.0.0.1:${other.port}/x`, other.url],
    [` \t${other.url}/x`, other.url],
    [`${other.url.replace('http:', 'HTTP:')}/x`, other.url],
    [new URL(other.url), other.url],
    [new Request(other.url), other.url],
    [base.url.replace('127.0.0.1', 'localhost'), `http://localhost:${base.port}`],
    [base.url.replace('http:', 'https:'), base.url.replace('http:', 'https:')],
    ['data:text/plain,x', 'null'],
  ]) {
    for (const init of [undefined, { headers: { Authorization: 'own' } }]) {
      await assert.rejects(auth.fetch(input, init), {
        name: 'KlingAuthError',
        code: 'KLING_FOREIGN_ORIGIN',
        message: `${origin} is not the origin of the base URL (${base.url}), and credentials go nowhere else: use fetch without them, or list the origin in allowedOrigins`,
      });
    }
  }
  // What only looks like another origin is a path.
  for (const input of ['/\t/evil.example', 'ht\ntps://evil.example', '@evil.example', ':80/x']) {
    await (await auth.fetch(input)).text();
  }
  assert.equal(base.requests.length, 4);
  assert.equal(other.requests.length, 0);
  const allowing = create(base.url, { allowedOrigins: [`${other.url}/`] });
  await (await allowing.fetch(`${other.url}/x`)).text();
  assert.ok(claimsOf(other.requests[0].headers.authorization));
});

test('a redirect to another origin carries no credentials', async (t) => {
  const target = await serve(t, (_, response) => reply(response, 200, {}));
  const base = await serve(t, ({ url }, response) => {
    const location = url === '/out' ? `${target.url}/in` : '/stay';
    if (url === '/stay') reply(response, 200, {});
    else reply(response, 307, {}, { location });
  });
  // Allowed or not: it was not the program that chose to go there.
  for (const options of [{}, { allowedOrigins: [target.url] }]) {
    const auth = create(base.url, options);
    for (const init of [undefined, { headers: new Headers({ 'X-Mine': 'kept' }) }]) {
      await (await auth.fetch('/out', init)).text();
      const { headers, url } = target.requests.pop();
      assert.equal(url, '/in');
      assert.equal(headers.authorization, undefined);
    }
  }
  const response = await create(base.url).fetch('/within');
  assert.equal(response.redirected, true);
  assert.ok(claimsOf(base.requests.at(-1).headers.authorization));
});

test('redirects are followed as the platform follows them', async (t) => {
  const { url, requests } = await serve(t, ({ url }, response) => {
    const [, status, hops] = url.split('/');
    if (hops === '0') return reply(response, 200, {});
    const headers = hops === 'none' ? {} : { location: `/${status}/${hops - 1}` };
    return reply(response, Number(status), {}, headers);
  });
  const auth = create(url);
  const outcome = async (fetch, path, init) => {
    requests.length = 0;
    try {
      const response = await fetch(url + path, init());
      await response.text();
      const { method, body, headers } = requests.at(-1);
      const { status, redirected } = response;
      const type = headers['content-type'];
      const length = requests.length;
      return { status, redirected, url: response.url, method, body, type, length };
    } catch (error) {
      return { error: error.name, length: requests.length };
    }
  };
  const text = { body: 'text', headers: { 'Content-Type': 'text/x-test' } };
  for (const status of [301, 302, 303, 304, 307, 308]) {
    for (const init of [
      () => undefined,
      () => ({ method: 'HEAD' }),
      () => ({ method: 'POST', ...text }),
      () => ({ method: 'PUT', ...text }),
      () => ({ redirect: 'manual' }),
      () => ({ redirect: 'error' }),
      () => ({ method: 'POST', body: new Blob(['x']).stream(), duplex: 'half' }),
    ]) {
      for (const hops of ['1', '2', '20', '21', 'none']) {
        const path = `/${status}/${hops}`;
        const expected = await outcome(fetch, path, init);
        assert.deepEqual(await outcome(auth.fetch, path, init), expected, path);
      }
    }
  }
  const request = () => new Request(`${url}/307/1`, { method: 'DELETE' });
  const { url: astray } = await serve(t, (_, response) =>
    reply(response, 302, '', { location: 'data:text/plain,x' }),
  );
  for (const fetcher of [fetch, create(astray).fetch]) {
    await assert.rejects(fetcher(`${astray}/x`), TypeError);
  }
  await (await auth.fetch(request())).text();
  assert.equal(requests.at(-1).method, 'DELETE');
});

test('a clock a day off costs one extra request, once', async (t) => {
  for (const aheadSec of [DAY, -DAY, 7, -7, 2000, 20 * 365 * DAY]) {
    const { url, requests } = await serveKling(t, { aheadSec });
    const auth = create(url);
    const isRefused = aheadSec < -5 || aheadSec >= 1800;
    for (let i = 0; i < 3; i++) {
      const response = await auth.fetch('/v1/videos', json({ i }));
      assert.equal(response.status, 200, `${aheadSec}`);
      assert.equal((await response.json()).code, 0);
      assert.equal(requests.at(-1).body, JSON.stringify({ i }));
    }
    assert.equal(requests.length, isRefused ? 4 : 3);
    // Dated by the server's clock, give or take the second that passes.
    const { nbf, exp } = claimsOf(requests.at(-1).headers.authorization);
    const off = nbf + 5 - (Math.floor(Date.now() / 1000) + (isRefused ? aheadSec : 0));
    assert.ok(Math.abs(off) <= 2, `${aheadSec}: ${off}`);
    assert.equal(exp - nbf, 1805);
    if (isRefused) assert.ok(Math.abs(auth.clockSkewSec - aheadSec) <= 1);
    else assert.equal(auth.clockSkewSec, 0);
  }
});

test('a hundred callers with a wrong clock are all served', async (t) => {
  const { url, requests } = await serveKling(t, { aheadSec: DAY });
  const auth = create(url);
  const responses = await Promise.all(Array.from({ length: 100 }, () => auth.fetch('/v1/videos')));
  for (const response of responses) assert.equal((await response.json()).code, 0);
  assert.ok(requests.length <= 200);
});

test('bodies that can be sent again are', async (t) => {
  const form = new FormData();
  form.set('name', 'text');
  const bytes = Buffer.from('text');
  for (const body of [
    'text',
    bytes,
    new Uint8Array(bytes),
    new DataView(new Uint8Array(bytes).buffer),
    new Uint8Array(bytes).buffer,
    new Blob(['text']),
    new URLSearchParams({ name: 'text' }),
    form,
    undefined,
  ]) {
    const { url, requests } = await serveKling(t, { aheadSec: -DAY });
    const response = await create(url).fetch('/x', { method: body ? 'POST' : 'GET', body });
    assert.equal(response.status, 200);
    const [first, second] = requests.map(({ body }) => body.replace(/formdata-\S+/g, ''));
    assert.equal(first, second);
    assert.ok(body === undefined || second.includes('text'));
  }
});

test('a body that is gone is not sent again, but the next request is right', async (t) => {
  for (const request of [
    (url) => [url, { method: 'POST', body: new Blob(['once']).stream(), duplex: 'half' }],
    (url) => [new Request(url, { method: 'POST', body: 'once' })],
    (url) => [
      url,
      {
        method: 'POST',
        body: (async function* () {
          yield Buffer.from('once');
        })(),
        duplex: 'half',
      },
    ],
  ]) {
    const { url, requests } = await serveKling(t, { aheadSec: -DAY });
    const auth = create(url);
    const response = await auth.fetch(...request(url));
    assert.deepEqual([response.status, (await response.json()).code], [401, 1003]);
    assert.deepEqual(
      requests.map(({ body }) => body),
      ['once'],
    );
    assert.equal((await auth.fetch(...request(url))).status, 200);
    assert.equal(requests.length, 2);
  }
});

test('every other reply is handed through as it is', async (t) => {
  for (const [status, code] of [
    [200, 0],
    [200, 1003],
    [400, 1201],
    [401, 1000],
    [401, 1001],
    [401, 1002],
    [403, 1103],
    [403, 1004],
    [404, 1203],
    [429, 1302],
    [500, 5000],
    [503, 5001],
  ]) {
    const body = { code, message: 'its text', request_id: 'r-1' };
    const { url, requests } = await serve(t, (_, response) => reply(response, status, body));
    // A token signed anew would be another one.
    let now = Date.now();
    const auth = create(url, { now: () => (now += 1000) });
    const response = await auth.fetch('/x');
    assert.equal(response.status, status);
    assert.equal(response.url, `${url}/x`);
    assert.deepEqual(await response.json(), body);
    assert.equal(requests.length, 1, `${status} ${code}`);
  }
});

test('a 401 of whatever kind reaches the caller whole', async (t) => {
  const noise = Buffer.alloc(10 << 20, '<html>');
  const { url, requests } = await serve(t, ({ url }, response) => {
    const half = noise.subarray(0, noise.length >> 1);
    if (url === '/whole') response.writeHead(401, { 'content-length': noise.length }).end(noise);
    if (url === '/chunked') response.writeHead(401).end(noise.subarray(0, 1e6));
    if (url === '/half') {
      response.writeHead(401, { 'content-length': noise.length });
      response.write(half, () => response.destroy());
    }
    if (url === '/none') response.writeHead(401).end();
    if (url === '/quarter') {
      response.writeHead(401);
      response.write(half.subarray(0, 1000), () => response.destroy());
    }
  });
  const auth = create(url);
  for (const [path, size] of [
    ['/whole', noise.length],
    ['/chunked', 1e6],
    ['/none', 0],
  ]) {
    const response = await auth.fetch(path);
    assert.equal((await response.arrayBuffer()).byteLength, size);
  }
  for (const path of ['/half', '/quarter']) {
    const response = await auth.fetch(path);
    assert.equal(response.status, 401);
    await assert.rejects(response.text(), TypeError);
  }
  assert.equal(requests.length, 5);
});

test('a server that always complains about the clock is asked twice, and poisons nothing', async (t) => {
  for (const code of [1003, 1004]) {
    for (const date of [
      null,
      'rubbish',
      'Thu, 01 Jan 1970 00:00:00 GMT',
      'Fri, 31 Dec 9999 23:59:59 GMT',
      new Date().toUTCString(),
      new Date(Date.now() + DAY * 1000).toUTCString(),
      new Date(Date.now() - DAY * 1000).toUTCString(),
    ]) {
      let isSane = false;
      const { url, requests } = await serve(t, ({ headers }, response) => {
        if (isSane) {
          const fair = judge(headers.authorization, Date.now() / 1000);
          return reply(response, fair === 0 ? 200 : 401, { code: fair });
        }
        response.sendDate = false;
        return reply(response, 401, { code }, date === null ? {} : { date });
      });
      const auth = create(url);
      for (let i = 0; i < 2; i++) {
        const response = await auth.fetch('/x');
        assert.deepEqual([response.status, await response.json()], [401, { code }]);
      }
      assert.ok(requests.length <= 4, `${code} ${date}`);
      // The lie is over.
      isSane = true;
      assert.equal((await auth.fetch('/x')).status, 200, `${code} ${date}`);
      const { nbf } = claimsOf(requests.at(-1).headers.authorization);
      assert.ok(Math.abs(nbf + 5 - Date.now() / 1000) <= 3, `${code} ${date}`);
    }
  }
});

test('without a Date a new token is tried, if it is another one', async (t) => {
  for (const [stepMs, count] of [
    [0, 1],
    [1000, 2],
  ]) {
    const { url, requests } = await serve(t, (_, response) => {
      response.sendDate = false;
      reply(response, 401, { code: 1004 });
    });
    let now = Date.now();
    const auth = create(url, { now: () => (now += stepMs) });
    const response = await auth.fetch('/x');
    assert.deepEqual(await response.json(), { code: 1004 });
    assert.equal(requests.length, count);
  }
});

test('a reply out of a cache says nothing about the clock', async (t) => {
  const { url } = await serveKling(t, { aheadSec: DAY, headers: { age: '0' } });
  const auth = create(url);
  assert.equal((await auth.fetch('/x')).status, 401);
  assert.equal(auth.clockSkewSec, 0);
});

test('a reply that took more than 15 s says nothing about the clock', async (t) => {
  const { url } = await serveKling(t, { aheadSec: DAY });
  let now = Date.now();
  const auth = create(url, { now: () => (now += 15_001) });
  assert.equal((await auth.fetch('/x')).status, 401);
  assert.equal(auth.clockSkewSec, 0);
});

test('with correctClock: false a difference is measured and not made up for', async (t) => {
  const { url, requests } = await serveKling(t, { aheadSec: -DAY });
  const auth = create(url, { correctClock: false });
  const response = await auth.fetch('/x');
  assert.deepEqual([response.status, (await response.json()).code], [401, 1003]);
  assert.ok(requests.length <= 2);
  assert.ok(Math.abs(auth.clockSkewSec + DAY) <= 1);
  const { nbf } = claimsOf(requests.at(-1).headers.authorization);
  assert.ok(Math.abs(nbf + 5 - Date.now() / 1000) <= 2);
});

test('the corrected clock decides about staleness too', async (t) => {
  const { url } = await serveKling(t, { aheadSec: DAY });
  const auth = create(url);
  await auth.fetch('/x');
  const { token } = auth;
  assert.equal(auth.token, token);
  assert.ok(Math.abs(auth.expiresAt.getTime() / 1000 - Date.now() / 1000 - DAY - 1800) <= 2);
  assert.notEqual(auth.refresh(), undefined);
  assert.ok(Math.abs(auth.expiresAt.getTime() / 1000 - Date.now() / 1000 - DAY - 1800) <= 2);
});

test('another fetch can be put in its place', async (t) => {
  const calls = [];
  const own = async (...args) => {
    calls.push(args);
    return new Response('{"code":0}');
  };
  const init = { method: 'POST', body: 'x', headers: { 'X-Mine': 'kept' }, cache: 'no-store' };
  const auth = create('https://kling.example/v1', { fetch: own });
  assert.deepEqual(await (await auth.fetch('videos', init)).json(), { code: 0 });
  const [[url, seen]] = calls;
  assert.equal(url, 'https://kling.example/v1/videos');
  assert.deepEqual(
    { ...seen, headers: { ...seen.headers, Authorization: 'token' } },
    { ...init, redirect: 'manual', headers: { 'X-Mine': 'kept', Authorization: 'token' } },
  );
  assert.ok(claimsOf(seen.headers.Authorization));
  // Without the option it is the platform's, looked up late.
  const platform = globalThis.fetch;
  t.after(() => {
    globalThis.fetch = platform;
  });
  const late = create('https://kling.example');
  late.fetch;
  globalThis.fetch = own;
  await late.fetch('/x');
  assert.equal(calls.length, 2);
});

test('what fetch is called with inherits nothing that somebody has put on the root of all objects', async () => {
  const seen = [];
  const own = async (url, init) => {
    seen.push([String(url), init.method, init.body, init.signal, init.redirect]);
    const location = seen.length % 2 ? { Location: '/y' } : undefined;
    return new Response(null, { status: location ? 307 : 200, headers: location });
  };
  const auth = create('https://kling.example', { fetch: own });
  await (await auth.fetch('/x')).text();
  seen.length = 0;
  const names = ['method', 'body', 'signal', 'redirect', 'request', 'duplex'];
  for (const name of names)
    Object.defineProperty(Object.prototype, name, {
      __proto__: null,
      value: 5,
      configurable: true,
    });
  let outcome;
  try {
    outcome = await auth.fetch('/x').catch((error) => error);
  } finally {
    for (const name of names) delete Object.prototype[name];
  }
  assert.equal(outcome.status, 200);
  assert.deepEqual(seen, [
    ['https://kling.example/x', undefined, undefined, undefined, 'manual'],
    ['https://kling.example/y', undefined, undefined, undefined, 'manual'],
  ]);
});

test('what is no path, URL or Request is refused', async () => {
  const auth = create('https://kling.example', { fetch: async () => new Response() });
  const kinds = [
    [undefined, 'undefined'],
    [null, 'null'],
    [5, 'a number'],
    [false, 'a boolean'],
    [() => '/x', 'a function'],
    [['/x'], 'an array'],
    [{}, 'an object'],
    [Object.create(null), 'an object'],
    [Promise.resolve('/x'), 'an object'],
    [new Date(0), 'an object'],
    [/x/, 'an object'],
    [new Error('/x'), 'an object'],
    [Buffer.from('/x'), 'an object'],
  ];
  // The URL of Node.js 18 has no private parts, and can be read through a proxy.
  const proxied = new Proxy(new URL('https://kling.example'), {});
  const isReadable = await Promise.resolve()
    .then(() => proxied.href)
    .catch(() => undefined);
  if (isReadable === undefined) kinds.push([proxied, 'an object']);
  for (const [input, kind] of kinds) {
    await assert.rejects(auth.fetch(input), {
      name: 'TypeError',
      code: 'KLING_INVALID_ARG_TYPE',
      message: `input must be a path, a URL or a Request, received ${kind}`,
    });
  }
  for (const [input, message] of [
    ['http://', 'input is no URL: give a path such as /v1/videos/text2video, or https://host/path'],
    ['https://u:p@kling.example/x', 'input must not hold a user name or password: leave them out'],
  ]) {
    await assert.rejects(auth.fetch(input), { code: 'KLING_INVALID_URL', message });
  }
  assert.equal((await auth.fetch(new String('/x'))).status, 200);
});

test('it can be passed on by itself', async (t) => {
  const { url, requests } = await serve(t, (_, response) => reply(response, 200, {}));
  const auth = create(url);
  const { fetch } = auth;
  assert.equal(auth.fetch, fetch);
  await (await fetch('/x')).text();
  assert.ok(claimsOf(requests[0].headers.authorization));
});

test('a base URL that credentials cannot go to is refused by the constructor', () => {
  const unencrypted =
    'would send credentials unencrypted: use https (http is for loopback addresses only)';
  const extras =
    'must not hold a user name, password, query or fragment: give scheme, host and path alone';
  for (const [options, code, message] of [
    [
      { baseUrl: 'api.klingai.com' },
      'KLING_INVALID_URL',
      'baseUrl is not an absolute URL: write it as https://host',
    ],
    [{ baseUrl: 'http://api.klingai.com' }, 'KLING_INVALID_URL', `baseUrl ${unencrypted}`],
    [{ baseUrl: 'http://127.evil.example' }, 'KLING_INVALID_URL', `baseUrl ${unencrypted}`],
    [{ baseUrl: 'ws://127.0.0.1' }, 'KLING_INVALID_URL', 'baseUrl must begin with https://'],
    [
      { baseUrl: 'https://user:password@api.klingai.com' },
      'KLING_INVALID_URL',
      `baseUrl ${extras}`,
    ],
    [{ baseUrl: 'https://api.klingai.com/?a' }, 'KLING_INVALID_URL', `baseUrl ${extras}`],
    [{ baseUrl: 5 }, 'KLING_INVALID_ARG_TYPE', 'baseUrl must be a string, received a number'],
    [
      { region: 'us' },
      'KLING_INVALID_ARG_VALUE',
      'region must be "global", "cn" or "legacy", received another string',
    ],
    [
      { region: 'cn', baseUrl: 'https://x' },
      'KLING_CONFLICTING_OPTIONS',
      'baseUrl and region exclude each other: pass one of them',
    ],
    [
      { allowedOrigins: ['http://x.example'] },
      'KLING_INVALID_URL',
      `allowedOrigins[0] ${unencrypted}`,
    ],
    [
      { allowedOrigins: ['https://x', 'https://y/z'] },
      'KLING_INVALID_URL',
      'allowedOrigins[1] must be an origin: give scheme, host and port, without a path',
    ],
    [
      { allowedOrigins: 'https://x' },
      'KLING_INVALID_ARG_TYPE',
      'allowedOrigins must be an array of strings, received a string',
    ],
    [
      { allowedOrigins: [5] },
      'KLING_INVALID_ARG_TYPE',
      'allowedOrigins[0] must be a string, received a number',
    ],
    [
      { correctClock: 1 },
      'KLING_INVALID_ARG_TYPE',
      'correctClock must be a boolean, received a number',
    ],
    [{ fetch: {} }, 'KLING_INVALID_ARG_TYPE', 'fetch must be a function, received an object'],
    [{ baseURL: 'x' }, 'KLING_UNKNOWN_OPTION', 'unknown option "baseURL": did you mean baseUrl?'],
  ]) {
    assert.throws(() => new KlingAuth({ ...PAIR, ...options }), { code, message });
  }
});

test('the base URL comes from the options, the environment, or is the default', async () => {
  const asked = async (options) => {
    let asked;
    const fetch = async (url) => {
      asked = url;
      return new Response();
    };
    await new KlingAuth({ ...PAIR, fetch, env: {}, ...options }).fetch('/x');
    return asked;
  };
  const env = { KLING_API_BASE: 'https://env.example/v1' };
  for (const [options, expected] of [
    [{}, 'https://api-singapore.klingai.com/x'],
    [{ region: 'global' }, 'https://api-singapore.klingai.com/x'],
    [{ region: 'cn' }, 'https://api-beijing.klingai.com/x'],
    [{ region: 'legacy' }, 'https://api.klingai.com/x'],
    [{ region: 'cn', env }, 'https://env.example/v1/x'],
    [{ env }, 'https://env.example/v1/x'],
    [{ env: { KLING_API_BASE: '' } }, 'https://api-singapore.klingai.com/x'],
    [{ env, baseUrl: 'https://own.example' }, 'https://own.example/x'],
    [{ baseUrl: 'https://OWN.example:443' }, 'https://own.example/x'],
  ]) {
    assert.equal(await asked(options), expected);
  }
});

test('a bad KLING_API_BASE fails requests, but no token', async () => {
  const auth = new KlingAuth({ ...PAIR, env: { KLING_API_BASE: 'api.klingai.com/v1' } });
  assert.ok(auth.token);
  const expected = {
    code: 'KLING_INVALID_URL',
    message: 'KLING_API_BASE is not an absolute URL: write it as https://host',
  };
  await assert.rejects(auth.fetch('/x'), expected);
  await assert.rejects(auth.verify(), expected);
});

test('a token loads nothing that only requests need', () => {
  const loaded = runJson(`
    const { KlingAuth } = require('.');
    new KlingAuth({ accessKey: 'ak', secretKey: 'sk', env: {} }).headers;
    const files = Object.keys(require.cache).map((file) => require('node:path').basename(file));
    console.log(JSON.stringify(files));
  `);
  for (const file of ['fetch.js', 'verify.js', 'network.js', 'endpoint.js', 'reply.js']) {
    assert.ok(!loaded.includes(file), file);
  }
  // What is published has it in one file with all that is loaded at once.
  assert.ok(loaded.includes('native.js') || loaded.includes('at-once.js'));
});

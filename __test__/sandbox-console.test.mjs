// What a browser is not needed for: whom the console answers, and that it shows nothing whole that must
// stay concealed. The page itself is tried in scripts/test-console.mjs.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { test } from 'node:test';
import { KlingAuth } from '../index.js';
import { conceal, shortened } from '../lib/sandbox/console/conceal.js';
import { startKlingSandbox } from '../lib/sandbox.js';

async function start(t, options) {
  const sandbox = await startKlingSandbox({ console: true, ...options });
  t.after(() => sandbox.close());
  const { port } = new URL(sandbox.consoleUrl);
  /** By node:http, which lets a test say what it likes in `Host` and `Origin`. */
  const ask = async (path, { method = 'GET', headers = {}, body } = {}) => {
    const request = http.request({ host: '127.0.0.1', port, path, method, headers }).end(body);
    const [response] = await once(request, 'response');
    let text = '';
    for await (const chunk of response.setEncoding('utf8')) text += chunk;
    return { status: response.statusCode, headers: response.headers, text };
  };
  const own = { origin: sandbox.consoleUrl, 'content-type': 'application/json' };
  const act = (order, headers = own) =>
    ask('/do', { method: 'POST', headers, body: JSON.stringify(order) });
  /** The news that a page gets which is opened now. */
  const news = async () => {
    const request = http.get(`${sandbox.consoleUrl}/events`);
    const [response] = await once(request, 'response');
    let text = '';
    for await (const chunk of response.setEncoding('utf8')) {
      text += chunk;
      const found = /^event: news\ndata: (.*)\n$/m.exec(text);
      if (found) {
        request.destroy();
        return JSON.parse(found[1]);
      }
    }
  };
  return { sandbox, ask, act, own, news, port };
}

test('there is none unless it is asked for, and it goes with the sandbox', async () => {
  const without = await startKlingSandbox();
  assert.equal(without.consoleUrl, undefined);
  await without.close();
  const sandbox = await startKlingSandbox({ console: true });
  assert.match(sandbox.consoleUrl, /^http:\/\/127\.0\.0\.1:\d+$/);
  assert.equal((await fetch(sandbox.consoleUrl)).status, 200);
  const events = await fetch(`${sandbox.consoleUrl}/events`);
  await sandbox.close();
  await assert.rejects(events.text());
  await assert.rejects(fetch(sandbox.consoleUrl));
});

test('it listens on the loopback interface alone', async (t) => {
  const { port } = await start(t);
  if (process.platform !== 'linux') return;
  const socket = net.connect(port, '127.0.0.2');
  const [error] = await once(socket, 'error');
  assert.equal(error.code, 'ECONNREFUSED');
});

test('a name that leads here is not its own: DNS rebinding', async (t) => {
  const { ask, port } = await start(t);
  const refused = { error: 'the console answers under its own address only' };
  for (const host of [
    'evil.example',
    `evil.example:${port}`,
    '127.0.0.1',
    `127.0.0.1.evil.example:${port}`,
    `127.0.0.1:${port}.evil.example`,
    `0.0.0.0:${port}`,
  ]) {
    for (const path of ['/', '/page.js', '/events', '/request?n=1', '/do']) {
      const { status, text } = await ask(path, { headers: { host } });
      assert.deepEqual([status, JSON.parse(text)], [403, refused], `${host} ${path}`);
    }
  }
  for (const host of [`127.0.0.1:${port}`, `localhost:${port}`]) {
    assert.equal((await ask('/', { headers: { host } })).status, 200);
  }
});

test('a page of another origin can neither give orders nor read', async (t) => {
  const { sandbox, ask, act, own, port } = await start(t);
  const json = { 'content-type': 'application/json' };
  for (const [name, headers] of [
    ['no origin', json],
    ['another origin', { ...own, origin: 'https://evil.example' }],
    ['the API’s origin', { ...own, origin: sandbox.url }],
    ['null', { ...own, origin: 'null' }],
    ['another name of its own', { ...own, origin: `http://localhost:${port}` }],
    ['https', { ...own, origin: `https://127.0.0.1:${port}` }],
    ['a browser that knows better', { ...own, 'sec-fetch-site': 'cross-site' }],
    ['another port of this machine', { ...own, 'sec-fetch-site': 'same-site' }],
    ['a form', { ...own, 'content-type': 'text/plain' }],
    ['a form of its own', { ...own, 'content-type': 'application/x-www-form-urlencoded' }],
  ]) {
    assert.equal((await act({ do: 'revoke' }, headers)).status, 403, name);
  }
  assert.notEqual(sandbox.apiKey, undefined, 'nothing was revoked');
  for (const path of ['/events', '/request?n=1', '/page.js']) {
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' },
      { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors' },
    ]) {
      const { status, headers: given } = await ask(path, { headers });
      assert.equal(status, 403, `${path} ${JSON.stringify(headers)}`);
      assert.equal(given['access-control-allow-origin'], undefined);
    }
  }
  // A preflight is not answered with leave.
  const preflight = await ask('/do', {
    method: 'OPTIONS',
    headers: { origin: 'https://evil.example' },
  });
  assert.equal(preflight.status, 403);
  assert.equal((await act({ do: 'revoke' })).status, 200);
  assert.equal(sandbox.apiKey, undefined);
});

test('its policy allows nothing inline and nothing from elsewhere, and its files need nothing else', async (t) => {
  const { ask } = await start(t);
  const { headers, text } = await ask('/');
  const policy = headers['content-security-policy'];
  assert.match(
    policy,
    /^default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';/,
  );
  assert.match(policy, /frame-ancestors 'none'/);
  assert.doesNotMatch(policy, /unsafe|\*|https?:/);
  assert.deepEqual(
    [
      headers['x-content-type-options'],
      headers['x-frame-options'],
      headers['referrer-policy'],
      headers['cache-control'],
    ],
    ['nosniff', 'DENY', 'no-referrer', 'no-store'],
  );
  assert.doesNotMatch(text, /<script>|<style|style=|\son\w+=|https?:/);
  const script = (await ask('/page.js')).text;
  assert.doesNotMatch(
    script,
    /innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function|setAttribute\('style'/,
  );
  assert.doesNotMatch((await ask('/style.css')).text, /url\(|@import/);
  assert.equal((await ask('/../../package.json')).status, 404);
  assert.equal((await ask('/', { method: 'PUT' })).status, 405);
});

test('no credential, no Authorization and no signature is given out whole', async (t) => {
  const accessKey = 'AKsandbox0123456789abcdef01234567';
  const secretKey = 'sk-"quoted"/0123456789abcdef';
  const apiKey = `api-key-kling-${'aB3-_'.repeat(8)}xyz`;
  const { sandbox, ask, act, news } = await start(t, { accessKey, secretKey, apiKey });
  const receiver = http.createServer((_, res) => res.end()).listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  t.after(() => receiver.close());
  const { token } = new KlingAuth({ env: sandbox.envFor('pair') });
  const hidden = [
    accessKey,
    secretKey,
    JSON.stringify(secretKey).slice(1, -1),
    encodeURIComponent(secretKey),
    apiKey,
    token,
    sandbox.webhookSecret,
  ];
  const send = (authorization, { path = '/v1/videos/text2video', body, headers } = {}) =>
    fetch(sandbox.url + path, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { ...headers, ...(authorization && { authorization }) },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
  const foreign = [
    'Basic QUtwYWlyOnNlY3JldC1vZi1zb21lYm9keQ==',
    'Bearer sk-somebody-elses-key-0123456789',
    'a-key-without-a-scheme-0123456789',
    `Bearer ${token.slice(0, -1)}A`,
    'Bearer short',
  ];
  for (const authorization of [`Bearer ${token}`, `Bearer ${apiKey}`, ...foreign]) {
    const value = authorization.replace(/^\w+ /, '');
    hidden.push(...(value === 'short' ? [authorization] : [authorization, value]));
    // The same in every other place where it can stand.
    const body = {
      prompt: value,
      external_task_id: `id-${value}`,
      callback_url: `http://127.0.0.1:${receiver.address().port}/${encodeURIComponent(value)}`,
    };
    await send(authorization, { body });
    await send(authorization, {
      path: `/v1/videos/text2video/${encodeURIComponent(value)}?k=${encodeURIComponent(value)}`,
    });
    await send(authorization, {
      headers: { 'x-api-key': value, 'proxy-authorization': authorization },
    });
  }
  // Without an Authorization, elsewhere.
  await send(undefined, {
    body: { accessKey, secretKey, apiKey, token, secret: sandbox.webhookSecret },
    headers: { 'x-token': token, 'x-key': apiKey },
  });
  await send(undefined, { body: `${secretKey} ${token} ${apiKey}` });
  while (sandbox.callbacks.length < 3) await new Promise(setImmediate);
  for (const how of ['again', 'twice', 'forged', 'late']) {
    await sandbox.resendCallback(sandbox.callbacks[0].id, how);
  }
  await act({ do: 'rotate' });
  await act({ do: 'rotateWebhook' });
  hidden.push(
    ...Object.values(sandbox.envFor('both')).filter((value) => !value.startsWith('http')),
  );

  const shown = [];
  const first = await news();
  shown.push(JSON.stringify(first));
  for (const { n } of first.requests) shown.push((await ask(`/request?n=${n}`)).text);
  for (const path of ['/', '/page.js', '/style.css']) shown.push((await ask(path)).text);
  const all = shown.join('\n');
  assert.ok(first.requests.length > 20 && first.callbacks.length > 5);
  for (const value of hidden) assert.ok(!all.includes(value), `${value} is shown`);
  assert.match(all, /v1,.{4}…/);
  assert.doesNotMatch(all, /v1,[\w+/]{20}/);
  // Other headers as they are.
  assert.match(all, /"accept-encoding"/);
});

test('what is concealed can still be told apart', () => {
  const key = `api-key-kling-${'x'.repeat(39)}1234`;
  for (const [text, secrets, expected] of [
    [`a ${key} b`, [], 'a api-key-kling-xxxx…1234 b'],
    ['api-key-kling-xxxxx', [], 'api-key-kling-xxxxx'],
    ['eyJhbGciOi.eyJpc3Mi.c2lnbmF0dXJl', [], '[token …dXJl]'],
    ['whsec_dGVzdHNlY3JldA==', [], '[webhook secret]'],
    ['v1,UsKlJP00XoQyOn410NM9xv34 v1,b', [], 'v1,UsKl… v1,b'],
    [
      'my-secret-is-long-enough and my-secret',
      ['my-secret', 'my-secret-is-long-enough'],
      'my-s…ough and …',
    ],
    ['abc', ['abc'], 'abc'],
    ['nothing to see', ['secret'], 'nothing to see'],
  ]) {
    assert.equal(conceal(text, secrets), expected);
  }
  assert.equal(shortened('0123456789abcdef'), '0123…cdef');
  assert.equal(shortened('0123456789abcde'), '…');
});

test('controls do what the sandbox can do, and bad orders are refused in a sentence', async (t) => {
  const { sandbox, act, ask, own, news } = await start(t);
  for (const [order, error] of [
    [{}, 'there is no such control'],
    [[], 'there is no such control'],
    [{ do: 'constructor' }, 'there is no such control'],
    [{ do: 'fault', what: 'nothing' }, 'there is no such fault'],
    [
      { do: 'fault', what: 'code', code: 1999 },
      "fault.code must be a code of Kling's table, or be given with a status, received 1999",
    ],
    [
      { do: 'fault', what: 'code', code: 1302, times: 0 },
      'fault.times must be a whole number of at least 1, received 0',
    ],
    [{ do: 'fault', what: 'delay', delayMs: '1' }, 'delayMs must be a number, received a string'],
    [{ do: 'rotate', keepPrevious: 'yes' }, 'keepPrevious must be a boolean, received a string'],
    [{ do: 'failTask', id: 'nobody' }, 'the task has ended already'],
    [{ do: 'resend', id: 'nobody', how: 'again' }, 'the callback is no longer kept'],
    [
      { do: 'resend', id: '1', how: 'never' },
      'how must be "again", "twice", "forged" or "late", received a string',
    ],
  ]) {
    const { status, text } = await act(order);
    assert.deepEqual([status, JSON.parse(text)], [400, { error }], JSON.stringify(order));
  }
  assert.deepEqual(JSON.parse((await act({ do: 'skew' })).text), {
    error: 'clockSkewSec must be a finite number of seconds, received undefined',
  });
  const post = (body) => ask('/do', { method: 'POST', headers: own, body });
  assert.equal((await post('{')).status, 400);
  assert.equal((await post(JSON.stringify('x'.repeat(20_000)))).status, 413);
  await act({ do: 'skew', sec: 90 });
  assert.equal(sandbox.clockSkewSec, 90);
  await act({ do: 'fault', what: 'code', code: 1302, times: 3 });
  const { state } = await news();
  assert.deepEqual([state.skew, state.faults], [90, 3]);
});

test('replaced credentials are told to onRotate, by whatever they were replaced', async (t) => {
  let told = 0;
  const { sandbox, act } = await start(t, { onRotate: () => told++ });
  const before = sandbox.apiKey;
  const reply = await act({ do: 'rotate' });
  assert.equal(reply.text, '{}', 'they are not in the reply');
  assert.notEqual(sandbox.apiKey, before);
  await act({ do: 'rotateWebhook', emergency: true });
  sandbox.rotate();
  sandbox.rotateWebhookSecret();
  assert.equal(told, 4);
});

test('the latest 500 requests are kept, and an old one says so', async (t) => {
  const { sandbox, ask, news } = await start(t);
  for (let i = 0; i < 510; i++) await fetch(`${sandbox.url}/v1/videos/text2video?n=${i}`);
  const { requests, totals } = await news();
  assert.deepEqual([requests.length, requests[0].n, totals.requests], [500, 510, 510]);
  const { status, text } = await ask('/request?n=1');
  assert.deepEqual([status, JSON.parse(text)], [404, { error: 'this request is no longer kept' }]);
});

test('a page that does not read holds nothing up', async (t) => {
  const { sandbox, port } = await start(t);
  const silent = net.connect(port, '127.0.0.1');
  silent.write(`GET /events HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
  silent.pause();
  t.after(() => silent.destroy());
  const body = JSON.stringify({ prompt: 'x', junk: 'x'.repeat(100_000) });
  for (let i = 0; i < 50; i++) {
    const path = `/v1/videos/text2video?${'y'.repeat(4000)}`;
    await (await fetch(sandbox.url + path, { method: 'POST', body })).text();
  }
  assert.equal(sandbox.requests.length, 50);
});

test('a console port that is taken is an error, and leaves nothing open', async (t) => {
  const { port } = await start(t);
  await assert.rejects(startKlingSandbox({ console: true, consolePort: Number(port) }), {
    code: 'EADDRINUSE',
  });
  await assert.rejects(startKlingSandbox({ consolePort: 70_000 }), {
    code: 'KLING_OUT_OF_RANGE',
    message: 'consolePort must be a whole number from 0 to 65535, received 70000',
  });
});

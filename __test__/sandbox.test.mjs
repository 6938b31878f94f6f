import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHmac, webcrypto } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { jwtVerify } from 'jose';
import jsonwebtoken from 'jsonwebtoken';
import { explainKlingReply, KlingAuth } from '../index.js';
import { startKlingSandbox } from '../lib/sandbox.js';

// jose expects the global that Node 20 introduced.
globalThis.crypto ??= webcrypto;

const NOW = 1_700_000_000_000;
const NOW_SEC = NOW / 1000;
const PAIR = { accessKey: 'AKtest0123456789', secretKey: 'sk-test-0123456789abcdef' };
const API_KEY = 'api-key-kling-0123456789';
const COSTS = '/account/costs?start_time=0&end_time=1';
const LIST = '/v1/videos/text2video?pageNum=1&pageSize=1';

/** A sandbox with a clock that stands still until `clock.now` is set. */
async function start(t, options) {
  const clock = { now: NOW };
  const sandbox = await startKlingSandbox({
    ...PAIR,
    apiKey: API_KEY,
    now: () => clock.now,
    ...options,
  });
  t.after(() => sandbox.close());
  const call = async (path, { authorization = `Bearer ${API_KEY}`, method, json } = {}) => {
    const response = await fetch(sandbox.url + path, {
      method: method ?? (json === undefined ? 'GET' : 'POST'),
      headers: authorization === null ? {} : { authorization },
      ...(json !== undefined && { body: JSON.stringify(json) }),
    });
    const body = await response.json();
    return { status: response.status, headers: response.headers, body, ...body };
  };
  return { sandbox, clock, call };
}

/** Signed by an implementation that shares no code with the sandbox's. */
function sign(claims, secret = PAIR.secretKey, header = {}) {
  const { nbf, ...rest } = {
    iss: PAIR.accessKey,
    exp: NOW_SEC + 1800,
    nbf: NOW_SEC - 5,
    ...claims,
  };
  const payload = nbf === undefined ? rest : { ...rest, nbf };
  const options = { algorithm: 'HS256', noTimestamp: true, header };
  return `Bearer ${jsonwebtoken.sign(payload, secret, options)}`;
}

const AK_SK =
  'Authentication error. The current API does not support AK/SK; please go to the console (https://kling.ai/dev/api-key) to create API key.';
const [GOOD, EMPTY, INVALID, EARLY, LATE] = [
  [200, 0, 'SUCCEED'],
  [401, 1001, 'Authorization is empty'],
  [401, 1002, 'Authorization is invalid'],
  [401, 1003, 'Authorization is not yet valid'],
  [401, 1004, 'Authorization has expired'],
];
const UNKNOWN_KEY = [401, 1002, 'api key not found'];
const noToken = (got) => [401, 1002, `The token was expected to have 3 parts, but got ${got}`];

test('the bearer is judged as the contract says', async (t) => {
  const { call } = await start(t);
  const unsigned = `Bearer ${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(JSON.stringify({ iss: PAIR.accessKey, exp: NOW_SEC + 60 })).toString('base64url')}.`;
  const table = [
    ['no header', null, EMPTY],
    ['an empty header', '', EMPTY],
    ['a token', sign(), GOOD],
    ['a token with iat', sign({ iat: NOW_SEC }), GOOD],
    ['an API Key', `Bearer ${API_KEY}`, GOOD],
    ['another API Key', `Bearer ${API_KEY}0`, UNKNOWN_KEY],
    ['no scheme', sign().slice('Bearer '.length), INVALID],
    ['a scheme in small letters', sign().replace('Bearer', 'bearer'), INVALID],
    ['two spaces', sign().replace(' ', '  '), INVALID],
    ['another scheme', 'Basic QUtpbmc6c2s=', INVALID],
    ['the secret key itself', `Bearer ${PAIR.secretKey}`, noToken('0')],
    ['half a token', 'Bearer a.b', noToken('2')],
    ['more than a token', 'Bearer a.b.c.d', noToken('> 3')],
    ['another secret', sign({}, 'sk-other'), INVALID],
    ['another access key', sign({ iss: 'AKother' }), INVALID],
    ['HS512', sign({}, PAIR.secretKey, { alg: 'HS512' }), INVALID],
    ['no signature', unsigned, INVALID],
    ['too early', sign({ nbf: NOW_SEC + 1 }), EARLY],
    ['expired', sign({ exp: NOW_SEC }), LATE],
    ['another secret, expired', sign({ exp: NOW_SEC }, 'sk-other'), INVALID],
    ['the longest lifetime', sign({ exp: NOW_SEC + 1800, nbf: NOW_SEC }), GOOD],
    ['too long a lifetime', sign({ exp: NOW_SEC + 1806, nbf: NOW_SEC - 5 }), INVALID],
    ['too long a lifetime, no nbf', sign({ exp: NOW_SEC + 1806, nbf: undefined }), INVALID],
    ['a clock 3 s ahead', sign({ exp: NOW_SEC + 1803, nbf: NOW_SEC - 2 }), GOOD],
    ['a clock 3 s ahead, no nbf', sign({ exp: NOW_SEC + 1803, nbf: undefined }), GOOD],
    ['a clock 5 s ahead', sign({ exp: NOW_SEC + 1805, nbf: NOW_SEC }), GOOD],
    ['a clock 6 s ahead', sign({ exp: NOW_SEC + 1806, nbf: NOW_SEC + 1 }), EARLY],
    ['dated back by 300 s', sign({ nbf: NOW_SEC - 300 }), GOOD],
  ];
  for (const path of [COSTS, LIST]) {
    for (const [name, authorization, expected] of table) {
      const { status, code, message } = await call(path, { authorization });
      assert.deepEqual([status, code, message], expected, `${name}, ${path}`);
    }
  }
  for (const [name, authorization, [, code]] of table) {
    const reply = await call('/text-to-video/kling-3.0-turbo', {
      authorization,
      json: { prompt: 'a paper boat' },
    });
    const byKey = { 'an API Key': GOOD, 'another API Key': UNKNOWN_KEY };
    assert.deepEqual(
      [reply.status, reply.code, reply.message],
      byKey[name] ?? [401, 1002, AK_SK],
      `${name} (${code}) on a newer endpoint`,
    );
  }
});

test('jsonwebtoken and jose come to the same verdict on tokens of many kinds', async (t) => {
  const { call, clock } = await start(t);
  const secret = new TextEncoder().encode(PAIR.secretKey);
  let accepted = 0;
  let refused = 0;
  for (const exp of [-1, 0, 1, 600, 1800]) {
    for (const nbf of [-300, -5, 0, 1, 900, undefined]) {
      for (const key of [PAIR.secretKey, 'sk-other']) {
        for (const iss of [PAIR.accessKey, 'AKother']) {
          const claims = { iss, exp: NOW_SEC + exp, nbf: nbf === undefined ? nbf : NOW_SEC + nbf };
          const authorization = sign(claims, key);
          const token = authorization.slice('Bearer '.length);
          const byJsonwebtoken = attempt(() =>
            jsonwebtoken.verify(token, PAIR.secretKey, {
              algorithms: ['HS256'],
              issuer: PAIR.accessKey,
              clockTimestamp: NOW_SEC,
            }),
          );
          const byJose = await jwtVerify(token, secret, {
            algorithms: ['HS256'],
            issuer: PAIR.accessKey,
            currentDate: new Date(clock.now),
          }).then(
            () => true,
            () => false,
          );
          const { code } = await call(LIST, { authorization });
          assert.deepEqual(
            [byJsonwebtoken, byJose, code === 0],
            Array(3).fill(byJose),
            JSON.stringify({ exp, nbf, key, iss }),
          );
          code === 0 ? accepted++ : refused++;
        }
      }
    }
  }
  assert.deepEqual([accepted, refused], [12, 108]);
});

function attempt(verify) {
  try {
    verify();
    return true;
  } catch {
    return false;
  }
}

// The contract's table, row by row.
const ROWS = [
  [1000, 401],
  [1001, 401],
  [1002, 401],
  [1003, 401],
  [1004, 401],
  [1100, 429],
  [1101, 429],
  [1102, 429],
  [1103, 403],
  [1200, 400],
  [1201, 400],
  [1202, 404],
  [1203, 404],
  [1300, 400],
  [1301, 400],
  [1302, 429],
  [1303, 429],
  [1304, 429],
  [5000, 500],
  [5001, 503],
  [5002, 504],
];

const RECORDED = {
  1001: 'Authorization is empty',
  1102: 'Account balance not enough',
  1303: 'parallel task over resource pack limit',
};

test('any row of the table comes on demand, in order, and then all is well', async (t) => {
  const { sandbox, call } = await start(t, { faults: ROWS.map(([code]) => ({ code })) });
  for (const [code, status] of ROWS) {
    const reply = await call(LIST);
    assert.deepEqual([reply.code, reply.status], [code, status]);
    assert.equal(reply.message, RECORDED[code] ?? reply.message);
    assert.match(reply.message, /^\w/);
    assert.match(reply.request_id, /^[0-9a-f-]{36}$/);
    assert.ok(!('data' in reply));
  }
  assert.equal((await call(LIST)).code, 0);
  assert.deepEqual(
    sandbox.requests.map(({ code }) => code),
    [...ROWS.map(([code]) => code), 0],
  );
  assert.equal(new Set(sandbox.requests.map(({ requestId }) => requestId)).size, ROWS.length + 1);
});

test('a fault keeps to its number, its path and its headers', async (t) => {
  const { sandbox, call } = await start(t);
  sandbox.fail(
    { code: 1302, times: 2, path: '/v1/videos', headers: { 'Retry-After': '7' } },
    { code: 5001 },
  );
  assert.equal((await call(COSTS)).code, 5001);
  const limited = await call(LIST);
  assert.deepEqual([limited.code, limited.headers.get('retry-after')], [1302, '7']);
  assert.equal((await call(COSTS)).code, 0);
  assert.equal((await call(LIST)).code, 1302);
  assert.equal((await call(LIST)).code, 0);

  sandbox.fail({ code: 5000, times: Number.POSITIVE_INFINITY });
  for (let i = 0; i < 3; i++) assert.equal((await call(LIST)).code, 5000);
  sandbox.recover();
  assert.equal((await call(LIST)).code, 0);
});

test('a reply may contradict itself or be none of Kling’s', async (t) => {
  const { sandbox, call } = await start(t);
  sandbox.fail({ code: 1102, status: 200, message: 'no more' });
  assert.deepEqual(pick(await call(LIST)), [200, 1102, 'no more']);
  sandbox.fail({ code: 1999, status: 418 });
  assert.deepEqual(pick(await call(LIST)), [418, 1999, '']);

  sandbox.fail({ status: 502, body: '<html>Bad Gateway</html>' }, { status: 503 });
  for (const [status, body] of [
    [502, '<html>Bad Gateway</html>'],
    [503, ''],
  ]) {
    const response = await fetch(sandbox.url + LIST);
    assert.deepEqual([response.status, await response.text()], [status, body]);
    assert.equal(response.headers.get('content-type'), 'text/html');
  }
});

const pick = ({ status, code, message }) => [status, code, message];

test('a reset connection and half a body reach the caller as such', async (t) => {
  const { sandbox, call } = await start(t);
  sandbox.fail({ reset: true });
  const create = { json: { prompt: 'a paper boat' } };
  await assert.rejects(call('/v1/videos/text2video', create), (error) => {
    assert.equal(error.name, 'TypeError');
    assert.equal(error.cause.code, 'ECONNRESET');
    return true;
  });
  // As with Kling, what was asked for has happened all the same.
  assert.equal((await call(LIST)).data.length, 1);

  const { socket, text } = await rawRequest(sandbox.port, LIST, () =>
    sandbox.fail({ truncate: true }),
  );
  assert.equal(socket.destroyed, true);
  const [head, body] = text.split('\r\n\r\n');
  const promised = Number(/content-length: (\d+)/i.exec(head)[1]);
  assert.equal(body.length, Math.floor(promised / 2));
});

async function rawRequest(port, path, before) {
  before();
  const socket = net.connect(port, '127.0.0.1').setEncoding('utf8');
  socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${API_KEY}\r\n\r\n`);
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk;
  });
  await once(socket, 'close');
  return { socket, text };
}

test('a reply is held until a promise is settled', async (t) => {
  const { sandbox, call } = await start(t);
  for (const settle of ['resolve', 'reject']) {
    const gate = {};
    const until = new Promise((resolve, reject) => Object.assign(gate, { resolve, reject }));
    sandbox.fail({ until });
    const held = call(COSTS);
    // Overtaken by a whole request that came after it.
    await new Promise((resolve) => waitFor(() => sandbox.requests.length > 0, resolve));
    assert.equal((await call(LIST)).code, 0);
    assert.equal(await Promise.race([held, Promise.resolve('held')]), 'held');
    gate[settle]();
    assert.equal((await held).code, 0);
  }
});

function waitFor(condition, done) {
  if (condition()) done();
  else setImmediate(waitFor, condition, done);
}

test('a delay is left to a timer of that length that keeps nothing alive', async (t) => {
  const { call } = await start(t, { faults: [{ delayMs: 54_321 }] });
  const original = globalThis.setTimeout;
  t.after(() => {
    globalThis.setTimeout = original;
  });
  let late;
  const fire = await new Promise((resolve) => {
    globalThis.setTimeout = (callback, ms, ...rest) =>
      ms === 54_321 ? { unref: () => resolve(callback) } : original(callback, ms, ...rest);
    late = call(COSTS);
  });
  assert.equal((await call(LIST)).code, 0);
  assert.equal(await Promise.race([late, Promise.resolve('not yet')]), 'not yet');
  fire();
  assert.equal((await late).code, 0);
});

test('its clock shows in Date, in judgement, and may lie', async (t) => {
  const { sandbox, clock, call } = await start(t, { clockSkewSec: 3600 });
  const date = async () => (await call(LIST)).headers.get('date');
  assert.equal(await date(), new Date(NOW + 3_600_000).toUTCString());
  assert.equal((await call(LIST, { authorization: sign() })).code, 1004);
  sandbox.clockSkewSec = -3600;
  assert.equal(await date(), new Date(NOW - 3_600_000).toUTCString());
  assert.equal((await call(LIST, { authorization: sign() })).code, 1003);
  sandbox.clockSkewSec = 0;
  clock.now = NOW + 60_000;
  assert.equal(await date(), new Date(NOW + 60_000).toUTCString());

  sandbox.fail({ date: new Date(0) }, { date: 1e12 }, { withoutDate: true });
  assert.equal(await date(), 'Thu, 01 Jan 1970 00:00:00 GMT');
  assert.equal(await date(), 'Sun, 09 Sep 2001 01:46:40 GMT');
  assert.equal(await date(), null);
  sandbox.fail({ headers: { Date: 'yesterday', Age: '9' } });
  const reply = await call(LIST);
  assert.deepEqual([reply.headers.get('date'), reply.headers.get('age')], ['yesterday', '9']);
});

test('credentials are revoked and rotated while it runs', async (t) => {
  const { sandbox, call } = await start(t);
  const code = async (authorization) => (await call(LIST, { authorization })).code;
  const old = sign();
  sandbox.rotate({ accessKey: 'AKnew', secretKey: 'sk-new', keepPrevious: true });
  const fresh = sign({ iss: 'AKnew' }, 'sk-new');
  assert.deepEqual([await code(old), await code(fresh)], [0, 0]);
  assert.deepEqual(
    [sandbox.accessKey, sandbox.secretKey, sandbox.apiKey],
    ['AKnew', 'sk-new', undefined],
  );
  assert.equal(await code(sign({ exp: NOW_SEC })), 1004);

  sandbox.rotate({ accessKey: 'AKnew', secretKey: 'sk-newer' });
  assert.deepEqual([await code(old), await code(fresh)], [1000, 1000]);
  assert.equal(await code(`Bearer ${API_KEY}`), 1002);
  assert.equal(await code(sign({ iss: 'AKnew' }, 'sk-newer')), 0);
  assert.equal(await code(sign({}, 'sk-other')), 1002);

  const newer = await call('/tasks?task_ids=1');
  assert.deepEqual(pick(newer), UNKNOWN_KEY);

  sandbox.revoke();
  assert.equal(await code(sign({ iss: 'AKnew' }, 'sk-newer')), 1000);
  assert.deepEqual(sandbox.env, {
    KLING_API_BASE: sandbox.url,
    KLING_WEBHOOK_SECRET: sandbox.webhookSecret,
  });
  sandbox.rotate();
  assert.equal(await code(`Bearer ${sandbox.apiKey}`), 0);
  assert.equal(
    await code(`Bearer ${new KlingAuth({ env: sandbox.env, now: () => NOW }).token}`),
    0,
  );
});

test('a legacy task runs through submitted, processing and succeed', async (t) => {
  const { sandbox, clock, call } = await start(t);
  const created = await call('/v1/videos/text2video', {
    json: { prompt: 'a paper boat', external_task_id: 'mine', duration: '10' },
  });
  const id = created.data.task_id;
  assert.match(id, /^\d{18}$/);
  assert.deepEqual(created.body, {
    code: 0,
    message: 'SUCCEED',
    request_id: created.request_id,
    data: {
      task_id: id,
      task_status: 'submitted',
      task_info: { external_task_id: 'mine' },
      created_at: NOW,
      updated_at: NOW,
    },
  });
  // Being listed is no progress.
  for (let i = 0; i < 3; i++) assert.equal((await call(LIST)).data[0].task_status, 'submitted');
  clock.now = NOW + 1000;
  assert.equal((await call(`/v1/videos/text2video/${id}`)).data.task_status, 'processing');
  clock.now = NOW + 2000;
  const { data } = await call('/v1/videos/text2video/mine');
  const { id: videoId, url } = data.task_result.videos[0];
  assert.match(videoId, /^\d{18}$/);
  assert.notEqual(videoId, id);
  assert.equal((await call(`/v1/videos/image2video/${id}`)).code, 1201);
  assert.deepEqual(data, {
    task_id: id,
    task_status: 'succeed',
    task_status_msg: '',
    task_info: { external_task_id: 'mine' },
    task_result: { videos: [{ id: videoId, url, duration: '10.1' }] },
    created_at: NOW,
    updated_at: NOW + 2000,
  });
  const file = await fetch(url);
  assert.equal(file.headers.get('content-type'), 'video/mp4');
  assert.equal(Buffer.from(await file.arrayBuffer()).toString('latin1', 4, 12), 'ftypisom');
  assert.equal(new URL(url).origin, sandbox.filesUrl);
  assert.notEqual(sandbox.filesUrl, sandbox.url);
});

test('a newer task runs through submitted, processing and succeeded', async (t) => {
  const { call } = await start(t, { taskPolls: 3 });
  const order = {
    prompt: 'a paper boat',
    settings: { duration: 3 },
    options: { external_task_id: 'mine' },
  };
  const created = await call('/text-to-video/kling-3.0-turbo', { json: order });
  const { id } = created.data;
  assert.deepEqual(created.data, {
    id,
    status: 'submitted',
    message: '',
    external_id: 'mine',
    create_time: NOW,
    update_time: NOW,
  });
  const query = async (search) => (await call(`/tasks?${search}`)).data[0];
  assert.equal((await query(`task_ids=${id}`)).status, 'processing');
  const running = await query('external_task_ids=mine');
  assert.deepEqual(
    [running.status, running.outputs, running.billing],
    ['processing', [], undefined],
  );
  const done = await query(`task_ids=${id}`);
  assert.equal(done.status, 'succeeded');
  assert.equal(done.outputs.length, 1);
  assert.deepEqual([done.outputs[0].type, done.outputs[0].duration], ['video', '3.1']);
  assert.notEqual(done.outputs[0].id, id);
  assert.deepEqual(done.billing, [{ charge_type: 'unit', amount: '1', package_type: 'video' }]);
});

test('with a taskSec of 0 the first query finds a task done, though the clock stands', async (t) => {
  const { call } = await start(t, { taskSec: 0 });
  const { data } = await call('/v1/videos/text2video', { json: { prompt: 'a boat' } });
  const found = await call(`/v1/videos/text2video/${data.task_id}`);
  assert.deepEqual([data.task_status, found.data.task_status], ['submitted', 'succeed']);
});

test('with taskSec the clock decides, however often one asks', async (t) => {
  const { clock, call } = await start(t, { taskSec: 100 });
  const { data } = await call('/v1/videos/image2video', { json: { image: 'aGk=' } });
  const status = async (sec) => {
    clock.now = NOW + sec * 1000;
    return (await call(`/v1/videos/image2video/${data.task_id}`)).data.task_status;
  };
  const seen = [];
  for (const sec of [0, 9, 9, 10, 99, 99, 100, 50]) seen.push(await status(sec));
  assert.deepEqual(seen, [
    ...Array(3).fill('submitted'),
    ...Array(3).fill('processing'),
    ...Array(2).fill('succeed'),
  ]);
});

test('requests that Kling would refuse are refused', async (t) => {
  const { call } = await start(t);
  const table = [
    ['DELETE', '/tasks', undefined, 404, 1202, 'The requested method is invalid'],
    ['POST', '/account/costs', {}, 404, 1202, 'The requested method is invalid'],
    [
      'GET',
      '/account/costs',
      undefined,
      400,
      1201,
      'start_time must be milliseconds since the epoch',
    ],
    [
      'GET',
      '/account/costs?start_time=0&end_time=x',
      undefined,
      400,
      1201,
      'end_time must be milliseconds since the epoch',
    ],
    ['GET', '/v1/videos/text2video?pageNum=0', undefined, 400, 1201, 'pageNum must be 1 to 1000'],
    [
      'GET',
      '/v1/videos/text2video?pageSize=501',
      undefined,
      400,
      1201,
      'pageSize must be 1 to 500',
    ],
    [
      'GET',
      '/v1/videos/text2video/123',
      undefined,
      400,
      1201,
      'Task not found by id/external id: 123',
    ],
    ['POST', '/v1/videos/text2video', [], 400, 1200, 'The body must be a JSON object'],
    ['POST', '/v1/videos/text2video', {}, 400, 1201, 'prompt must not be empty'],
    ['POST', '/v1/videos/image2video', {}, 400, 1201, 'image must not be empty'],
    ['POST', '/text-to-video/kling-3.0', 'x', 400, 1200, 'The body must be a JSON object'],
    ['POST', '/text-to-video/kling-3.0', {}, 400, 1201, 'prompt cannot be empty'],
    ['POST', '/image-to-video/kling-3.0', {}, 400, 1201, 'contents cannot be empty'],
    [
      'GET',
      '/v1/videos/text2video/a%2Fb',
      undefined,
      400,
      1201,
      'Task not found by id/external id: a/b',
    ],
    [
      'GET',
      '/v1/videos/text2video/%ff',
      undefined,
      400,
      1201,
      'Task not found by id/external id: %ff',
    ],
    ['GET', '/tasks', undefined, 400, 1201, 'task_ids or external_task_ids is required'],
  ];
  for (const [method, path, json, ...expected] of table) {
    assert.deepEqual(pick(await call(path, { method, json })), expected, `${method} ${path}`);
  }
});

test('a list has pages, the newest task first', async (t) => {
  const { call } = await start(t);
  for (const prompt of ['a', 'b', 'c']) {
    await call('/v1/videos/text2video', { json: { prompt, external_task_id: prompt } });
  }
  const page = async (search) =>
    (await call(`/v1/videos/text2video?${search}`)).data.map(
      (task) => task.task_info.external_task_id,
    );
  assert.deepEqual(await page('pageNum=1&pageSize=2'), ['c', 'b']);
  assert.deepEqual(await page('pageNum=2&pageSize=2'), ['a']);
  assert.deepEqual(await page('pageNum=3&pageSize=2'), []);
  assert.deepEqual((await call('/v1/videos/image2video')).data, []);
});

test('it remembers requests without their secrets', async (t) => {
  const { sandbox, call } = await start(t);
  const authorization = sign();
  await call('/v1/videos/text2video', { authorization, json: { prompt: 'a paper boat' } });
  await call(`${LIST}`, { authorization: null });
  await call(LIST, { authorization: 'nonsense' });
  const [created, bare, odd] = sandbox.requests;
  assert.deepEqual(created, {
    method: 'POST',
    path: '/v1/videos/text2video',
    body: { prompt: 'a paper boat' },
    credential: 'jwt',
    accessKey: PAIR.accessKey,
    expiresAt: new Date(NOW + 1_800_000),
    status: 200,
    code: 0,
    requestId: created.requestId,
    at: new Date(NOW),
  });
  assert.deepEqual([bare.credential, bare.path, odd.credential], ['none', LIST, 'other']);
  const shown = JSON.stringify(sandbox.requests);
  for (const secret of [authorization, authorization.split('.')[2], PAIR.secretKey, API_KEY]) {
    assert.ok(!shown.includes(secret));
  }
  for (let i = 0; i < 1000; i++) await call(LIST, { authorization: null });
  assert.equal(sandbox.requests.length, 1000);
  assert.equal(sandbox.requests[0].status, 401);
});

test('a large body is used, not kept', async (t) => {
  const { sandbox, call } = await start(t);
  const json = { image: 'x'.repeat(2 ** 21) };
  assert.equal((await call('/v1/videos/image2video', { json })).code, 0);
  assert.equal((await call('/v1/videos/image2video', { json: { image: 'x' } })).code, 0);
  assert.deepEqual(
    sandbox.requests.map(({ body }) => body),
    [undefined, { image: 'x' }],
  );
});

test('what goes wrong in a listener or a clock is told to the caller', async (t) => {
  const broken = { onRequest: () => assert.fail('unexpected request'), now: () => Number.NaN };
  const table = [
    ['onRequest', LIST, 'The sandbox failed: unexpected request\n'],
    [
      'now',
      LIST,
      'The sandbox failed: now must be milliseconds since the epoch, as Date.now() gives, received NaN\n',
    ],
  ];
  for (const [option, path, expected] of table) {
    const { sandbox } = await start(t, { [option]: broken[option] });
    const response = await fetch(sandbox.url + path, { headers: { authorization: sign() } });
    assert.deepEqual([response.status, await response.text()], [500, expected]);
  }
});

test('made-up credentials are good for KlingAuth and for this sandbox only', async (t) => {
  const [one, other] = [await startKlingSandbox(), await startKlingSandbox(null)];
  t.after(() => Promise.all([one.close(), other.close()]));
  assert.deepEqual(one.env, {
    KLING_API_BASE: `http://127.0.0.1:${one.port}`,
    KLING_ACCESS_KEY: one.accessKey,
    KLING_SECRET_KEY: one.secretKey,
    KLING_WEBHOOK_SECRET: one.webhookSecret,
  });
  assert.notEqual(one.webhookSecret, other.webhookSecret);
  const { headers } = new KlingAuth({ env: one.env });
  const status = async (sandbox) => (await fetch(sandbox.url + LIST, { headers })).status;
  assert.deepEqual([await status(one), await status(other)], [200, 401]);

  const keyOnly = await startKlingSandbox({ apiKey: API_KEY });
  t.after(() => keyOnly.close());
  assert.deepEqual(keyOnly.env, {
    KLING_API_BASE: keyOnly.url,
    KLING_API_KEY: API_KEY,
    KLING_WEBHOOK_SECRET: keyOnly.webhookSecret,
  });
  assert.equal(keyOnly.accessKey, undefined);
});

test('bad options are refused by name', async (t) => {
  const { sandbox } = await start(t);
  const table = [
    [
      { port: '80' },
      'TypeError',
      'KLING_INVALID_ARG_TYPE',
      'port must be a number, received a string',
    ],
    [
      { port: 65_536 },
      'RangeError',
      'KLING_OUT_OF_RANGE',
      'port must be a whole number from 0 to 65535, received 65536',
    ],
    [
      { port: 1.5 },
      'RangeError',
      'KLING_OUT_OF_RANGE',
      'port must be a whole number from 0 to 65535, received 1.5',
    ],
    [
      { prot: 80 },
      'TypeError',
      'KLING_UNKNOWN_OPTION',
      'unknown option "prot": did you mean port?',
    ],
    [[], 'TypeError', 'KLING_INVALID_ARG_TYPE', 'options must be an object, received an array'],
    [
      { faults: {} },
      'TypeError',
      'KLING_INVALID_ARG_TYPE',
      'faults must be an array, received an object',
    ],
    [
      { faults: [1] },
      'TypeError',
      'KLING_INVALID_ARG_TYPE',
      'fault must be an object, received a number',
    ],
    [
      { now: 5 },
      'TypeError',
      'KLING_INVALID_ARG_TYPE',
      'now must be a function, received a number',
    ],
    [
      { clockSkewSec: Number.NaN },
      'RangeError',
      'KLING_OUT_OF_RANGE',
      'clockSkewSec must be a finite number of seconds, received NaN',
    ],
    [
      { taskPolls: 0 },
      'RangeError',
      'KLING_OUT_OF_RANGE',
      'taskPolls must be a whole number of at least 1, received 0',
    ],
    [
      { taskSec: -1 },
      'RangeError',
      'KLING_OUT_OF_RANGE',
      'taskSec must be a number of seconds of at least 0, received -1',
    ],
    [
      { taskSec: 1, taskPolls: 1 },
      'TypeError',
      'KLING_CONFLICTING_OPTIONS',
      'taskPolls and taskSec exclude each other: pass one of them',
    ],
    [
      { accessKey: 'AK' },
      'KlingAuthError',
      'KLING_MISSING_CREDENTIALS',
      'secret key not given: pass secretKey',
    ],
    [
      { secretKey: 'sk' },
      'KlingAuthError',
      'KLING_MISSING_CREDENTIALS',
      'access key not given: pass accessKey',
    ],
    [
      { accessKey: ' AK', secretKey: 'sk' },
      'KlingAuthError',
      'KLING_INVALID_CREDENTIALS',
      'accessKey is padded with white space: trim it',
    ],
    [
      { apiKey: 'a b' },
      'KlingAuthError',
      'KLING_INVALID_CREDENTIALS',
      'apiKey has a character that no HTTP header can carry: copy it again (character 2 is a blank)',
    ],
  ];
  for (const [options, name, code, message] of table) {
    await assert.rejects(startKlingSandbox(options), { name, code, message });
  }
  const faults = [
    [
      { cod: 1302 },
      'TypeError',
      'KLING_UNKNOWN_OPTION',
      'unknown option "cod": did you mean code?',
    ],
    [
      { code: 1999 },
      'RangeError',
      'KLING_OUT_OF_RANGE',
      "fault.code must be a code of Kling's table, or be given with a status, received 1999",
    ],
    [
      { times: 0 },
      'RangeError',
      'KLING_OUT_OF_RANGE',
      'fault.times must be a whole number of at least 1, received 0',
    ],
    [
      { status: 101 },
      'RangeError',
      'KLING_OUT_OF_RANGE',
      'fault.status must be a whole number from 200 to 599, received 101',
    ],
    [
      { delayMs: 2 ** 31 },
      'RangeError',
      'KLING_OUT_OF_RANGE',
      'fault.delayMs must be a number of milliseconds from 0 to 2147483647, received 2147483648',
    ],
    [
      { until: {} },
      'TypeError',
      'KLING_INVALID_ARG_TYPE',
      'fault.until must be a promise, received an object',
    ],
    [
      { reset: 1 },
      'TypeError',
      'KLING_INVALID_ARG_TYPE',
      'reset must be a boolean, received a number',
    ],
    [
      { headers: { 'a b': 'c' } },
      'TypeError',
      'ERR_INVALID_HTTP_TOKEN',
      'Header name must be a valid HTTP token ["a b"]',
    ],
    [
      { headers: { a: 'b\n' } },
      'TypeError',
      'ERR_INVALID_CHAR',
      'Invalid character in header content ["a"]',
    ],
  ];
  for (const [fault, name, code, message] of faults) {
    assert.throws(() => sandbox.fail(fault), { name, code, message });
  }
  assert.equal((await fetch(sandbox.url)).status, 404, 'a refused fault was kept');
});

test('it listens on the loopback interface alone and tells when a port is taken', async (t) => {
  const { sandbox } = await start(t);
  assert.equal(sandbox.url, `http://127.0.0.1:${sandbox.port}`);
  await assert.rejects(startKlingSandbox({ port: sandbox.port }), { code: 'EADDRINUSE' });
  // Another loopback address is not its own, so nothing else on this machine is.
  if (process.platform === 'linux') {
    const socket = net.connect(sandbox.port, '127.0.0.2');
    const [error] = await once(socket, 'error');
    assert.equal(error.code, 'ECONNREFUSED');
  }
});

test('closing ends idle and held connections, twice if need be', async () => {
  const sandbox = await startKlingSandbox({
    apiKey: API_KEY,
    faults: [{ path: COSTS.slice(0, 8), until: new Promise(() => {}) }],
  });
  const agent = new http.Agent({ keepAlive: true });
  const [response] = await once(http.get(sandbox.url, { agent }), 'response');
  response.resume();
  await once(response, 'end');
  const held = once(http.get(sandbox.url + COSTS), 'response');
  await new Promise((resolve) => waitFor(() => sandbox.requests.length === 2, resolve));
  await Promise.all([sandbox.close(), assert.rejects(held, { code: 'ECONNRESET' })]);
  await sandbox.close();
  await assert.rejects(fetch(sandbox.url), { name: 'TypeError' });
  agent.destroy();
});

test('await using closes it where the runtime knows how', async () => {
  const sandbox = await startKlingSandbox();
  if (Symbol.asyncDispose === undefined) {
    assert.deepEqual(Object.getOwnPropertySymbols(Object.getPrototypeOf(sandbox)), []);
    await sandbox.close();
  } else {
    await sandbox[Symbol.asyncDispose]();
  }
  await assert.rejects(fetch(sandbox.url), { name: 'TypeError' });
});

test('once unreferenced it lets the process end, with connections open', () => {
  const path = fileURLToPath(new URL('../lib/sandbox.js', import.meta.url));
  const program = `
    const { connect } = require('node:net');
    const { startKlingSandbox } = require(${JSON.stringify(path)});
    startKlingSandbox().then((sandbox) => {
      const before = connect(sandbox.port, '127.0.0.1', () => {
        sandbox.unref();
        const after = connect(sandbox.port, '127.0.0.1', () => {
          before.unref();
          after.unref();
          console.log('unreferenced');
        });
      });
    });`;
  const { status, stdout, signal } = spawnSync(process.execPath, ['-e', program], {
    encoding: 'utf8',
    timeout: 30_000,
  });
  assert.deepEqual(
    { status, signal, stdout },
    { status: 0, signal: null, stdout: 'unreferenced\n' },
  );
});

test('the package finds it under kling-auth/sandbox, for require and import', async () => {
  const { createRequire } = await import('node:module');
  const require = createRequire(import.meta.url);
  assert.equal(require('kling-auth/sandbox').startKlingSandbox, startKlingSandbox);
  assert.equal((await import('kling-auth/sandbox')).startKlingSandbox, startKlingSandbox);
});

test('a token by node:crypto alone is let in', async (t) => {
  const { call } = await start(t);
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const input = `${encode({ alg: 'HS256' })}.${encode({ iss: PAIR.accessKey, exp: NOW_SEC + 60 })}`;
  const signature = createHmac('sha256', PAIR.secretKey).update(input).digest('base64url');
  assert.equal((await call(LIST, { authorization: `Bearer ${input}.${signature}` })).code, 0);
});

test('KlingAuth with a clock a day off is served at the second try, and at once from then on', async (t) => {
  for (const [clockSkewSec, refusal] of [
    [86_400, 1004],
    [-86_400, 1003],
  ]) {
    const { sandbox, clock } = await start(t, { clockSkewSec });
    // A date long past is not believed, wherever it comes from.
    clock.now = Date.now();
    const auth = new KlingAuth({ env: sandbox.env, now: () => clock.now });
    for (let i = 0; i < 2; i++) assert.equal((await auth.fetch(LIST)).status, 200);
    assert.deepEqual(
      sandbox.requests.map(({ code }) => code),
      [refusal, 0, 0],
    );
    assert.ok(Math.abs(auth.clockSkewSec - clockSkewSec) <= 1);
  }
});

test('KlingAuth survives what the sandbox can do to it, and explains it', async (t) => {
  const { sandbox, clock } = await start(t);
  const auth = new KlingAuth({ env: sandbox.env, now: () => clock.now });
  for (const [code] of ROWS) {
    // With a clock that agrees there is nothing to correct, so a refused token is signed anew once.
    const isClock = code === 1003 || code === 1004;
    sandbox.fail({ code, times: isClock ? 2 : 1 });
    const response = await auth.fetch(LIST);
    const { status, headers } = response;
    const explanation = explainKlingReply({ status, headers, body: await response.text() });
    assert.deepEqual([explanation.code, explanation.ok], [code, false]);
    assert.notEqual(explanation.kind, 'unknown');
    sandbox.recover();
  }
  assert.equal((await auth.fetch(LIST)).status, 200);

  sandbox.fail({ truncate: true }, { reset: true });
  await assert.rejects((await auth.fetch(LIST)).json(), { name: 'TypeError' });
  await assert.rejects(auth.fetch(LIST), { name: 'TypeError' });
  assert.equal((await auth.verify()).ok, true);
});

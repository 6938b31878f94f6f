import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import https from 'node:https';
import { test } from 'node:test';
import { KlingAuth } from '../index.js';
import { startKlingSandbox } from '../lib/sandbox.js';
import { NOW, pick, start } from './helpers/sandbox.mjs';

// The contract's list, each with what a create cannot do without.
const LEGACY = [
  ['/v1/videos/text2video', { prompt: 'x' }],
  ['/v1/videos/image2video', { image: 'x' }],
  ['/v1/videos/multi-image2video', { image_list: [{ image: 'x' }] }],
  ['/v1/videos/video-extend', { video_id: '1' }],
  ['/v1/videos/lip-sync', { input: {} }],
  ['/v1/videos/effects', { effect_scene: 'hug' }],
  ['/v1/videos/avatar/image2video', { image: 'x' }],
  ['/v1/videos/omni-video', { prompt: 'x' }],
  ['/v1/videos/motion-control', { image_url: 'x', video_url: 'x' }],
  ['/v1/videos/multi-elements', { session_id: '1' }],
  ['/v1/images/generations', { prompt: 'x' }],
  ['/v1/images/omni-image', { prompt: 'x' }],
  ['/v1/images/multi-image2image', { subject_image_list: [{ subject_image: 'x' }] }],
  ['/v1/images/editing/expand', { image: 'x' }],
  ['/v1/images/kolors-virtual-try-on', { human_image: 'x' }],
];
const NEWER = ['text-to-video', 'image-to-video', 'omni-video', 'motion-control'];

for (const [path, body] of LEGACY) {
  test(`${path} creates, lists and finds tasks`, async (t) => {
    const { sandbox, call } = await start(t, { taskPolls: 1 });
    assert.equal((await call(path, {})).code, 1201);
    const { data: task } = await call(path, { ...body, external_task_id: 'a/b' });
    assert.match(task.task_id, /^\d{18}$/);
    assert.deepEqual((await call(path)).data[0].task_id, task.task_id);
    const { data: done } = await call(`${path}/a%2Fb`);
    assert.equal(done.task_status, 'succeed');
    const { images, videos } = done.task_result;
    const isImage = path.startsWith('/v1/images/');
    const [output] = isImage ? images : videos;
    assert.deepEqual(Object.keys(output), isImage ? ['index', 'url'] : ['id', 'url', 'duration']);
    const file = await fetch(output.url);
    assert.equal(file.headers.get('content-type'), isImage ? 'image/png' : 'video/mp4');
    assert.equal(new URL(output.url).origin, sandbox.filesUrl);
    assert.equal((await call(path, undefined, { method: 'DELETE' })).code, 1202);
  });
}

for (const kind of NEWER) {
  test(`/${kind}/<model> creates tasks, for API Keys only`, async (t) => {
    const { sandbox, call } = await start(t, { accessKey: 'ak-0123456789', secretKey: 'sk' });
    const order = { prompt: 'x', contents: [{ type: 'prompt', text: 'x' }] };
    const { data: task } = await call(`/${kind}/kling-3.0-turbo`, order);
    assert.match(task.id, /^\d{18}$/);
    assert.deepEqual(Object.keys(task), ['id', 'status', 'message', 'create_time', 'update_time']);
    const { headers } = new KlingAuth({ env: sandbox.envFor('pair'), now: () => NOW });
    const url = `${sandbox.url}/${kind}/kling-3.0-turbo`;
    const refused = await fetch(url, { method: 'POST', headers, body: JSON.stringify(order) });
    const { code, message } = await refused.json();
    assert.deepEqual([refused.status, code], [401, 1002]);
    assert.match(message, /^Authentication error\. The current API does not support AK\/SK; /);
    assert.equal((await call(`/${kind}/kling-3.0-turbo`)).code, 1202);
  });
}

test('/tasks finds those that exist, and refuses what Kling refuses', async (t) => {
  const { call } = await start(t);
  const { data: one } = await call('/text-to-video/kling-3.0-turbo', { prompt: 'x' });
  const { data: two } = await call('/v1/images/generations', {
    prompt: 'x',
    external_task_id: 'mine',
  });
  const ids = async (search) => (await call(`/tasks?${search}`)).data.map(({ id }) => id);
  assert.deepEqual(await ids('task_ids=0'), []);
  assert.deepEqual(await ids(`task_ids=${one.id},0,${two.task_id}`), [one.id, two.task_id]);
  assert.deepEqual(await ids('external_task_ids=mine'), [two.task_id]);
  assert.deepEqual(await ids('task_ids=mine'), [], 'an external id is no id');
  const many = Array.from({ length: 21 }, (_, i) => i).join(',');
  for (const [search, message] of [
    ['', 'task_ids or external_task_ids is required'],
    ['task_ids=', 'task_ids or external_task_ids is required'],
    ['task_ids=1&external_task_ids=2', 'task_ids and external_task_ids cannot be used together'],
    [`task_ids=${many}`, 'at most 20 ids can be queried at a time'],
  ]) {
    assert.deepEqual(pick(await call(`/tasks?${search}`)), [400, 1201, message], search);
  }
  assert.deepEqual(await ids(`task_ids=${many.slice(0, many.lastIndexOf(','))}`), []);
});

test('POST /tasks pages by cursor, newest first, within its filters', async (t) => {
  const { clock, call } = await start(t);
  const empty = await call('/tasks', { limit: 2 });
  assert.deepEqual(pick(empty), [200, 0, 'SUCCEED']);
  assert.deepEqual(empty.data, { count: 0, has_more: false });
  const made = [];
  for (let i = 0; i < 5; i++) {
    clock.now += 1000;
    const path = i === 2 ? '/v1/images/generations' : '/v1/videos/text2video';
    made.unshift((await call(path, { prompt: 'x' })).data.task_id);
  }
  const seen = [];
  let cursor = '';
  for (const [count, more] of [
    [2, true],
    [2, true],
    [1, false],
  ]) {
    const { data } = await call('/tasks', cursor ? { cursor } : { limit: 2 });
    assert.deepEqual([data.count, data.has_more, 'next_cursor' in data], [count, more, more]);
    seen.push(...data.result.map(({ id }) => id));
    cursor = data.next_cursor;
    // A task that comes in between moves nothing.
    clock.now += 1000;
    await call('/v1/videos/text2video', { prompt: 'x' });
  }
  assert.deepEqual(seen, made);
  const of = async (key, ...values) =>
    (await call('/tasks', { end_time: NOW + 5000, filters: [{ key, values }] })).data.count;
  assert.deepEqual(
    [
      await of('product_type', 'image'),
      await of('status', 'submitted'),
      await of('status', 'failed'),
    ],
    [1, 5, 0],
  );
  assert.equal((await call('/tasks', { end_time: NOW + 2000 })).data.count, 2);
  for (const [body, message] of [
    [{ limit: 501 }, 'limit must be 1 to 500'],
    [{ start_time: NOW + 90_000 }, 'start_time must be earlier than end_time'],
    [{ cursor: 'nonsense' }, 'cursor is invalid'],
    [
      { filters: [{ key: 'colour', values: [] }] },
      'filters must be key and values of status, product_type',
    ],
    [[], 'The body must be a JSON object'],
  ]) {
    assert.deepEqual(pick(await call('/tasks', body)), [400, 1201, message]);
  }
});

test('the account shows its packs 12 hours late, and what each task has cost', async (t) => {
  const { clock, call } = await start(t, { taskPolls: 1, packs: [{ makes: 'video', units: 2 }] });
  const packs = async () =>
    (await call('/account/costs?start_time=0&end_time=1')).data.resource_pack_subscribe_infos;
  const { data: task } = await call('/v1/videos/text2video', {
    model_name: 'kling-v2-6',
    prompt: 'x',
  });
  await call(`/v1/videos/text2video/${task.task_id}`);
  assert.equal((await packs())[0].remaining_quantity, 2);
  const span = { start_time: NOW - 1, end_time: NOW + 1 };
  const { data: paid } = await call('/account/billing/package', span);
  assert.equal(paid.result.count, 1);
  assert.equal(paid.has_more, false);
  const [entry] = paid.result.detail;
  assert.deepEqual(
    [entry.task_id, entry.product_type, entry.model_name, entry.deduction_amount],
    [task.task_id, 'video', 'kling-v2-6', 1],
  );
  const { data: money } = await call('/account/billing/balance', span);
  assert.deepEqual(money, { result: { detail: [], count: 0 }, has_more: false });
  for (const what of ['balance', 'package']) {
    const bare = pick(await call(`/account/billing/${what}`, {}));
    const message = 'start_time and end_time must be milliseconds since the epoch';
    assert.deepEqual(bare, [400, 1201, message]);
  }
  // Packs are per product.
  const image = await call('/v1/images/generations', { prompt: 'x' });
  assert.deepEqual(pick(image), [429, 1102, 'Account balance not enough']);
  assert.equal((await call('/v1/videos/text2video', { prompt: 'x' })).code, 0);
  assert.equal((await call('/v1/videos/text2video', { prompt: 'x' })).code, 1102);
  clock.now += 12 * 3_600_000;
  assert.deepEqual(
    (await packs()).map((pack) => [pack.total_quantity, pack.remaining_quantity, pack.status]),
    [[2, 0, 'runOut']],
  );
});

test('without packs the list is absent, and creates are refused', async (t) => {
  const { call } = await start(t, { packs: [] });
  const { data } = await call('/account/costs?start_time=0&end_time=1');
  assert.deepEqual(data, { code: 0, msg: 'success' });
  assert.equal((await call('/v1/videos/text2video', { prompt: 'x' })).code, 1102);
});

test('an external_task_id is used once in the whole account', async (t) => {
  const { call } = await start(t);
  const order = { prompt: 'x', external_task_id: 'mine' };
  assert.equal((await call('/v1/videos/text2video', order)).code, 0);
  const newer = { prompt: 'x', options: { external_task_id: 'mine' } };
  for (const [path, body] of [
    ['/v1/videos/text2video', order],
    ['/v1/images/generations', order],
    ['/text-to-video/kling-3.0-turbo', newer],
  ]) {
    const again = pick(await call(path, body));
    assert.deepEqual(again, [400, 1201, 'external_task_id mine already exists'], path);
  }
  assert.equal((await call('/tasks', {})).data.count, 1, 'a second create makes no task');
  // An empty one is none.
  for (let i = 0; i < 2; i++) {
    const { data } = await call('/v1/videos/text2video', { prompt: 'x', external_task_id: '' });
    assert.deepEqual(data.task_info, {});
  }
});

test('a body of any types is answered, never with a 500', async (t) => {
  const { call } = await start(t);
  const odd = { toString: 1, valueOf: 1, toJSON: 1, constructor: null };
  const names = [
    'duration',
    'external_task_id',
    'callback_url',
    'model_name',
    'settings',
    'options',
  ];
  const cursors = ['cursor', 'limit', 'start_time', 'end_time', 'filters'];
  const values = [odd, [odd], { duration: odd, external_task_id: odd }, null, true, -1, ''];
  for (const [path, members] of [
    ['/v1/videos/text2video', names],
    ['/text-to-video/kling-3.0-turbo', names],
    ['/tasks', [...cursors, 'values']],
    ['/account/billing/package', cursors],
  ]) {
    for (const name of members) {
      for (const value of values) {
        const { status, code } = await call(path, { prompt: 'x', [name]: value });
        assert.ok(status === 200 ? code === 0 : status === 400, `${path} ${name} ${status}`);
      }
    }
  }
  const refused = await call('/v1/videos/text2video', { prompt: 'x', duration: { toString: 1 } });
  assert.deepEqual(pick(refused), [400, 1201, 'duration must be a number']);
});

test('a path that nobody knows is answered without an envelope, and the user is told who does not know it', async (t) => {
  const { sandbox, call } = await start(t);
  for (const path of ['/nowhere', '/v1/tasks', '/v1/account/costs', '//', '/v1/videos/nothing']) {
    const { status, body } = await call(`${sandbox.url}${path}`);
    const note = 'the sandbox does not know this path; Kling may: see docs/sandbox.md';
    const timestamp = new Date(NOW).toISOString().replace('Z', '+00:00');
    assert.equal(status, 404);
    assert.deepEqual(body, { timestamp, status: 404, error: 'Not Found', message: note, path });
    assert.equal(sandbox.requests.at(-1).note, note);
    assert.equal('code' in sandbox.requests.at(-1), false);
  }
});

test('videos and images come from another origin, which takes no token', async (t) => {
  const { sandbox, call } = await start(t, { taskPolls: 1 });
  const { data: task } = await call('/v1/videos/text2video', { prompt: 'x' });
  const { data: done } = await call(`/v1/videos/text2video/${task.task_id}`);
  const [{ url }] = done.task_result.videos;
  assert.notEqual(new URL(url).origin, new URL(sandbox.url).origin);
  assert.equal((await fetch(url)).status, 200);
  const refused = await fetch(url, { headers: { authorization: `Bearer ${sandbox.apiKey}` } });
  const note =
    'the videos are on another origin than the API, and a token must never be sent there';
  assert.deepEqual([refused.status, await refused.text()], [403, `${note}\n`]);
  assert.deepEqual(
    [sandbox.requests.at(-1).note, sandbox.requests.at(-1).credential],
    [note, 'apiKey'],
  );
  assert.equal((await fetch(`${sandbox.filesUrl}/sandbox/x`)).status, 404);
  // auth.fetch asks for it as it is, and sends none.
  const auth = new KlingAuth({ env: sandbox.env, now: () => NOW });
  const answer = await auth.fetch(url).then(
    ({ status }) => status,
    ({ code }) => code,
  );
  assert.notEqual(answer, 403);
});

test('a task can end as failed, with its callback', async (t) => {
  const { sandbox, call } = await start(t, { taskPolls: 1 });
  const heard = [];
  const endpoint = createServer(async (req, res) => {
    for await (const chunk of req) heard.push(JSON.parse(chunk));
    res.end();
  }).listen(0, '127.0.0.1');
  await once(endpoint, 'listening');
  t.after(() => endpoint.close());
  const callback_url = `http://127.0.0.1:${endpoint.address().port}`;
  const message = 'Failure to pass the risk control system';
  sandbox.fail({ taskFails: message }, { taskFails: 'no' });
  // What creates no task does not meet it.
  assert.equal((await call('/v1/videos/text2video')).code, 0);
  const { data } = await call('/v1/videos/text2video', { prompt: 'x', callback_url });
  const newer = await call('/text-to-video/kling-3.0-turbo', {
    prompt: 'x',
    options: { callback_url },
  });
  while (sandbox.callbacks.length < 4) await new Promise(setImmediate);
  const legacy = heard.filter(({ task_id: id }) => id === data.task_id).at(-1);
  assert.deepEqual(
    [legacy.task_status, legacy.task_status_msg, legacy.task_result],
    ['failed', message, undefined],
  );
  const last = heard.filter(({ id }) => id === newer.data.id).at(-1);
  assert.deepEqual(
    [last.status, last.message, last.outputs, last.billing],
    ['failed', 'no', [], undefined],
  );
  const { data: found } = await call(`/v1/videos/text2video/${data.task_id}`);
  assert.deepEqual([found.task_status, found.task_status_msg], ['failed', message]);
});

test('a running task is ended as failed, one that has ended is not', async (t) => {
  const { sandbox, call } = await start(t, { taskPolls: 2 });
  const { data } = await call('/v1/videos/text2video', { prompt: 'x', external_task_id: 'mine' });
  assert.equal(sandbox.failTask('nobody'), false);
  assert.equal(sandbox.failTask('mine', 'out of order'), true);
  assert.equal(sandbox.failTask(data.task_id), false);
  const { data: found } = await call('/v1/videos/text2video/mine');
  assert.deepEqual([found.task_status, found.task_status_msg], ['failed', 'out of order']);
});

test('a task is made though the reply is lost, with and without a status', async (t) => {
  const { sandbox, call } = await start(t);
  const create = (id) => call('/v1/videos/text2video', { prompt: 'x', external_task_id: id });
  sandbox.fail({ lost: true }, { lost: true, code: 5002 }, { lost: true, status: 502, body: '{}' });
  // Only a create can be lost.
  assert.equal((await call('/v1/videos/text2video')).code, 0);
  await assert.rejects(create('a'), { name: 'TypeError' });
  assert.deepEqual(pick(await create('b')).slice(0, 2), [504, 5002]);
  assert.equal((await create('c')).status, 502);
  for (const id of ['a', 'b', 'c']) {
    assert.equal((await call(`/v1/videos/text2video/${id}`)).code, 0, id);
    assert.equal((await create(id)).message, `external_task_id ${id} already exists`);
  }
  assert.deepEqual(
    sandbox.requests.slice(1, 4).map(({ status }) => status),
    [200, 504, 502],
  );
});

test('envFor gives the credentials of one kind, or of both', async (t) => {
  const { sandbox } = await start(t, { apiKey: null });
  const { url, accessKey, secretKey, apiKey, webhookSecret } = sandbox;
  const common = { KLING_API_BASE: url, KLING_WEBHOOK_SECRET: webhookSecret };
  const pair = { KLING_ACCESS_KEY: accessKey, KLING_SECRET_KEY: secretKey };
  assert.deepEqual(sandbox.env, { ...common, ...pair });
  assert.deepEqual(sandbox.envFor('pair'), { ...common, ...pair });
  assert.deepEqual(sandbox.envFor('apiKey'), { ...common, KLING_API_KEY: apiKey });
  assert.deepEqual(sandbox.envFor('both'), { ...common, ...pair, KLING_API_KEY: apiKey });
  assert.match(apiKey, /^api-key-kling-[\w-]{43}$/);
  for (const half of [accessKey, secretKey]) assert.match(half, /^[a-z0-9]{32}$/i);
  for (const kind of ['jwt', undefined, null, {}]) {
    assert.throws(() => sandbox.envFor(kind), {
      name: 'TypeError',
      code: 'KLING_INVALID_ARG_TYPE',
      message: /^kind must be "apiKey", "pair" or "both", received /,
    });
  }
  sandbox.rotate({ apiKey: 'key-0123456789' });
  for (const kind of ['pair', 'both']) {
    assert.throws(() => sandbox.envFor(kind), {
      code: 'KLING_MISSING_CREDENTIALS',
      message:
        'the sandbox has no pair of an access key and a secret key: it was started or rotated without, or all were revoked',
    });
  }
});

test('tokens that live longer are let in where the option says so', async (t) => {
  const options = { accessKey: 'ak-0123456789', secretKey: 'sk-0123456789' };
  const { default: jsonwebtoken } = await import('jsonwebtoken');
  const status = async (maxTokenTtlSec, ttl) => {
    const { call } = await start(t, { ...options, maxTokenTtlSec });
    const claims = { iss: options.accessKey, exp: NOW / 1000 + ttl };
    const token = jsonwebtoken.sign(claims, options.secretKey, { noTimestamp: true });
    const headers = { authorization: `Bearer ${token}` };
    return (await call('/v1/videos/text2video', undefined, { headers })).status;
  };
  assert.deepEqual([await status(null, 1803), await status(null, 86_400)], [200, 401]);
  assert.deepEqual([await status(86_400, 86_403), await status(86_400, 86_406)], [200, 401]);
  assert.equal(await status(Number.POSITIVE_INFINITY, 1e9), 200);
});

test('a callback is sent again, twice, forged and late', async (t) => {
  const { KlingWebhook } = await import('../index.js');
  const { sandbox, call } = await start(t);
  const webhook = new KlingWebhook(sandbox.webhookSecret, {
    now: () => NOW,
    replayProtection: true,
  });
  const answers = [];
  const endpoint = createServer(async (req, res) => {
    const chunks = [];
    for await (const chunk of req) chunks.push(chunk);
    try {
      webhook.verify(Buffer.concat(chunks), req.headers);
      answers.push('accepted');
    } catch (error) {
      answers.push(error.code);
    }
    res.end();
  }).listen(0, '127.0.0.1');
  await once(endpoint, 'listening');
  t.after(() => endpoint.close());
  const callback_url = `http://127.0.0.1:${endpoint.address().port}`;
  await call('/v1/videos/text2video', { prompt: 'x', callback_url });
  while (sandbox.callbacks.length < 3) await new Promise(setImmediate);
  const [{ id }] = sandbox.callbacks;
  answers.length = 0;
  for (const [how, expected] of [
    ['again', ['KLING_WEBHOOK_REPLAY']],
    ['twice', ['KLING_WEBHOOK_REPLAY', 'KLING_WEBHOOK_REPLAY']],
    ['forged', ['KLING_WEBHOOK_NO_MATCHING_SIGNATURE']],
    ['late', ['KLING_WEBHOOK_TOO_OLD']],
  ]) {
    const sent = await sandbox.resendCallback(id, how);
    assert.deepEqual(
      [sent.map(({ status }) => status), answers.splice(0)],
      [expected.map(() => 200), expected],
    );
    assert.ok(sent.every((callback) => callback.id === id));
  }
  assert.deepEqual(await sandbox.resendCallback('nobody'), []);
  await assert.rejects(sandbox.resendCallback(id, 'never'), {
    name: 'TypeError',
    code: 'KLING_INVALID_ARG_TYPE',
    message: 'how must be "again", "twice", "forged" or "late", received a string',
  });
});

test('it serves https with a key and a certificate of the user’s own', async (t) => {
  const made = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=127.0.0.1';
  const pem = execFileSync('openssl', [...made.split(' '), '-keyout', '-', '-out', '-'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [key, cert] = [pem.toString(), pem];
  const sandbox = await startKlingSandbox({ tls: { key, cert } });
  t.after(() => sandbox.close());
  assert.match(sandbox.url, /^https:/);
  assert.match(sandbox.filesUrl, /^https:/);
  const headers = { authorization: `Bearer ${sandbox.apiKey}` };
  const options = { headers, ca: cert, checkServerIdentity: () => undefined };
  const [response] = await once(
    https.get(`${sandbox.url}/v1/videos/text2video`, options),
    'response',
  );
  response.resume();
  assert.equal(response.statusCode, 200);
  for (const [tls, message] of [
    [{ key }, 'tls.cert must be PEM, as a string or a Buffer, received undefined'],
    [{ key: 5, cert }, 'tls.key must be PEM, as a string or a Buffer, received a number'],
  ]) {
    const refused = { name: 'TypeError', code: 'KLING_INVALID_ARG_TYPE', message };
    await assert.rejects(startKlingSandbox({ tls }), refused);
  }
});

test('behind a public origin, that is what it calls itself', async (t) => {
  const { sandbox, call } = await start(t, {
    taskPolls: 1,
    publicOrigin: 'https://kling.example.com',
    publicFilesOrigin: 'https://files.example.com',
  });
  assert.equal(sandbox.url, 'https://kling.example.com');
  assert.equal(sandbox.env.KLING_API_BASE, sandbox.url);
  const local = `http://127.0.0.1:${sandbox.port}`;
  const { data } = await call(`${local}/v1/videos/text2video`, { prompt: 'x' });
  const { data: done } = await call(`${local}/v1/videos/text2video/${data.task_id}`);
  assert.match(
    done.task_result.videos[0].url,
    /^https:\/\/files\.example\.com\/sandbox\/\d+\.mp4$/,
  );
  for (const publicOrigin of ['kling.example.com', 'https://a.example/', 'ftp://a.example', '']) {
    await assert.rejects(startKlingSandbox({ publicOrigin }), {
      name: 'TypeError',
      code: 'KLING_INVALID_ARG_TYPE',
      message:
        'publicOrigin must be an origin such as "https://kling.example.com", received a string',
    });
  }
});

test('bad packs, lives and faults are refused by name', async (t) => {
  const { sandbox } = await start(t);
  for (const [options, message] of [
    [
      { packs: [{ makes: 'audio' }] },
      'packs[0].makes must be "video" or "image", received a string',
    ],
    [
      { packs: [{ makes: 'video' }, { makes: 'image', units: -1 }] },
      'packs[1].units must be a number of at least 0, received -1',
    ],
    [
      { maxTokenTtlSec: 60 },
      'maxTokenTtlSec must be a number of seconds of at least 1800, received 60',
    ],
  ]) {
    await assert.rejects(startKlingSandbox(options), { message });
  }
  assert.throws(() => sandbox.fail({ taskFails: true }), {
    code: 'KLING_INVALID_ARG_TYPE',
    message: 'taskFails must be a string, received a boolean',
  });
});

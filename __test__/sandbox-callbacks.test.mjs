import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { KlingWebhook } from '../index.js';
import { Tasks } from '../lib/sandbox/tasks.js';
import { startKlingSandbox } from '../lib/sandbox.js';
import { nodeWebhook } from '../lib/webhook.js';
import { runJson } from './helpers/run.mjs';
import { OTHER, SECRET } from './helpers/webhook.mjs';

const API_KEY = 'api-key-kling-0123456789';
const NAMES = ['webhook-id', 'webhook-timestamp', 'webhook-signature'];
const DAY_MS = 86_400_000;

/** A sandbox and an endpoint that keeps what it is sent. */
async function start(t, options) {
  const inbox = [];
  let arrived = () => {};
  const endpoint = createServer(async (req, res) => {
    const chunks = [];
    for await (const chunk of req) chunks.push(chunk);
    inbox.push({ headers: req.headers, body: Buffer.concat(chunks) });
    res.writeHead(204).end();
    arrived();
  });
  endpoint.listen(0, '127.0.0.1');
  await once(endpoint, 'listening');
  const callbackUrl = `http://127.0.0.1:${endpoint.address().port}/kling`;
  const sandbox = await startKlingSandbox({ apiKey: API_KEY, ...options });
  t.after(async () => {
    await sandbox.close();
    endpoint.close();
  });
  const send = async (path, json) => {
    const response = await fetch(sandbox.url + path, {
      method: json === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${API_KEY}` },
      ...(json !== undefined && { body: JSON.stringify(json) }),
    });
    return (await response.json()).data;
  };
  const createLegacy = (more) =>
    send('/v1/videos/text2video', { prompt: 'a boat', callback_url: callbackUrl, ...more });
  const createNewer = () =>
    send('/text-to-video/kling-3.0-turbo', {
      prompt: 'a boat',
      options: { callback_url: callbackUrl, external_task_id: 'mine' },
    });
  /** Waits for `count` deliveries and takes them out. */
  const receive = async (count) => {
    while (inbox.length < count) {
      await new Promise((resolve) => {
        arrived = resolve;
      });
    }
    return inbox.splice(0, count);
  };
  return { sandbox, send, createLegacy, createNewer, receive, callbackUrl };
}

const statusesOf = (deliveries) =>
  deliveries.map(({ body }) => JSON.parse(body)).map((task) => task.task_status ?? task.status);

test('a legacy task posts each status, signed as the reference implementation checks it', async (t) => {
  const { sandbox, createLegacy, receive } = await start(t);
  const created = await createLegacy({ external_task_id: 'mine', duration: '10' });
  const deliveries = await receive(3);
  assert.deepEqual(statusesOf(deliveries), ['submitted', 'processing', 'succeed']);
  const standard = new StandardWebhook(sandbox.webhookSecret);
  const ours = new KlingWebhook(null, { env: sandbox.env });
  const ids = new Set();
  for (const { headers, body } of deliveries) {
    const payload = standard.verify(body, headers);
    const event = ours.verify(body, headers);
    assert.deepEqual(event.payload, payload);
    assert.equal(headers['content-type'], 'application/json; charset=utf-8');
    ids.add(event.id);
  }
  assert.equal(ids.size, 3, 'each status is a delivery of its own');
  const done = JSON.parse(deliveries[2].body);
  const { id, url } = done.task_result.videos[0];
  assert.notEqual(id, created.task_id);
  assert.deepEqual(done, {
    task_id: created.task_id,
    task_status: 'succeed',
    task_status_msg: '',
    task_info: { external_task_id: 'mine' },
    task_result: { images: [], videos: [{ id, url, duration: '10.1' }], audios: [] },
    created_at: created.created_at,
    updated_at: done.updated_at,
  });
});

test('a newer task posts each status in its own shape', async (t) => {
  const { sandbox, createNewer, receive } = await start(t, { taskPolls: 5 });
  const { id } = await createNewer();
  const deliveries = await receive(3);
  assert.deepEqual(statusesOf(deliveries), ['submitted', 'processing', 'succeeded']);
  const done = new StandardWebhook(sandbox.webhookSecret).verify(
    deliveries[2].body,
    deliveries[2].headers,
  );
  assert.deepEqual([done.id, done.external_id, done.outputs.length], [id, 'mine', 1]);
});

test('a task that takes any number of queries posts as soon as another', () => {
  // In a process of its own, which can be ended should the sandbox never come to an end of counting.
  const statuses = runJson(
    `
    const { Tasks } = require('./lib/sandbox/tasks.js');
    const seen = [Number.MAX_SAFE_INTEGER, Infinity].map((polls) => {
      const statuses = [];
      const tasks = new Tasks(Date.now, polls, undefined, ({ status }) => statuses.push(status));
      const task = tasks.create({ kind: 'text2video', duration: '5' });
      for (let i = 0; i < 3; i++) tasks.goOn(task);
      tasks.poll(task.id);
      return statuses;
    });
    console.log(JSON.stringify(seen));`,
    { timeout: 20_000 },
  );
  assert.deepEqual(statuses, [
    ['submitted', 'processing', 'succeed'],
    ['submitted', 'processing'],
  ]);
});

/** Prints what `seen` holds, and what was thrown, once `done` or at a rejection nobody handled. */
const OBSERVE = `
  const thrown = [];
  let failed = false;
  process.on('uncaughtException', (error, origin) => {
    thrown.push(error.message);
    failed ||= origin !== 'uncaughtException';
  });
  const observe = async (seen, done) => {
    while (!failed && !done()) await new Promise(setImmediate);
    process.stdout.write(JSON.stringify({ seen: seen(), thrown, failed }), () => process.exit());
  };`;

test('what onCallback throws is an uncaught exception, and later callbacks are posted', () => {
  const result = runJson(`${OBSERVE}
    const { startKlingSandbox } = require('./lib/sandbox.js');
    (async () => {
      const sandbox = await startKlingSandbox({
        onCallback: ({ payload }) => { throw new Error('at ' + payload.task_status); },
      });
      await fetch(sandbox.url + '/v1/videos/text2video', {
        method: 'POST',
        headers: { authorization: 'Bearer ' + sandbox.apiKey },
        body: JSON.stringify({ prompt: 'x', callback_url: 'not a URL' }),
      });
      observe(() => sandbox.callbacks.length, () => thrown.length === 3);
    })();`);
  const thrown = ['at submitted', 'at processing', 'at succeed'];
  assert.deepEqual(result, { seen: 3, thrown, failed: false });
});

test('what the clock throws is an uncaught exception, and later callbacks are posted', () => {
  const result = runJson(`${OBSERVE}
    const { Callbacks } = require('./lib/sandbox/callbacks.js');
    let ticks = 0;
    let delivered = false;
    const callbacks = new Callbacks({
      now: () => {
        if (ticks++ === 0) throw new Error('no clock');
        return 0;
      },
      signer: () => undefined,
      delivered: () => {
        delivered = true;
        throw new Error('no clock either');
      },
    });
    const task = { callbackUrl: 'not a URL' };
    callbacks.post(task, 'first');
    callbacks.post(task, 'second');
    const seen = () => callbacks.made.map(({ payload }) => payload);
    observe(seen, () => delivered && thrown.length === 2);`);
  const thrown = ['no clock', 'no clock either'];
  assert.deepEqual(result, { seen: ['second'], thrown, failed: false });
});

test('a change that the clock broke off is made and posted at the next query', () => {
  const statuses = [];
  let broken = false;
  const now = () => {
    if (broken) throw new Error('no clock');
    return 0;
  };
  const tasks = new Tasks(now, 1, undefined, ({ status }) => statuses.push(status));
  const task = tasks.create({ kind: 'text2video', duration: '5' });
  broken = true;
  assert.throws(() => tasks.goOn(task), { message: 'no clock' });
  broken = false;
  tasks.poll(task.id);
  assert.deepEqual(statuses, ['submitted', 'succeed']);
});

test('a task without callback_url posts nothing and moves by queries alone', async (t) => {
  const { sandbox, send } = await start(t);
  const { task_id: id } = await send('/v1/videos/text2video', { prompt: 'a boat' });
  const { task_status: status } = await send(`/v1/videos/text2video/${id}`);
  assert.equal(status, 'processing');
  assert.deepEqual(sandbox.callbacks, []);
});

test('a standard rotation signs with both secrets for seven days', async (t) => {
  const clock = { now: Date.now() };
  const now = () => clock.now;
  const { sandbox, createLegacy, receive } = await start(t, { webhookSecret: SECRET, now });
  assert.equal(sandbox.webhookSecret, SECRET);
  sandbox.rotateWebhookSecret({ webhookSecret: OTHER });
  assert.equal(sandbox.webhookSecret, OTHER);
  const verdicts = async () => {
    await createLegacy();
    const [{ headers, body }] = await receive(3);
    const accepts = (secret) => {
      try {
        new KlingWebhook(secret, { now }).verify(body, headers);
        return true;
      } catch ({ code }) {
        assert.equal(code, 'KLING_WEBHOOK_NO_MATCHING_SIGNATURE');
        return false;
      }
    };
    return [headers['webhook-signature'].split(' ').length, accepts(SECRET), accepts(OTHER)];
  };
  assert.deepEqual(await verdicts(), [2, true, true]);
  clock.now += 7 * DAY_MS - 1;
  assert.deepEqual(await verdicts(), [2, true, true]);
  clock.now += 1;
  assert.deepEqual(await verdicts(), [1, false, true]);
});

test('an emergency rotation ends the old secret at once', async (t) => {
  const { sandbox, createLegacy, receive } = await start(t);
  const old = sandbox.webhookSecret;
  sandbox.rotateWebhookSecret(); // whose overlap ends too
  sandbox.rotateWebhookSecret({ emergency: true });
  const fresh = sandbox.webhookSecret;
  assert.notEqual(fresh, old);
  await createLegacy();
  for (const { headers, body } of await receive(3)) {
    assert.equal(headers['webhook-signature'].split(' ').length, 1);
    new StandardWebhook(fresh).verify(body, headers);
    assert.throws(() => new StandardWebhook(old).verify(body, headers), {
      message: 'No matching signature found',
    });
  }
});

test('without a webhook secret callbacks carry none of the headers', async (t) => {
  const { sandbox, createLegacy, receive } = await start(t, { signCallbacks: false });
  assert.equal(sandbox.webhookSecret, undefined);
  assert.equal('KLING_WEBHOOK_SECRET' in sandbox.env, false);
  await createLegacy();
  for (const { headers, body } of await receive(3)) {
    for (const name of NAMES) assert.equal(headers[name], undefined);
    assert.throws(() => new KlingWebhook(SECRET).verify(body, headers), {
      code: 'KLING_WEBHOOK_MISSING_HEADER',
    });
  }
});

test('callbacks are dated by the sandbox’s clock, which may lie', async (t) => {
  const { sandbox, createLegacy, receive } = await start(t, { clockSkewSec: 400 });
  await createLegacy();
  const [{ headers, body }] = await receive(3);
  assert.throws(() => new KlingWebhook(null, { env: sandbox.env }).verify(body, headers), {
    code: 'KLING_WEBHOOK_TOO_FAR_AHEAD',
  });
});

test('with taskSec the clock decides when there is news', async (t) => {
  const clock = { now: Date.now() };
  const { send, createLegacy, receive } = await start(t, {
    now: () => clock.now,
    taskSec: 1000,
  });
  await createLegacy();
  const seen = statusesOf(await receive(1));
  for (const sec of [100, 900]) {
    clock.now += sec * 1000;
    await send('/account/costs?start_time=0&end_time=1'); // any request makes it look at the clock
    seen.push(...statusesOf(await receive(1)));
  }
  assert.deepEqual(seen, ['submitted', 'processing', 'succeed']);
});

test('with taskSec and a clock that runs nobody needs to ask', async (t) => {
  const { createLegacy, receive } = await start(t, { taskSec: 0.05 });
  await createLegacy();
  const seen = [];
  while (seen.at(-1) !== 'succeed') seen.push(...statusesOf(await receive(1)));
  assert.equal(seen[0], 'submitted');
});

test('what became of each callback is kept, and failures hold nothing up', async (t) => {
  const told = [];
  const { sandbox, createLegacy, callbackUrl } = await start(t, {
    onCallback: (callback) => told.push(callback),
  });
  const closed = createServer().listen(0, '127.0.0.1');
  await once(closed, 'listening');
  const { port } = closed.address();
  closed.close();
  await once(closed, 'close');
  const outside = 'the sandbox calls http addresses on the loopback interface only';
  for (const [url, outcome] of [
    [callbackUrl, { status: 204 }],
    [`http://localhost:${port}/`, /ECONNREFUSED/],
    ['http://192.0.2.1/', outside],
    ['http://127.0.0.1.example.com/', outside],
    ['https://127.0.0.1/', outside],
    ['not a URL', /Invalid URL/],
  ]) {
    told.length = 0;
    const created = await createLegacy({ callback_url: url });
    while (told.length < 3) await new Promise(setImmediate);
    for (const { id, at, payload, status, error, ...rest } of told) {
      assert.deepEqual(rest, { url });
      assert.match(id, /^\d{19}$/);
      assert.ok(at instanceof Date);
      assert.equal(payload.task_id, created.task_id);
      if (typeof outcome === 'object' && 'status' in outcome) assert.equal(status, 204);
      else assert.match(error, outcome instanceof RegExp ? outcome : new RegExp(`^${outcome}$`));
    }
    assert.deepEqual(sandbox.callbacks.slice(-3), told);
  }
});

test('closing ends a callback that nobody answers', async (t) => {
  const silent = createServer(() => {}).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  t.after(() => silent.close());
  const { sandbox, createLegacy } = await start(t);
  const called = once(silent, 'request');
  await createLegacy({ callback_url: `http://127.0.0.1:${silent.address().port}/` });
  const [request] = await called;
  const ended = new Promise((resolve) => request.on('error', () => {}).on('close', resolve));
  await sandbox.close();
  await ended;
});

test('the middleware accepts what the sandbox sends', async (t) => {
  const events = [];
  const rejected = [];
  const { sandbox, createLegacy } = await start(t);
  const verify = nodeWebhook({
    webhook: new KlingWebhook(null, { env: sandbox.env, replayProtection: true }),
    onRejected: (error) => rejected.push(error),
  });
  const server = createServer((req, res) => {
    verify(req, res, () => {
      events.push(req.klingWebhook.payload.task_status);
      res.writeHead(204).end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  await createLegacy({ callback_url: `http://127.0.0.1:${server.address().port}/` });
  while (sandbox.callbacks.length < 3) await new Promise(setImmediate);
  assert.deepEqual([events, rejected], [['submitted', 'processing', 'succeed'], []]);
});

test('bad options are refused', async (t) => {
  const { sandbox } = await start(t);
  const table = [
    [
      'TypeError',
      'KLING_INVALID_ARG_TYPE',
      { webhookSecret: 5 },
      'webhookSecret must be a string, received a number',
    ],
    [
      'KlingAuthError',
      'KLING_INVALID_CREDENTIALS',
      { webhookSecret: 'AAAA' },
      /^secret is shorter than 16 bytes/,
    ],
  ];
  for (const [name, code, options, message] of table) {
    await assert.rejects(startKlingSandbox(options), { name, code, message });
    assert.throws(() => sandbox.rotateWebhookSecret(options), { name, code, message });
  }
  assert.throws(() => sandbox.rotateWebhookSecret({ emergncy: true }), {
    name: 'TypeError',
    code: 'KLING_UNKNOWN_OPTION',
    message: 'unknown option "emergncy": did you mean emergency?',
  });
});

test('once unreferenced, neither callbacks nor waiting keep the process alive', () => {
  const result = runJson(`
    const { startKlingSandbox } = require('kling-auth/sandbox');
    const { createServer } = require('node:http');
    (async () => {
      const silent = createServer(() => {}).listen(0, '127.0.0.1', async () => {
        silent.unref();
        silent.on('connection', (socket) => socket.unref());
        const sandbox = await startKlingSandbox({ taskSec: 1000 });
        sandbox.unref();
        const callback_url = 'http://127.0.0.1:' + silent.address().port;
        silent.on('request', () => console.log('true'));
        await fetch(sandbox.url + '/v1/videos/text2video', {
          method: 'POST',
          headers: { authorization: 'Bearer ' + sandbox.apiKey },
          body: JSON.stringify({ prompt: 'x', callback_url }),
        });
        // Alive until the callback has come, and no longer.
        const alive = setInterval(() => {}, 1000);
        silent.on('request', () => clearInterval(alive));
      });
    })();`);
  assert.equal(result, true);
});

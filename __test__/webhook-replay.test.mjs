import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { createClient } from 'redis';
import { KlingWebhook } from '../index.js';
import { startRedis } from './helpers/redis.mjs';
import { cleanEnv, root } from './helpers/run.mjs';
import {
  BODY,
  exampleWebhook,
  HEADERS,
  ID,
  now,
  SECONDS,
  SECRET,
  signedHeaders,
} from './helpers/webhook.mjs';

const REPLAY = {
  name: 'KlingWebhookError',
  code: 'KLING_WEBHOOK_REPLAY',
  message: 'webhook-id was seen before: the delivery was repeated, by Kling or by somebody else',
};

test('without replay protection a delivery may come again', () => {
  for (const options of [{}, { replayProtection: false }, { replayProtection: null }]) {
    const webhook = exampleWebhook(options);
    for (let i = 0; i < 3; i++) assert.equal(webhook.verify(BODY, HEADERS).id, ID);
  }
});

test('with replay protection the second delivery of one id is refused', () => {
  const webhook = exampleWebhook({ replayProtection: true });
  assert.equal(webhook.verify(BODY, HEADERS).id, ID);
  assert.throws(() => webhook.verify(BODY, HEADERS), REPLAY);
  assert.throws(() => webhook.verifyRaw(BODY, HEADERS), REPLAY);
  const again = signedHeaders(webhook, ID, SECONDS + 1, '{}');
  assert.throws(() => webhook.verify('{}', again), REPLAY);
  const other = signedHeaders(webhook, 'other', SECONDS, BODY);
  assert.equal(webhook.verifyRaw(BODY, other).id, 'other');
  assert.throws(() => webhook.verifyRaw(BODY, other), REPLAY);
  const fresh = exampleWebhook({ replayProtection: true });
  assert.equal(fresh.verify(BODY, HEADERS).id, ID, 'each instance has a memory of its own');
});

test('what is refused is not remembered', () => {
  const webhook = exampleWebhook({ replayProtection: true });
  assert.throws(() => webhook.verify(`${BODY} `, HEADERS), {
    code: 'KLING_WEBHOOK_NO_MATCHING_SIGNATURE',
  });
  const noJson = signedHeaders(webhook, ID, SECONDS, 'text');
  assert.throws(() => webhook.verify('text', noJson), { code: 'KLING_WEBHOOK_BODY_NOT_JSON' });
  assert.equal(webhook.verify(BODY, HEADERS).id, ID);
});

test('an id is forgotten after the tolerance, and not before', () => {
  let clock = now();
  const webhook = exampleWebhook({ replayProtection: true, now: () => clock });
  webhook.verify(BODY, HEADERS);
  clock = now() + 300_000;
  assert.throws(() => webhook.verify(BODY, HEADERS), REPLAY);
  clock += 1000;
  const again = signedHeaders(webhook, ID, SECONDS + 301, BODY);
  assert.equal(webhook.verify(BODY, again).id, ID);
});

test('the memory is bounded: the least recently seen of 65536 ids is forgotten', () => {
  const webhook = exampleWebhook({ replayProtection: true });
  const deliver = (id) => webhook.verifyRaw('', signedHeaders(webhook, id, SECONDS, ''));
  for (let i = 0; i < 65_536; i++) deliver(`id-${i}`);
  assert.throws(() => deliver('id-0'), REPLAY);
  deliver('one-more');
  assert.throws(() => deliver('id-0'), REPLAY, 'seen again just now');
  assert.equal(deliver('id-1').id, 'id-1');
});

test('isReplay is asked about genuine deliveries, with their id and end', async () => {
  const asked = [];
  const isReplay = (id, expiresAt) => {
    asked.push([id, expiresAt]);
    return asked.length > 1;
  };
  for (const hook of [isReplay, async (...args) => isReplay(...args)]) {
    asked.length = 0;
    const webhook = exampleWebhook({ isReplay: hook, toleranceSec: 60 });
    await assert.rejects(webhook.verify(`${BODY} `, HEADERS), {
      code: 'KLING_WEBHOOK_NO_MATCHING_SIGNATURE',
    });
    assert.deepEqual(asked, []);
    assert.deepEqual(await webhook.verify(BODY, HEADERS), {
      id: ID,
      timestamp: new Date(now()),
      payload: { test: 2432232314 },
    });
    assert.deepEqual(asked, [[ID, new Date(now() + 60_000)]]);
    await assert.rejects(webhook.verify(BODY, HEADERS), REPLAY);
    await assert.rejects(webhook.verifyRaw(BODY, HEADERS), REPLAY);
    assert.equal(asked.length, 3);
  }
});

test('isReplay takes the place of the memory of this process', async () => {
  const webhook = exampleWebhook({ isReplay: () => false, replayProtection: true });
  for (let i = 0; i < 2; i++) assert.equal((await webhook.verifyRaw(BODY, HEADERS)).id, ID);
});

test('an answer of isReplay that is no boolean is refused', async () => {
  // `SET … NX` answers "OK" and null: passed on as they are, every delivery would count as new or
  // every one as a replay.
  for (const [answer, kind] of [
    ['OK', 'a string'],
    [null, 'null'],
    [undefined, 'undefined'],
    [1, 'a number'],
  ]) {
    const webhook = exampleWebhook({ isReplay: async () => answer });
    await assert.rejects(webhook.verify(BODY, HEADERS), {
      name: 'TypeError',
      code: 'KLING_INVALID_ARG_TYPE',
      message: `what isReplay() returns must be a boolean or a promise of one, received ${kind}`,
    });
  }
});

test('a delivery is refused while isReplay fails', async () => {
  const down = new Error('the store is down');
  for (const isReplay of [
    () => {
      throw down;
    },
    () => Promise.reject(down),
  ]) {
    await assert.rejects(exampleWebhook({ isReplay }).verify(BODY, HEADERS), down);
  }
});

test('with isReplay nothing is thrown synchronously', async () => {
  const webhook = exampleWebhook({ isReplay: () => false });
  const results = [
    webhook.verify(BODY, {}),
    webhook.verifyRaw({}, HEADERS),
    webhook.verify(BODY, null),
  ];
  const codes = (await Promise.allSettled(results)).map(({ reason }) => reason.code);
  assert.deepEqual(codes, [
    'KLING_WEBHOOK_MISSING_HEADER',
    'KLING_INVALID_ARG_TYPE',
    'KLING_INVALID_ARG_TYPE',
  ]);
});

test('two processes that share a Redis accept each id once', async (t) => {
  const redis = await startRedis(t);
  const servers = await Promise.all([startExample(t, redis), startExample(t, redis)]);
  const [first, second] = servers;

  const webhook = new KlingWebhook(SECRET);
  const seconds = Math.floor(Date.now() / 1000);
  const headersOf = (id) => signedHeaders(webhook, id, seconds, BODY);

  assert.equal(await post(first.url, headersOf('one'), BODY), 200);
  assert.equal(await post(second.url, headersOf('one'), BODY), 401);
  assert.equal(await post(first.url, headersOf('one'), BODY), 401);
  assert.equal(await post(second.url, headersOf('two'), BODY), 200);
  assert.equal(await post(first.url, { ...headersOf('three'), 'webhook-id': 'four' }, BODY), 401);
  assert.equal(await post(first.url, headersOf('four'), BODY), 200, 'a forgery burns no id');

  // All at once, to both: one gets through.
  const statuses = await Promise.all(
    Array.from({ length: 20 }, (_, i) => post(servers[i % 2].url, headersOf('race'), BODY)),
  );
  assert.deepEqual(
    statuses.filter((status) => status !== 401),
    [200],
  );

  const ttlOf = async (id) => {
    const client = await createClient({ url: redis }).connect();
    try {
      return await client.ttl(`kling:webhook:${id}`);
    } finally {
      client.destroy();
    }
  };
  const before = await ttlOf('one');
  assert.ok(before > 0 && before <= 302, `${before} s`);
  const repeated = signedHeaders(webhook, 'one', seconds + 100, BODY);
  assert.equal(await post(first.url, repeated, BODY), 401);
  assert.ok((await ttlOf('one')) > before, 'remembered for the later one too');

  const output = servers.map(({ stop }) => stop());
  const lines = (await Promise.all(output)).flat();
  assert.deepEqual(
    lines.filter((line) => line.startsWith('accepted')).sort(),
    ['four', 'one', 'race', 'two'].map((id) => `accepted: ${id}`),
  );
  assert.equal(lines.filter((line) => line.includes('KLING_WEBHOOK_REPLAY')).length, 22);
  assert.ok(lines.some((line) => line.includes('KLING_WEBHOOK_NO_MATCHING_SIGNATURE')));
});

/** Runs examples/webhook-redis.mjs on a free port. */
async function startExample(t, redisUrl) {
  const env = cleanEnv({ KLING_WEBHOOK_SECRET: SECRET, REDIS_URL: redisUrl });
  const child = spawn(process.execPath, ['examples/webhook-redis.mjs'], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.after(() => child.kill());
  const ended = once(child, 'close');
  const lines = [];
  for (const input of [child.stdout, child.stderr]) {
    createInterface({ input }).on('line', (line) => lines.push(line));
  }
  const url = await new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const found = /^listening on (.*)$/.exec(line);
      if (found) resolve(found[1]);
    });
    ended.then(() => reject(new Error(`the example ended: ${lines.join('\n')}`)));
  });
  const stop = async () => {
    child.kill();
    await ended;
    return lines;
  };
  return { url, stop };
}

function post(url, headers, body) {
  return new Promise((resolve, reject) => {
    const req = request(url, { method: 'POST', headers, agent: false }, (res) => {
      res.resume().on('end', () => resolve(res.statusCode));
    });
    req.on('error', reject).end(body);
  });
}

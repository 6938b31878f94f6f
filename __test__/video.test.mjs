// examples/video.ts, ended at every step and started again: one task, one file, whole.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { transformSync } from 'esbuild';
import { startKlingSandbox } from '../lib/sandbox.js';
import { cleanEnv, root } from './helpers/run.mjs';

const hurry = fileURLToPath(new URL('./helpers/hurry.cjs', import.meta.url));
const video = randomBytes(2 ** 18);
const ORDER = 'order-4711';

const folder = mkdtempSync(join(tmpdir(), 'kling-auth-'));
after(() => rmSync(folder, { recursive: true, force: true }));
mkdirSync(join(folder, 'node_modules'));
symlinkSync(root, join(folder, 'node_modules', 'kling-auth'), 'junction');
const source = readFileSync(join(root, 'examples', 'video.ts'), 'utf8');
const program = join(folder, 'video.mjs');
writeFileSync(program, transformSync(source, { loader: 'ts', target: 'node18' }).code);

/**
 * A sandbox with a content network of its own beside it, which hands the file out in two halves, and a
 * folder for the program's file.
 */
async function setUp(t, options = {}) {
  const work = mkdtempSync(join(folder, 'run-'));
  let onStep = () => {};
  const bearers = [];
  const cdn = createServer((request, response) => {
    bearers.push(request.headers.authorization);
    onStep();
    const { status = 200, half = false } = options.cdn?.shift() ?? {};
    response.writeHead(status, { 'Content-Length': video.length });
    response.write(video.subarray(0, video.length / 2), () => {
      onStep();
      if (half) response.destroy();
      else response.end(video.subarray(video.length / 2));
    });
  });
  cdn.listen(0, '127.0.0.1');
  await once(cdn, 'listening');
  const sandbox = await startKlingSandbox({
    faults: options.faults,
    publicFilesOrigin: `http://127.0.0.1:${cdn.address().port}`,
    onRequest: () => onStep(),
  });

  /** Runs the program to its end, or until it is ended at its n-th step. */
  async function run({ atRequest, atOwnStep, order = ORDER } = {}) {
    const waits = join(work, 'waits');
    writeFileSync(waits, '');
    const args = ['-r', hurry, program, order, 'a paper boat', join(work, 'files', 'boat.mp4')];
    mkdirSync(join(work, 'files'), { recursive: true });
    const child = spawn(process.execPath, args, {
      cwd: folder,
      env: cleanEnv({ ...sandbox.env, WAITS: waits, KILL_AT: String(atOwnStep ?? 0) }),
    });
    let requests = 0;
    onStep = () => {
      requests += 1;
      if (requests === atRequest) child.kill('SIGKILL');
    };
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    const [code, signal] = await once(child, 'close');
    onStep = () => {};
    const seconds = readFileSync(waits, 'utf8')
      .trim()
      .split('\n')
      .filter(Boolean)
      .map((ms) => ms / 1000);
    return { code, killed: signal === 'SIGKILL', output, seconds };
  }

  async function tasks() {
    const response = await fetch(`${sandbox.url}/v1/videos/text2video?pageSize=500`, {
      headers: { Authorization: `Bearer ${sandbox.apiKey}` },
    });
    return (await response.json()).data;
  }

  t.after(async () => {
    cdn.close();
    cdn.closeAllConnections?.(); // Node.js 18.2
    await sandbox.close();
  });

  const files = () => readdirSync(join(work, 'files'));
  const file = () => readFileSync(join(work, 'files', 'boat.mp4'));
  return {
    run,
    tasks,
    files,
    file,
    sandbox,
    bearers,
  };
}

/** What must be true whatever has happened before. */
async function isOnce(place) {
  const tasks = await place.tasks();
  assert.deepEqual(
    tasks.map(({ task_info: info }) => info),
    [{ external_task_id: ORDER }],
  );
  assert.deepEqual(place.files(), ['boat.mp4']);
  assert.ok(place.file().equals(video));
  assert.deepEqual([...new Set(place.bearers)], [undefined]);
}

/** Runs the program, ended at its n-th step, for every n; and each time once more, to the end. */
async function endAtEvery(t, kind, faults) {
  for (let step = 1; ; step++) {
    const place = await setUp(t, { faults });
    const { killed, code, output } = await place.run({ [kind]: step });
    if (killed) {
      const [file] = place.files().filter((name) => name === 'boat.mp4');
      assert.ok(file === undefined || place.file().equals(video), 'half a file is there');
      const again = await place.run();
      assert.equal(again.code, 0, again.output);
    } else {
      assert.equal(code, 0, output);
    }
    await isOnce(place);
    if (!killed) return step - 1;
  }
}

test('ended at every request and halfway through the file, it makes one task and one file', async (t) => {
  // A look, the create, two looks; the file, and half of it.
  assert.equal(await endAtEvery(t, 'atRequest', []), 6);
});

test('ended at every wait and on both sides of the move, it makes one task and one file', async (t) => {
  assert.equal(await endAtEvery(t, 'atOwnStep', []), 4);
});

test('ended anywhere after a create whose reply is lost, it makes one task and one file', async (t) => {
  assert.equal(await endAtEvery(t, 'atRequest', [{ lost: true }]), 6);
});

const LOST = {
  'nothing comes back': { lost: true },
  'the server says that it timed out': { lost: true, code: 5002 },
  'a gateway answers': { lost: true, status: 502, body: '<html>' },
  'half a body comes': { lost: true, status: 200, body: '{"code":0,"mess' },
  'the connection ends in its body': { lost: true, truncate: true, body: '{"code":0,"message":"' },
  'the reply says too many requests': { lost: true, code: 1302 },
  'the reply has no task': { lost: true, body: '{"code":0,"message":"","request_id":""}' },
};

for (const [name, fault] of Object.entries(LOST)) {
  test(`a create is not paid for twice where ${name}`, async (t) => {
    const place = await setUp(t, { faults: [fault] });
    const { code, output } = await place.run();
    assert.equal(code, 0, output);
    await isOnce(place);
  });
}

test('it waits as long as Kling asks for, and longer from one failure to the next', async (t) => {
  const retryAfter = { 'Retry-After': '90' };
  const faults = [{ code: 1303, times: 4 }, { code: 5001, headers: retryAfter }, { code: 5000 }];
  const place = await setUp(t, { faults });
  const { code, output, seconds } = await place.run();
  assert.equal(code, 0, output);
  // Before the random part, which at most doubles it.
  const least = [1, 2, 4, 8, 90, 32];
  for (const [i, sec] of least.entries()) {
    assert.ok(seconds[i] >= sec && seconds[i] <= Math.max(90, 2 * sec), `${i}: ${seconds[i]} s`);
  }
  await isOnce(place);
});

test('it gives up after an hour of waiting, and goes on when it is run again', async (t) => {
  const place = await setUp(t, { faults: [{ code: 1302, times: 50 }] });
  const { code, output, seconds } = await place.run();
  assert.equal(code, 1);
  assert.match(output, /there is no video yet: run this again with the same order to go on\n$/);
  const waited = seconds.reduce((sum, sec) => sum + sec, 0);
  assert.ok(waited > 3400 && waited <= 3600, `${waited} s`);
  place.sandbox.recover();
  assert.equal((await place.run()).code, 0);
  await isOnce(place);
});

test('what waiting does not mend ends it at once, with what does', async (t) => {
  for (const [fault, says] of [
    [{ code: 1102 }, /resource pack for this product is used up/],
    [{ code: 1301 }, /change the prompt or the media/],
    [{ code: 1000 }, /check that the secret key belongs to the access key/],
    [{ status: 403, body: '<html>' }, /a proxy or firewall refused it/],
    [{ taskFails: 'risk control' }, /the task failed: risk control/],
  ]) {
    const place = await setUp(t, { faults: [{ path: '/v1', ...fault }] });
    const { code, output, seconds } = await place.run();
    assert.equal(code, 1);
    assert.match(output, says);
    assert.equal(seconds.length, fault.taskFails ? 2 : 0);
    assert.deepEqual(place.files(), []);
  }
});

test('a download that fails is tried again', async (t) => {
  const place = await setUp(t, { cdn: [{ half: true }, { status: 403 }] });
  const { code, output, seconds } = await place.run();
  assert.equal(code, 0, output);
  assert.equal(seconds.length, 4);
  await isOnce(place);
});

test('an order with the id of another task is refused, and nothing is created', async (t) => {
  const place = await setUp(t);
  await place.run();
  const [{ task_id: order }] = await place.tasks();
  const { code, output } = await place.run({ order });
  assert.equal(code, 1);
  assert.equal(output, `${order} is the id of another task: give the order another one\n`);
  await isOnce(place);
});

test('an order that fits in no path is refused before anything is sent', async (t) => {
  const place = await setUp(t);
  for (const order of ['', '..', 'a/b', 'a b']) {
    const { code, output } = await place.run({ order });
    assert.equal(code, 2, order);
    assert.match(output, /^usage: /);
  }
  assert.deepEqual(place.sandbox.requests, []);
});

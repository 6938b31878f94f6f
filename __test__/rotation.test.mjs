import assert from 'node:assert/strict';
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { fileCredentials } from 'kling-auth/credentials';
import { createClient } from 'redis';
import { startRedis } from './helpers/redis.mjs';
import { rotateUnderLoad } from './helpers/rotate.mjs';
import { cleanEnv, root } from './helpers/run.mjs';

const OLD = { accessKey: 'ak-old', secretKey: 'sk-old' };
const NEW = { accessKey: 'ak-new', secretKey: 'sk-new' };

/** Verifier, loaded program and rotator (this process): three of them, and no request refused. */
async function rotateExample(t, example, env, replace) {
  const verifier = fork(fileURLToPath(new URL('helpers/verifier.mjs', import.meta.url)));
  t.after(() => verifier.kill());
  const ask = async (message) => {
    verifier.send(message);
    const [reply] = await once(verifier, 'message');
    return reply;
  };
  const [{ port }] = await once(verifier, 'message');
  const accepted = async (accessKey, atLeast) => {
    for (;;) {
      const { seen } = await ask({});
      if ((seen[accessKey] ?? 0) >= atLeast) return;
      assert.equal(program.exitCode, null, 'the example ended early');
      await new Promise(setImmediate);
    }
  };

  await ask({ add: OLD });
  const program = spawn(process.execPath, [`examples/${example}`], {
    cwd: root,
    env: cleanEnv({ ...env, KLING_API_BASE: `http://127.0.0.1:${port}` }),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => program.kill('SIGKILL'));
  let output = '';
  program.stdout.on('data', (chunk) => {
    output += chunk;
  });

  await accepted(OLD.accessKey, 50);
  await ask({ add: NEW });
  await replace(NEW);
  await accepted(NEW.accessKey, 50);
  // Requests that left with the old pair have been answered by now: four are under way at most.
  await ask({ remove: OLD.accessKey });
  await accepted(NEW.accessKey, 200);
  program.kill('SIGTERM');
  await once(program, 'close');
  const { sent, refused } = JSON.parse(output);
  assert.equal(refused, 0);
  assert.ok(sent[OLD.accessKey] >= 50 && sent[NEW.accessKey] >= 200, output);
}

test('rotation from a file refuses no request under load', async (t) => {
  if (process.platform === 'win32') return; // has no signal that the example could end by
  const folder = mkdtempSync(join(tmpdir(), 'kling-auth-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'kling.json');
  const replace = (pair) => {
    writeFileSync(`${file}.new`, JSON.stringify(pair));
    renameSync(`${file}.new`, file);
  };
  replace(OLD);
  await rotateExample(t, 'rotate-from-file.mjs', { KLING_KEY_FILE: file }, replace);
});

test('rotation from a Redis key refuses no request under load', async (t) => {
  if (process.platform === 'win32') return; // has no signal that the example could end by
  const url = await startRedis(t, ['--notify-keyspace-events', 'K$']);
  const client = await createClient({ url }).connect();
  const replace = (pair) => client.set('kling:credentials', JSON.stringify(pair));
  try {
    await replace(OLD);
    await rotateExample(t, 'rotate-from-redis.mjs', { REDIS_URL: url }, replace);
  } finally {
    await client.close();
  }
});

test('a pair in a file may be deleted at Kling before its buffer begins: no caller sees a refusal', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'kling-auth-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'kling.json');
  const put = (pair) => {
    writeFileSync(`${file}.new`, JSON.stringify(pair));
    renameSync(`${file}.new`, file);
  };
  await rotateUnderLoad(t, put, fileCredentials(file));
});

// A real redis-server on a free loopback port, gone with the test.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from './port.mjs';
import { redisServer } from './python.mjs';

/**
 * @param {import('node:test').TestContext} t
 * @param {string[]} [options] More command line options.
 * @returns {Promise<string>} Its URL.
 */
export async function startRedis(t, options = []) {
  const folder = mkdtempSync(join(tmpdir(), 'kling-auth-redis-'));
  const port = await freePort();
  const server = spawn(
    redisServer() ?? 'redis-server',
    [
      '--port',
      `${port}`,
      '--bind',
      '127.0.0.1',
      '--dir',
      folder,
      '--save',
      '',
      '--appendonly',
      'no',
      ...options,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  t.after(async () => {
    server.kill();
    if (server.exitCode === null && server.signalCode === null) await once(server, 'exit');
    rmSync(folder, { recursive: true, force: true });
  });
  const failed = once(server, 'error').then(([cause]) => {
    throw new Error('the tests need redis-server on the PATH', { cause });
  });
  const ready = (async () => {
    for await (const line of createInterface({ input: server.stdout })) {
      if (line.includes('Ready to accept connections')) return;
    }
    throw new Error('redis-server ended');
  })();
  await Promise.race([ready, failed]);
  server.stdout.resume();
  return `redis://127.0.0.1:${port}`;
}

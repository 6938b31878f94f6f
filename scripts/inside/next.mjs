// Next.js, built by both its bundlers where there is no secret, and run where there are all.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../__test__/helpers/port.mjs';
import { KlingWebhook } from '../../index.js';
import { startKlingSandbox } from '../../lib/sandbox.js';
import { cleanEnv, root } from '../lib/sh.mjs';
import { node, userTools } from '../lib/tools.mjs';
import { on22, program, projectOf, write } from './project.mjs';

/** @returns {Promise<string[]>} the bundlers */
export async function buildNext(tarballs) {
  const folder = projectOf('next', tarballs);
  // Which folder is the root Next.js finds by lock files, of which there may be others further up.
  write(
    folder,
    'next.config.mjs',
    `const root = ${JSON.stringify(userTools())};
export default {
  serverExternalPackages: ['kling-auth'],
  outputFileTracingRoot: root,
  turbopack: { root },
};
`,
  );
  const route = join(folder, 'app', 'api', 'videos', 'route.js');
  cpSync(join(root, 'examples', 'next-route.mjs'), route);
  assert.match(readFileSync(route, 'utf8'), /KlingAuth/);
  const sandbox = await startKlingSandbox();
  const bundlers = ['--turbopack', '--webpack'];
  try {
    for (const bundler of bundlers) {
      rmSync(join(folder, '.next'), { recursive: true, force: true });
      const env = { NEXT_TELEMETRY_DISABLED: '1' };
      on22([program('next', 'dist', 'bin', 'next'), 'build', bundler], { cwd: folder, env });
      await served(folder, sandbox);
    }
  } finally {
    await sandbox.close();
  }
  return bundlers;
}

/** The example makes a video, and the callbacks' routes know a genuine delivery. */
async function served(folder, sandbox) {
  const port = await freePort();
  const server = spawn(
    node(22),
    [program('next', 'dist', 'bin', 'next'), 'start', `--port=${port}`, '--hostname=127.0.0.1'],
    {
      cwd: folder,
      env: cleanEnv({ ...sandbox.env, KLING_WEBHOOK_SECRET: sandbox.webhookSecret }),
      stdio: 'ignore',
    },
  );
  const ended = once(server, 'exit');
  const url = `http://127.0.0.1:${port}`;
  const signal = AbortSignal.timeout(120_000);
  try {
    const created = await answer(`${url}/api/videos`, server, {
      method: 'POST',
      signal,
      body: JSON.stringify({ prompt: 'a paper boat' }),
    });
    assert.equal(created.status, 200, await created.clone().text());
    assert.ok((await created.json()).task_id);

    const webhook = new KlingWebhook(sandbox.webhookSecret);
    const body = '{"task_id":"1"}';
    const seconds = Math.floor(Date.now() / 1000);
    const headers = {
      'webhook-id': 'msg_1',
      'webhook-timestamp': String(seconds),
      'webhook-signature': webhook.sign('msg_1', seconds, body),
    };
    for (const path of ['/kling', '/kling-dynamic']) {
      const genuine = await fetch(url + path, { method: 'POST', signal, headers, body });
      assert.equal(genuine.status, 200, path);
      assert.deepEqual(await genuine.json(), { task_id: '1' });
      const forged = await fetch(url + path, { method: 'POST', signal, headers, body: '{}' });
      assert.equal(forged.status, 401, path);
    }
  } finally {
    server.kill('SIGKILL');
    await ended;
  }
}

async function answer(url, server, init) {
  for (let attempt = 0; attempt < 300 && server.exitCode === null; attempt++) {
    try {
      return await fetch(url, init);
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  throw new Error('the Next.js server did not answer within 30 s');
}

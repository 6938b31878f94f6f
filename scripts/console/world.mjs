// The sandbox as its command runs it, a program that uses it, and an endpoint for its callbacks.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { KlingAuth, KlingWebhook } from '../../index.js';
import { cleanEnv, root } from '../lib/sh.mjs';

/** Starts `kling-auth sandbox` and reads what it says on the terminal. */
export async function startSandbox() {
  const command = join(root, 'bin', 'kling-auth.js');
  const child = spawn(process.execPath, [command, 'sandbox', '--json', '--console-port', '0'], {
    env: cleanEnv(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  process.on('exit', () => child.kill());
  let [shown, noted] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text) => {
    shown += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    noted += text;
  });
  const lines = () => shown.trim().split('\n').filter(Boolean);
  /** The credentials as the terminal has them, once they were shown `times` times. */
  const environments = async (times) => {
    await until(() => lines().length >= times && shown.endsWith('\n'));
    return lines().map((line) => JSON.parse(line));
  };
  const [env] = await environments(1);
  await until(() => /^Console: .+$/m.test(noted));
  return {
    env,
    environments,
    consoleUrl: /^Console: (.+)$/m.exec(noted)[1],
    get running() {
      return child.exitCode === null;
    },
    async stop() {
      child.kill('SIGINT');
      const [code] = await once(child, 'exit');
      return code;
    },
  };
}

/** An endpoint that verifies what it is sent. */
export async function startReceiver(env) {
  const webhook = new KlingWebhook(null, { env, replayProtection: true });
  const verdicts = [];
  const signatures = [];
  const server = createServer(async (req, res) => {
    const chunks = [];
    for await (const chunk of req) chunks.push(chunk);
    signatures.push(req.headers['webhook-signature']);
    try {
      webhook.verify(Buffer.concat(chunks), req.headers);
      verdicts.push('accepted');
      res.writeHead(200).end();
    } catch (error) {
      verdicts.push(error.code);
      res.writeHead(401).end();
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}/kling`,
    verdicts,
    signatures,
    close: () => server.close(),
  };
}

/** A program that uses Kling. */
export function client(env) {
  const auth = new KlingAuth({ env });
  const call = async (path, json) => {
    const response = await auth.fetch(path, {
      method: json === undefined ? 'GET' : 'POST',
      ...(json !== undefined && { body: JSON.stringify(json) }),
    });
    return { status: response.status, body: await response.json().catch(() => null) };
  };
  return { auth, call };
}

/** Waits until something holds. */
export async function until(condition, ms = 20_000) {
  const end = Date.now() + ms;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`not within ${ms} ms: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

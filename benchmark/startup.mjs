// Loading and the first token in a fresh process, against jsonwebtoken.
import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { summary, table } from './measure.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const ROUNDS = 25;

const child = (body) => `
  const threads = () => process.platform === 'linux' ? require('node:fs').readdirSync('/proc/self/task').length : NaN;
  gc();
  const before = { heap: process.memoryUsage().heapUsed, threads: threads() };
  const start = process.hrtime.bigint();
  ${body}
  const ms = Number(process.hrtime.bigint() - start) / 1e6;
  const after = threads();
  gc();
  console.log(JSON.stringify({ ms, heap: process.memoryUsage().heapUsed - before.heap, threads: after - before.threads }));`;

const ALTERNATIVES = {
  jsonwebtoken: child(`const jwt = require('jsonwebtoken');
    const now = Math.floor(Date.now() / 1000);
    jwt.sign({ iss: 'ak', exp: now + 1800, nbf: now - 5 }, 'sk', { algorithm: 'HS256', header: { typ: 'JWT' } });`),
  'kling-auth': child(`const { KlingAuth } = require('kling-auth');
    new KlingAuth('ak', 'sk').token;`),
};

export async function run() {
  const samples = Object.fromEntries(Object.keys(ALTERNATIVES).map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, source] of Object.entries(ALTERNATIVES)) {
      const { stdout, stderr, status } = spawnSync(
        process.execPath,
        ['--expose-gc', '-e', source],
        { cwd: root, encoding: 'utf8' },
      );
      if (status !== 0) throw new Error(stderr);
      samples[name].push(JSON.parse(stdout));
    }
  }
  const times = Object.entries(samples).map(([name, runs]) => [
    name,
    summary(runs.map(({ ms }) => ms)),
  ]);
  const ours = samples['kling-auth'];
  const addon = readdirSync(root).find((file) => file.endsWith('.node'));
  return [
    table(
      'require() and the first token in a fresh process',
      Object.fromEntries(times),
      'jsonwebtoken',
      'ms',
    ),
    [
      `Threads started by kling-auth: ${Math.max(...ours.map(({ threads }) => threads))}.`,
      `JavaScript heap: ${(summary(ours.map(({ heap }) => heap)).median / 1000).toFixed(0)} kB`,
      `(jsonwebtoken: ${(summary(samples.jsonwebtoken.map(({ heap }) => heap)).median / 1000).toFixed(0)} kB).`,
      `The addon's file: ${(statSync(`${root}/${addon}`).size / 1000).toFixed(0)} kB.\n`,
    ].join(' '),
  ];
}

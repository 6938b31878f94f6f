// Worker threads with an instance each: what they share, and what each costs.
import { spawnSync } from 'node:child_process';
import { folder } from './released.mjs';

const COUNTS = [1, 2, 4, 8, 16, 32, 64];
const ROUNDS = 3;

/** All are started, then told to make their instance at once; `load` is what each does for it. */
const child = (count, load) => `
  const { Worker } = require('node:worker_threads');
  const body = \`
    const { parentPort, workerData } = require('node:worker_threads');
    const calls = new Int32Array(workerData);
    const begin = async () => {
      ${load}
      parentPort.postMessage('ready');
    };
    parentPort.on('message', () => begin());
    parentPort.postMessage('online');
  \`;
  (async () => {
    const calls = new SharedArrayBuffer(4);
    const workers = Array.from({ length: ${count} }, () =>
      new Worker(body, { eval: true, workerData: calls }));
    const all = () => Promise.all(workers.map((worker) =>
      new Promise((resolve) => worker.once('message', resolve))));
    await all();
    const rss = process.memoryUsage().rss;
    const start = process.hrtime.bigint();
    const ready = all();
    for (const worker of workers) worker.postMessage('begin');
    await ready;
    const ms = Number(process.hrtime.bigint() - start) / 1e6;
    console.log(JSON.stringify({
      ms, mb: (process.memoryUsage().rss - rss) / 1e6, calls: new Int32Array(calls)[0],
    }));
    process.exit();
  })();`;

const PROVIDER = `
  const { KlingAuth } = require('kling-auth');
  globalThis.auth = new KlingAuth({
    credentials: async () => {
      Atomics.add(calls, 0, 1);
      return { accessKey: 'ak-workers', secretKey: 'sk-workers' };
    },
  });
  await auth.ready();`;
const PAIR = `
  const { KlingAuth } = require('kling-auth');
  globalThis.auth = new KlingAuth('ak-workers', 'sk-workers');
  auth.token;`;

/** The round that took the least time. */
function best(count, load) {
  const samples = Array.from({ length: ROUNDS }, () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['-e', child(count, load)], {
      cwd: folder,
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(stderr);
    return JSON.parse(stdout);
  });
  return samples.sort((a, b) => a.ms - b.ms)[0];
}

export async function run() {
  const rows = COUNTS.map((count) => {
    const pair = best(count, PAIR);
    const provider = best(count, PROVIDER);
    return `| ${[
      count,
      pair.ms.toFixed(1),
      pair.mb.toFixed(1),
      provider.ms.toFixed(1),
      provider.mb.toFixed(1),
      provider.calls,
    ].join(' | ')} |`;
  });
  return [
    [
      '### Worker threads, an instance in each\n',
      'From the moment at which all are told to load the package until the last has its token; the memory',
      'is what the process grew by meanwhile. Least time of three rounds.\n',
      '| workers | pair: ms | MB | provider: ms | MB | provider calls |',
      '| --: | --: | --: | --: | --: | --: |',
      ...rows,
      '',
      'Threads share the file of the addon and nothing else, so that the cores are the limit; each thread loads',
      'the package, and asks its provider, for itself.\n',
    ].join('\n'),
  ];
}

// What grows with a program: worker threads that read tokens, and requests in flight through auth.fetch.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { folder, KlingAuth } from './released.mjs';

const WORKERS = [1, 2, 4, 8, 16, 32, 64];
const IN_FLIGHT = [10, 100, 1_000, 10_000];
const READS = 1_000_000; // by each worker

const READER = `
  const { parentPort, workerData } = require('node:worker_threads');
  const { createRequire } = require('node:module');
  const { KlingAuth } = createRequire(workerData.folder + '/package.json')('kling-auth');
  const auth = new KlingAuth('ak-growth', 'sk-growth');
  let last = auth.token;
  parentPort.once('message', () => {
    for (let i = 0; i < workerData.reads; i++) last = auth.token;
    parentPort.postMessage(last.length);
  });
  parentPort.postMessage('ready');`;

/** Answers in a later turn. A socket for each of 10,000 requests is more than most systems allow. */
async function transport() {
  await new Promise(setImmediate);
  return new Response('{"code":0}');
}

async function readWith(count) {
  const workers = Array.from(
    { length: count },
    () => new Worker(READER, { eval: true, workerData: { reads: READS, folder } }),
  );
  await Promise.all(workers.map((worker) => once(worker, 'message')));
  const start = process.hrtime.bigint();
  const done = workers.map((worker) => once(worker, 'message'));
  for (const worker of workers) worker.postMessage('go');
  await Promise.all(done);
  const ms = Number(process.hrtime.bigint() - start) / 1e6;
  await Promise.all(workers.map((worker) => worker.terminate()));
  return (count * READS) / ms / 1000;
}

async function sendWith(count, send) {
  const total = Math.max(count, 20_000);
  let sent = 0;
  const one = async () => {
    while (sent < total) {
      sent++;
      await (await send()).text();
    }
  };
  const start = process.hrtime.bigint();
  await Promise.all(Array.from({ length: count }, one));
  return Number(process.hrtime.bigint() - start) / 1e3 / total;
}

export async function run() {
  return [await workers(), await inFlight()];
}

async function workers() {
  const rows = [];
  for (const count of WORKERS) rows.push(`| ${count} | ${(await readWith(count)).toFixed(1)} |`);
  return [
    '### Worker threads that read a token of an instance of their own',
    '',
    '| workers | million reads a second, all together |',
    '| ---: | ---: |',
    ...rows,
    '',
    'Instances share nothing, so that the cores are the limit.\n',
  ].join('\n');
}

async function inFlight() {
  const baseUrl = 'http://127.0.0.1:9';
  const auth = new KlingAuth({ accessKey: 'ak', secretKey: 'sk', baseUrl, fetch: transport });
  const { Authorization } = auth.headers;
  const url = `${baseUrl}/v1/videos/text2video`;
  const rows = [];
  for (const count of IN_FLIGHT) {
    const [plain, ours] = [[], []];
    for (let round = 0; round < 5; round++) {
      plain.push(await sendWith(count, () => transport(url, { headers: { Authorization } })));
      ours.push(await sendWith(count, () => auth.fetch('/v1/videos/text2video')));
    }
    const [alone, through] = [Math.min(...plain), Math.min(...ours)];
    rows.push(
      `| ${count.toLocaleString('en')} | ${alone.toFixed(1)} | ${through.toFixed(1)} | ${(through - alone).toFixed(1)} |`,
    );
  }
  return [
    '### Requests in flight, on a transport that answers at once',
    '',
    '| in flight | transport alone, µs a request | through auth.fetch | difference |',
    '| ---: | ---: | ---: | ---: |',
    ...rows,
    '',
    'Each request costs the same however many there are; over a network the transport is the limit.\n',
  ].join('\n');
}

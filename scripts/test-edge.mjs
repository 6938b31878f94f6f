// The packed package in edge runtimes: workerd, built by wrangler and by Vite, and Vercel's. Linux x64.
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { check, KEYS } from './edge/cases.mjs';
import { compareMemory } from './edge/memory.mjs';
import { unpackInto } from './install/consumer.mjs';
import { pack } from './lib/pack.mjs';
import { capture, root, run } from './lib/sh.mjs';
import { note, step } from './lib/steps.mjs';
import { edgeTools, node } from './lib/tools.mjs';

// What builds for workerd needs a later Node.js than the package does.
if (Number(process.versions.node.split('.')[0]) < 22) {
  run(node(22), process.argv.slice(1));
  process.exit();
}
const runtimes = await import('./edge/runtimes.mjs');
const { startKlingSandbox } = createRequire(import.meta.url)('../lib/sandbox.js');

/** The least date with all that is needed, and the newest that this version of workerd knows. */
const DATES = ['2025-05-05', runtimes.newestDate()];
/** The whole Worker and the module in it, gzipped. */
const WORKER_BUDGET = 125_000;
const MODULE_BUDGET = 100_000;

const project = await step('a project with the package', () => {
  // Below the tools, where Vite's configuration finds them.
  const folder = join(edgeTools(), 'project');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const name of ['worker.mjs', 'vercel.mjs', 'vercel-example.mjs'])
    cpSync(join(root, 'scripts', 'edge', name), join(folder, name));
  cpSync(join(root, 'examples', 'edge'), join(folder, 'examples'), { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "name": "edge", "private": true }');
  const { main } = pack(root, join(root, 'target', 'edge'), { placeholders: true });
  unpackInto(folder, { 'kling-auth': main });
  return folder;
});

const sandbox = await startKlingSandbox({
  accessKey: KEYS.KLING_ACCESS_KEY,
  secretKey: KEYS.KLING_SECRET_KEY,
  clockSkewSec: -600,
});
const bindings = { ...KEYS, base: sandbox.url };

/** @param {{ url: string }} runtime */
const asker =
  ({ url }) =>
  (path, init) =>
    fetch(new URL(path, url), init);

async function checkAll(runtime) {
  const ask = asker(runtime);
  await check(ask);
  const { value, message } = await (await ask('/clock')).json();
  assert.deepEqual(
    { ...value, skew: undefined },
    { status: 200, ok: true, skew: undefined },
    message,
  );
  assert.ok(Math.abs(value.skew + 600) <= 2, String(value.skew));
}

// Before Vite's build, which leaves a note for wrangler to take that instead.
const [builtExample, built] = await step('wrangler', () =>
  ['examples/worker.mjs', 'worker.mjs'].map((main) => runtimes.buildWithWrangler(project, main)),
);
for (const date of DATES) {
  await step(`workerd of ${date}`, async () => {
    const runtime = await runtimes.startWorkerd(built, { date, bindings });
    await checkAll(runtime);
    await runtime.stop();
  });
}
await step('memory', async () => {
  const start = () => runtimes.startWorkerd(built, { date: DATES[0], bindings });
  note(await compareMemory(start));
});
await step('workerd, built by Vite', async () => {
  const folder = runtimes.buildWithVite(project);
  const runtime = await runtimes.startWorkerd(folder, { date: DATES[0], bindings });
  await checkAll(runtime);
  await runtime.stop();
});
await step('the examples', async () => {
  sandbox.clockSkewSec = 0;
  const environment = { ...KEYS, KLING_API_BASE: sandbox.url };
  const example = { bindings: environment, date: DATES[0] };
  const worker = await runtimes.startWorkerd(builtExample, example);
  const started = await (await fetch(worker.url)).json();
  assert.equal(started.data?.task_status, 'submitted', JSON.stringify(started));
  assert.equal((await fetch(new URL('/callback', worker.url), { method: 'POST' })).status, 401);
  worker.stop();
  for (const runtime of [
    await runtimes.startEdgeRuntime(project, { ...example, main: 'vercel-example.mjs' }),
    await runtimes.startDeno(project, { ...example, main: 'examples/deno.mjs' }),
  ]) {
    assert.deepEqual(await (await fetch(runtime.url)).json(), { ok: true, hint: null });
    await runtime.stop();
  }
});
await step('edge-runtime', async () => {
  sandbox.clockSkewSec = -600;
  const runtime = await runtimes.startEdgeRuntime(project, { bindings });
  await checkAll(runtime);
  await runtime.stop();
});
await step('the weight of a Worker', () => {
  const files = [
    'worker.js',
    ...capture('ls', [built])
      .split('\n')
      .filter((name) => name.endsWith('.wasm')),
  ];
  const sizes = files.map((file) => gzipSync(readFileSync(join(built, file)), { level: 9 }).length);
  const total = sizes.reduce((sum, size) => sum + size);
  note(`${total} of ${WORKER_BUDGET} bytes, the module ${sizes[1]} of ${MODULE_BUDGET}`);
  assert.ok(total <= WORKER_BUDGET && sizes[1] <= MODULE_BUDGET);
});
await sandbox.close();
process.exit();

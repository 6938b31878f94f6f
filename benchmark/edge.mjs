// In workerd: its start, a fresh token, a read of a cached one. Built by esbuild, as wrangler does. Its
// clock stands still during a request, so that the time of many calls in one request is taken outside.
import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { newestDate, startWorkerd } from '../scripts/edge/runtimes.mjs';
import { root } from '../scripts/lib/sh.mjs';
import { summary, table } from './measure.mjs';
import { folder } from './released.mjs';

const STARTS = 30;
const ROUNDS = 30;

const CLAIMS = `const now = Math.floor(Date.now() / 1000); const claims = { iss: 'ak-1', exp: now + 1800, nbf: now - 5 };`;

/** What each Worker loads, and what it does so many times in one request. */
const WORKERS = {
  'an empty Worker': { load: '', calls: {} },
  'kling-auth': {
    load: `import { KlingAuth } from 'kling-auth';
      let auth;
      const held = () => (auth ??= new KlingAuth('ak-1', 'sk-1'));`,
    calls: { first: 'held().token;', fresh: 'held().refresh();', cached: 'last = held().token;' },
  },
  jose: {
    load: `import { SignJWT } from 'jose';
      const key = new TextEncoder().encode('sk-1');`,
    calls: Object.fromEntries(
      ['first', 'fresh'].map((name) => [
        name,
        `${CLAIMS} await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', typ: 'JWT' }).sign(key);`,
      ]),
    ),
  },
};

/** The folder with a Worker as it would be uploaded. */
async function built(name, { load, calls }) {
  const out = join(root, 'target', 'bench-edge', name.replaceAll(' ', '-'));
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const routes = Object.entries(calls).map(
    ([route, call]) =>
      `async ${route}(n) { let last; for (let i = 0; i < n; i++) { ${call} } return last; }`,
  );
  await build({
    stdin: {
      contents: `${load}
        const routes = { ${routes.join(',\n')} };
        export default {
          async fetch(request) {
            const { pathname, searchParams } = new URL(request.url);
            await routes[pathname.slice(1)]?.(Number(searchParams.get('n')));
            return new Response('done');
          },
        };`,
      resolveDir: folder,
    },
    outfile: join(out, 'worker.mjs'),
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    conditions: ['workerd', 'worker'],
    target: 'es2022',
    nodePaths: [join(root, 'node_modules')],
    plugins: [wasmIn(out)],
  });
  return out;
}

/** A module of WebAssembly stands beside the Worker, as in what is uploaded. */
const wasmIn = (out) => ({
  name: 'wasm',
  setup({ onResolve }) {
    onResolve({ filter: /\.wasm\?module$/ }, ({ path, resolveDir }) => {
      copyFileSync(join(resolveDir, path.replace('?module', '')), join(out, 'core.wasm'));
      return { path: './core.wasm', external: true };
    });
  },
});

const start = (worker) => startWorkerd(worker, { date: newestDate(), bindings: {} });

async function timed(work) {
  const start = process.hrtime.bigint();
  const result = await work();
  return { ns: Number(process.hrtime.bigint() - start), result };
}

async function ask(url, route, n) {
  const response = await fetch(new URL(`${route}?n=${n}`, url));
  if ((await response.text()) !== 'done') throw new Error(`${route}: ${response.status}`);
}

/** Nanoseconds a call: what `n` take in one request over what none takes. */
async function each(url, route, n) {
  const { ns: none } = await timed(() => ask(url, route, 0));
  const { ns: all } = await timed(() => ask(url, route, n));
  return (all - none) / n;
}

const summaries = (samples) =>
  Object.fromEntries(Object.entries(samples).map(([name, values]) => [name, summary(values)]));

export async function run() {
  if (process.platform !== 'linux' || process.arch !== 'x64') return [];
  const workers = {};
  for (const [name, worker] of Object.entries(WORKERS)) workers[name] = await built(name, worker);
  const names = Object.keys(workers);

  const starts = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < STARTS; round++) {
    for (const name of names) {
      const { ns, result } = await timed(async () => {
        const runtime = await start(workers[name]);
        await ask(runtime.url, 'first', 1);
        return runtime;
      });
      starts[name].push(ns / 1e6);
      result.stop();
    }
  }

  const running = {};
  for (const name of ['kling-auth', 'jose']) running[name] = await start(workers[name]);
  const fresh = { 'kling-auth: refresh()': [], jose: [] };
  const cached = { 'kling-auth: .token': [] };
  for (let round = 0; round < ROUNDS; round++) {
    const { url } = running['kling-auth'];
    fresh['kling-auth: refresh()'].push(await each(url, 'fresh', 20_000));
    fresh.jose.push(await each(running.jose.url, 'fresh', 500));
    cached['kling-auth: .token'].push(await each(url, 'cached', 1_000_000));
  }
  for (const runtime of Object.values(running)) runtime.stop();

  return [
    table(
      'workerd: start of the process to the answer with the first token',
      summaries(starts),
      'an empty Worker',
      'ms',
    ),
    [
      table('workerd: a fresh token', summaries(fresh), 'kling-auth: refresh()'),
      'jose has the digest made by the platform, in native code; here WebAssembly makes it, which is a third of the',
      'time. A token is signed once in 25 minutes.\n',
    ].join('\n'),
    table('workerd: a read of a cached token', summaries(cached), 'kling-auth: .token'),
  ];
}

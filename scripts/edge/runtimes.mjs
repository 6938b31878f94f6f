// The Worker in each runtime, built by what users build with. Runs on Node.js 22, which those need.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { deno } from '../install/managers.mjs';
import { capture, cleanEnv } from '../lib/sh.mjs';
import { edgeTools, node } from '../lib/tools.mjs';

const require = createRequire(join(edgeTools(), 'package.json'));
const load = (name) => import(pathToFileURL(require.resolve(name)).href);
const quiet = { WRANGLER_SEND_METRICS: 'false', CI: 'true', FORCE_COLOR: '0' };

/** The newest compatibility date: that of workerd's version. */
export function newestDate() {
  const { version } = require('workerd/package.json');
  const [, year, month, day] = /^\d+\.(\d{4})(\d\d)(\d\d)\./.exec(version);
  return `${year}-${month}-${day}`;
}

/** @returns the folder with what `wrangler deploy` would upload */
export function buildWithWrangler(project, main = 'worker.mjs') {
  const config = { name: 'worker', main, compatibility_date: '2025-05-05' };
  writeFileSync(join(project, 'wrangler.json'), JSON.stringify(config));
  const out = join(project, 'built', main);
  const wrangler = join(edgeTools(), 'node_modules', 'wrangler', 'bin', 'wrangler.js');
  capture(node(22), [wrangler, 'deploy', '--dry-run', `--outdir=${out}`, '--minify'], {
    cwd: project,
    env: quiet,
  });
  return out;
}

/** @returns the folder with what Cloudflare's plugin for Vite builds */
export function buildWithVite(project) {
  writeFileSync(
    join(project, 'vite.config.mjs'),
    `import { cloudflare } from '@cloudflare/vite-plugin';\nexport default { plugins: [cloudflare({ configPath: 'wrangler.json' })] };\n`,
  );
  capture(node(22), [join(edgeTools(), 'node_modules', 'vite', 'bin', 'vite.js'), 'build'], {
    cwd: project,
    env: quiet,
  });
  return join(project, 'dist', 'worker');
}

/**
 * Starts workerd with a built Worker.
 *
 * @returns {Promise<{ url: string, pid: number, stop(): void }>}
 */
export async function startWorkerd(folder, { date, bindings }) {
  const files = all(folder).filter((file) => /\.(m?js|wasm)$/.test(file));
  const entry = files.find((file) => /^\w+\.m?js$/.test(file));
  const modules = [entry, ...files.filter((file) => file !== entry)].map((file) => {
    const kind = file.endsWith('.wasm') ? 'wasm' : 'esModule';
    return `(name = ${JSON.stringify(file)}, ${kind} = embed ${JSON.stringify(file)})`;
  });
  const variables = Object.entries(bindings).map(
    ([name, text]) => `(name = ${JSON.stringify(name)}, text = ${JSON.stringify(text)})`,
  );
  const config = join(folder, 'workerd.capnp');
  writeFileSync(
    config,
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "worker", worker = .worker),
    (name = "internet", network = (allow = ["public", "private", "local"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "worker")],
);
const worker :Workerd.Worker = (
  modules = [${modules.join(', ')}],
  bindings = [${variables.join(', ')}],
  compatibilityDate = "${date}",
);
`,
  );
  const workerd = require.resolve('@cloudflare/workerd-linux-64/bin/workerd');
  const child = spawn(workerd, ['serve', config, '--control-fd=3'], {
    stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
  });
  const [heard] = await once(child.stdio[3], 'data');
  const { port } = JSON.parse(String(heard));
  return { url: `http://127.0.0.1:${port}/`, pid: child.pid, stop: () => child.kill() };
}

function all(folder, below = '') {
  return readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry) => {
    const path = join(below, entry.name);
    return entry.isDirectory() ? all(folder, path) : [path];
  });
}

/** Starts Vercel's runtime with the Worker. @returns {Promise<{ url: string, stop(): Promise<void> }>} */
export async function startEdgeRuntime(project, { bindings, main = 'vercel.mjs' }) {
  const esbuild = await load('esbuild');
  const wasm = {
    name: 'wasm',
    setup(build) {
      build.onResolve({ filter: /\.wasm\?module$/ }, ({ path, resolveDir }) => ({
        path: join(resolveDir, path.replace('?module', '')),
        namespace: 'wasm',
      }));
      build.onLoad({ filter: /./, namespace: 'wasm' }, () => ({
        contents: 'export default globalThis.CORE;',
      }));
    },
  };
  const { outputFiles } = await esbuild.build({
    absWorkingDir: project,
    entryPoints: [main],
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    conditions: ['edge-light'],
    plugins: [wasm],
    write: false,
  });
  const { EdgeRuntime, runServer } = await load('edge-runtime');
  const file = join(project, 'node_modules', 'kling-auth', 'lib', 'loader', 'kling-auth.wasm');
  const CORE = new WebAssembly.Module(readFileSync(file));
  const runtime = new EdgeRuntime({
    initialCode: outputFiles[0].text,
    extend: (context) =>
      Object.assign(context, { CORE, ENV: bindings, process: { env: bindings } }),
  });
  const server = await runServer({ runtime });
  return { url: server.url, stop: () => server.close() };
}

/**
 * Starts a program on Deno, which may load no addons.
 *
 * @returns {Promise<{ url: string, stop(): void }>}
 */
export async function startDeno(project, { bindings, main }) {
  const flags = ['run', '--allow-net', '--allow-env', '--allow-read', '--no-prompt'];
  const child = spawn(deno(), [...flags, main], {
    cwd: project,
    env: { ...cleanEnv(bindings), PORT: '0', NO_COLOR: '1' },
    stdio: ['ignore', 'inherit', 'pipe'],
  });
  let printed = '';
  // Not by iterating, which would close the pipe in the end.
  const port = await new Promise((resolve, reject) => {
    child.stderr.on('data', (chunk) => {
      printed += chunk;
      const [, found] = /Listening on http:\/\/[\w.]+:(\d+)/.exec(printed) ?? [];
      if (found !== undefined) resolve(found);
    });
    child.on('exit', () => reject(new Error(printed)));
  });
  return { url: `http://127.0.0.1:${port}/`, stop: () => child.kill() };
}

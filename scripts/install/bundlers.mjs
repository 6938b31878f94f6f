// The bundlers with the configuration that the README states, and what a browser bundle says.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { attempt, capture } from '../lib/sh.mjs';
import { npmTools } from '../lib/tools.mjs';

function tool(name) {
  const require = createRequire(join(npmTools(), 'package.json'));
  return import(pathToFileURL(require.resolve(name)).href).then(
    (module) => module.default ?? module,
  );
}

const BUNDLERS = {
  async esbuild(folder, entry, output) {
    const esbuild = await tool('esbuild');
    await esbuild.build({
      absWorkingDir: folder,
      entryPoints: [entry],
      outfile: output,
      bundle: true,
      platform: 'node',
      format: 'esm',
      external: ['kling-auth'],
      logLevel: 'silent',
    });
  },
  async webpack(folder, entry, output) {
    const webpack = await tool('webpack');
    const stats = await promisify(webpack)({
      context: folder,
      mode: 'production',
      target: 'node',
      entry: `./${entry}`,
      output: { path: folder, filename: output },
      externals: { 'kling-auth': 'commonjs kling-auth' },
    });
    assert.deepEqual(stats.toJson().errors, []);
    assert.deepEqual(stats.toJson().warnings, []);
  },
  async rollup(folder, entry, output) {
    const { rollup } = await import(
      pathToFileURL(createRequire(join(npmTools(), 'package.json')).resolve('rollup')).href
    );
    const bundle = await rollup({ input: join(folder, entry), external: ['kling-auth', /^node:/] });
    await bundle.write({ file: join(folder, output), format: 'esm' });
  },
  async 'vite-ssr'(folder, entry, output) {
    const { build } = await import(
      pathToFileURL(createRequire(join(npmTools(), 'package.json')).resolve('vite')).href
    );
    await build({
      root: folder,
      configFile: false,
      logLevel: 'silent',
      build: {
        ssr: entry,
        outDir: '.',
        emptyOutDir: false,
        rollupOptions: { output: { entryFileNames: output } },
      },
    });
  },
};

/** @returns {Promise<string[]>} the names of the bundlers */
export async function bundleWithEach(project) {
  for (const [name, bundle] of Object.entries(BUNDLERS)) {
    const output = name === 'webpack' ? `${name}.cjs` : `${name}.mjs`;
    await bundle(project, 'smoke.mjs', output);
    assert.match(capture(process.execPath, [output], { cwd: project }), /^smoke: passed$/m, name);
  }
  return Object.keys(BUNDLERS);
}

/** A bundle for a browser says why there is none; one for an edge runtime holds no addon. */
export async function bundleForElsewhere(project) {
  const esbuild = await tool('esbuild');
  writeFileSync(
    join(project, 'elsewhere.mjs'),
    "import { KlingAuth } from 'kling-auth';\nconsole.log(KlingAuth);\n",
  );
  const targets = {
    browser: { platform: 'browser' },
    'edge-light': { platform: 'neutral', conditions: ['edge-light'] },
    workerd: { platform: 'neutral', conditions: ['workerd', 'browser'] },
  };
  for (const [name, options] of Object.entries(targets)) {
    const output = `elsewhere-${name}.mjs`;
    await esbuild.build({
      absWorkingDir: project,
      entryPoints: ['elsewhere.mjs'],
      outfile: output,
      bundle: true,
      format: 'esm',
      logLevel: 'silent',
      external: ['*?module'], // the platform's own bundler knows what that is
      ...options,
    });
    const bundle = readFileSync(join(project, output), 'utf8');
    assert.doesNotMatch(bundle, /\.node["']/, name);
    if (name !== 'browser') {
      assert.match(bundle, /from ?"\.\/kling-auth\.wasm\?module"/, name);
      continue;
    }
    const { status, stderr } = attempt(process.execPath, [output], { cwd: project });
    assert.notEqual(status, 0, name);
    assert.match(stderr, /@jest-environment node/, name);
  }
  return Object.keys(targets);
}

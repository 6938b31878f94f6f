// Installs with every package manager; each must pick this system's binary and no other.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { attempt, capture } from '../lib/sh.mjs';
import { node, npmProgram, npmTools } from '../lib/tools.mjs';
import { consumer, smoke } from './consumer.mjs';

const BINARY = 'kling-auth-linux-x64-gnu';

/** Each returns how to run a file with what was installed. */
const MANAGERS = {
  npm(folder, { npmrc }) {
    capture('npm', ['install', 'kling-auth'], {
      cwd: folder,
      env: { NPM_CONFIG_USERCONFIG: npmrc },
    });
    return [process.execPath];
  },
  pnpm(folder, { url }) {
    const pnpm = join(npmTools(), 'node_modules', '@pnpm', 'exe.linux-x64', 'pnpm');
    const options = [`--registry=${url}`, `--store-dir=${folder}/store`];
    capture(pnpm, ['add', 'kling-auth', '--config.minimum-release-age=0', ...options], {
      cwd: folder,
    });
    return [process.execPath];
  },
  'yarn, node-modules': (folder, registry) => yarn(folder, registry, 'node-modules'),
  'yarn, PnP': (folder, registry) => yarn(folder, registry, 'pnp'),
  bun(folder, { url }) {
    const env = { BUN_INSTALL_CACHE_DIR: `${folder}/cache` };
    capture(bun(), ['add', 'kling-auth', `--registry=${url}`], { cwd: folder, env });
    return [bun()];
  },
};

export const bun = () => join(npmTools(), 'node_modules', '@oven', 'bun-linux-x64', 'bin', 'bun');
export const deno = () => join(npmTools(), 'node_modules', '@deno', 'linux-x64-glibc', 'deno');

function yarn(folder, { url }, linker) {
  const program = [npmProgram('@yarnpkg/cli-dist', 'yarn')];
  consumer(folder, {
    '.yarnrc.yml': JSON.stringify({
      npmRegistryServer: url,
      unsafeHttpWhitelist: ['127.0.0.1'],
      nodeLinker: linker,
      pnpEnableEsmLoader: true,
      enableGlobalCache: false,
      globalFolder: './.yarn/global', // else metadata of another run, which had another port
      enableTelemetry: false,
      npmMinimalAgeGate: 0,
    }),
    'yarn.lock': '',
  });
  capture(node(22), [...program, 'add', 'kling-auth'], { cwd: folder });
  return [node(22), [...program, 'node']];
}

/** @returns {string[]} the names of the managers */
export function installWithEach(folder, registry) {
  for (const [name, install] of Object.entries(MANAGERS)) {
    const project = consumer(join(folder, name.replaceAll(/\W+/g, '-')));
    smoke(project, ...install(project, registry));
    const binaries = capture('find', [project, '-path', '*kling-auth*', '-name', '*.node'])
      .trim()
      .split('\n')
      .filter(
        (path) => !path.startsWith(`${project}/store`) && !path.startsWith(`${project}/cache`),
      );
    const names = new Set(binaries.map((path) => path.split('/').at(-1)));
    assert.deepEqual([...names], ['kling-auth.linux-x64-gnu.node'], name);
  }
  return Object.keys(MANAGERS);
}

/** What goes wrong with npm, and that the command in the warning mends it. */
export function mendWithNpm(folder, { npmrc }) {
  const env = { NPM_CONFIG_USERCONFIG: npmrc };
  const accidents = {
    'left out': [
      ['install', 'kling-auth', '--omit=optional'],
      /optional dependencies were left out/,
    ],
    'installed for another system': [
      ['install', 'kling-auth', '--os=darwin', '--cpu=arm64'],
      /installed on, or for, another system: it holds kling-auth-darwin-arm64/,
    ],
  };
  for (const [name, [args, cause]] of Object.entries(accidents)) {
    const project = consumer(join(folder, `mend-${name.replaceAll(' ', '-')}`));
    capture('npm', args, { cwd: project, env });
    const { status, stderr } = attempt(process.execPath, ['smoke.cjs'], { cwd: project });
    assert.equal(status, 0, `${name}: WebAssembly does not take over: ${stderr}`);
    assert.match(stderr, cause);
    assert.match(stderr, /\[KLING_BINARY_MISSING\] KlingAuthWarning/);
    const [, remedy] = /To mend it, run `([^`]+)`/.exec(stderr);
    capture('sh', ['-c', remedy], { cwd: project, env });
    smoke(project, process.execPath);
  }
  return Object.keys(accidents);
}

/** Bun and Deno on what npm installed. */
export function runElsewhere(project) {
  smoke(project, bun());
  smoke(project, deno(), [
    'run',
    '--allow-ffi',
    '--allow-read',
    '--allow-env',
    '--node-modules-dir=manual',
    '--no-prompt',
  ]);
  assert.deepEqual(
    readdirSync(join(project, 'node_modules')).filter((name) => !name.startsWith('.')),
    ['kling-auth', BINARY],
  );
}

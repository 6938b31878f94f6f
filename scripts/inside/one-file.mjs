// One file: esbuild with the binary beside it, `bun build --compile`, a single executable application.
import assert from 'node:assert/strict';
import { chmodSync, copyFileSync, cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { bun } from '../install/managers.mjs';
import { attempt, capture } from '../lib/sh.mjs';
import { node } from '../lib/tools.mjs';
import { on22, program, projectOf, write } from './project.mjs';

const PRINTED = '[true,"KLING_MISSING_CREDENTIALS","msg_1"]';
const esbuild = () => program('esbuild', 'bin', 'esbuild');

/** @param {string} elsewhere A folder outside the project, where nothing of it is found. */
export function makeOneFile(tarballs, elsewhere) {
  const folder = projectOf('one-file', tarballs);
  mkdirSync(elsewhere, { recursive: true });
  return [
    bundled(folder, join(elsewhere, 'esbuild')),
    compiled(folder, join(elsewhere, 'bun')),
    application(folder, join(elsewhere, 'application')),
  ];
}

function bundled(folder, elsewhere) {
  const { status, stderr } = attempt(
    node(22),
    [esbuild(), 'main.js', '--bundle', '--platform=node', '--loader:.node=copy', '--outdir=dist'],
    { cwd: folder },
  );
  assert.equal(status, 0, stderr);
  assert.doesNotMatch(stderr, /error/i);
  cpSync(join(folder, 'dist'), elsewhere, { recursive: true });
  assert.equal(capture(process.execPath, ['main.js'], { cwd: elsewhere }).trim(), PRINTED);
  return 'esbuild';
}

function compiled(folder, elsewhere) {
  mkdirSync(elsewhere);
  const executable = join(elsewhere, 'main');
  capture(bun(), ['build', '--compile', 'main.js', `--outfile=${executable}`], { cwd: folder });
  assert.equal(capture(executable, [], { cwd: elsewhere }).trim(), PRINTED);
  return 'bun build --compile';
}

function application(folder, elsewhere) {
  mkdirSync(elsewhere);
  // The binary cannot be inside; the packages with it stay names.
  const bundle = ['main.js', '--bundle', '--platform=node', '--external:kling-auth-*'];
  on22([esbuild(), ...bundle, '--outfile=bundle.js'], { cwd: folder });
  write(
    folder,
    'sea.json',
    JSON.stringify({ main: 'bundle.js', output: 'sea.blob', disableExperimentalSEAWarning: true }),
  );
  on22(['--experimental-sea-config', 'sea.json'], { cwd: folder });
  const executable = join(elsewhere, 'main');
  copyFileSync(node(22), executable);
  chmodSync(executable, 0o755);
  on22(
    [
      program('postject', 'dist', 'cli.js'),
      executable,
      'NODE_SEA_BLOB',
      'sea.blob',
      '--sentinel-fuse',
      'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2',
    ],
    { cwd: folder },
  );
  const binary = join(elsewhere, 'kling-auth.linux-x64-gnu.node');
  copyFileSync(
    join(folder, 'node_modules', 'kling-auth-linux-x64-gnu', 'kling-auth.linux-x64-gnu.node'),
    binary,
  );
  for (const named of [binary, './kling-auth.linux-x64-gnu.node']) {
    const env = { KLING_AUTH_BINARY: named };
    assert.equal(capture(executable, [], { cwd: elsewhere, env }).trim(), PRINTED);
  }
  const { status, stderr } = attempt(executable, [], { cwd: elsewhere });
  assert.notEqual(status, 0);
  assert.match(stderr, /single executable application .* let KLING_AUTH_BINARY name that file/);
  return 'a single executable application';
}

// What runs in Node.js itself: mocks, fake clocks, adapters, valgrind; and Deno.
import assert from 'node:assert/strict';
import { deno } from '../install/managers.mjs';
import { attempt, capture } from '../lib/sh.mjs';
import { apt, NODE_MAJORS, node } from '../lib/tools.mjs';
import { projectOf } from './project.mjs';

/** sinon and the adapters need no certain version, node:test's timers one from 20.4 up. */
export function runMocks(tarballs) {
  const folder = projectOf('node', tarballs);
  assert.match(capture(node(22), ['sinon.cjs'], { cwd: folder }), /^sinon: passed$/m);
  for (const major of NODE_MAJORS.filter((major) => major >= 20)) {
    capture(node(major), ['--test', 'mock-timers.test.mjs'], { cwd: folder });
  }
  return folder;
}

export function runServerless(folder) {
  assert.match(capture(node(22), ['serverless.cjs'], { cwd: folder }), /^serverless: passed$/m);
}

/** The warning came on Node.js 18 and 20. */
export function countListeners(folder) {
  for (const major of [18, 20]) {
    assert.match(capture(node(major), ['listeners.cjs'], { cwd: folder }), /^listeners: passed$/m);
  }
}

/** The flags that the README names let it run; without one of them WebAssembly does, or the reason is told. */
export function runWithPermissions(folder) {
  const flags = ['--permission', '--allow-addons', `--allow-fs-read=${folder}/*`];
  for (const major of NODE_MAJORS.filter((major) => major >= 22)) {
    const run = (...given) => {
      const { status, stdout, stderr } = attempt(node(major), [...given, 'permissions.cjs'], {
        cwd: folder,
      });
      assert.equal(status, 0, stderr);
      return stdout;
    };
    assert.match(run(...flags), /^permissions: passed$/m);
    const withoutAddons = run(...flags.filter((flag) => flag !== '--allow-addons'));
    assert.match(withoutAddons, /--allow-addons|^permissions: passed$/m);
    const blind = [`--allow-fs-read=${folder}/permissions.cjs`].concat(
      `--allow-fs-read=${folder}/node_modules/kling-auth/*`,
    );
    assert.match(run(...flags.slice(0, 2), ...blind), /--allow-fs-read|^permissions: passed$/m);
  }
}

/** Exactly the flags that the README names. */
export function runOnDeno(folder) {
  const env = { KLING_ACCESS_KEY: 'ak-1', KLING_SECRET_KEY: 'sk-1' };
  for (const allowed of ['--allow-env', '--allow-env=KLING*']) {
    const flags = ['run', '--no-prompt', '--allow-ffi', allowed];
    assert.match(capture(deno(), [...flags, 'token.cjs'], { cwd: folder, env }), /^token: true$/m);
  }
  const { stdout, stderr } = attempt(
    deno(),
    ['run', '--no-prompt', '--allow-env', 'permissions.cjs'],
    { cwd: folder },
  );
  assert.match(stdout, /To mend it, start it with .*--allow-ffi|^permissions: passed$/m, stderr);
}

/** valgrind takes away what the kernel tells a program of its clock. */
export function runUnderValgrind(folder) {
  apt('valgrind');
  const printed = capture('valgrind', ['--quiet', node(20), 'token.cjs'], { cwd: folder });
  assert.match(printed, /^token: true$/m);
}

// A panic in the addon is an error in JavaScript, on every runtime. Linux x64.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { bun, deno } from './install/managers.mjs';
import { buildAddon } from './lib/build.mjs';
import { capture, root } from './lib/sh.mjs';
import { note, step } from './lib/steps.mjs';
import { NODE_MAJORS, node } from './lib/tools.mjs';

const binaries = join(root, 'target', 'panic');

await step('a binary with a planted panic', () => {
  // As released, but for the list of crates: what unwinds is the standard library built with it.
  const options = [
    '--features=test-panic',
    '--target=x86_64-unknown-linux-gnu.2.17',
    `--output-dir=${binaries}`,
    `--target-dir=${join(root, 'target', 'released')}`,
  ];
  buildAddon(options, { buildStd: true, zig: true });
});

await step('runtimes', () => {
  const script = [join(root, 'scripts', 'install', 'panic.cjs'), root];
  const env = { KLING_AUTH_BINARY: join(binaries, 'kling-auth.linux-x64-gnu.node') };
  const runtimes = {
    ...Object.fromEntries(NODE_MAJORS.map((major) => [`Node.js ${major}`, [node(major)]])),
    Bun: [bun()],
    Deno: [deno(), 'run', '--allow-ffi', '--allow-read', '--allow-env', '--no-prompt'],
  };
  for (const [name, [executable, ...args]] of Object.entries(runtimes)) {
    const printed = capture(executable, [...args, ...script], { env });
    assert.match(printed, /^panic: an error each time$/m, name);
    note(name);
  }
});

// The JavaScript test suite on a binary that AddressSanitizer watches. Linux x64, nightly Rust, gcc.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { layOutSources, runSuite } from './install/suite.mjs';
import { buildAddon } from './lib/build.mjs';
import { capture, root } from './lib/sh.mjs';
import { note, scratch, step } from './lib/steps.mjs';

const binaries = join(root, 'target', 'asan');
const binary = join(binaries, 'kling-auth.linux-x64-gnu.node');

await step('a binary with AddressSanitizer', () => {
  buildAddon(
    [
      '--target=x86_64-unknown-linux-gnu',
      `--output-dir=${binaries}`,
      `--target-dir=${join(binaries, 'build')}`,
    ],
    {
      rustflags: ['-Zsanitizer=address'],
      env: {
        RUSTUP_TOOLCHAIN: 'nightly',
        CARGO_PROFILE_RELEASE_LTO: 'off',
        CARGO_PROFILE_RELEASE_STRIP: 'none',
      },
    },
  );
  assert.match(capture('objdump', ['-T', binary]), /__asan_init/);
});

await step('the test suite', async () => {
  const folder = layOutSources(join(scratch('asan'), 'suite'), binary);
  const env = {
    LD_PRELOAD: capture('gcc', ['-print-file-name=libasan.so']).trim(),
    // Node.js frees little of what it has at its end. A small quarantine, as some tests look at memory.
    ASAN_OPTIONS: 'detect_leaks=0:quarantine_size_mb=8',
  };
  note(await runSuite(folder, process.execPath, { env }));
});

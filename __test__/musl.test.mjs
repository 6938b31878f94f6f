import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';

const { usesMusl } = createRequire(import.meta.url)('../lib/loader/musl.js');

test('the C library read from the executable is the one that Node.js reports', () => {
  // Only ever asked on Linux, where executables are ELF.
  if (process.platform !== 'linux') return;
  const { header } = process.report.getReport();
  assert.equal(usesMusl(), header.glibcVersionRuntime === undefined);
});

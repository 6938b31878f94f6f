// What an installation weighs on Linux x64: fails past the budget. Builds the binary as it is released.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { pack } from './lib/pack.mjs';
import { binaries, buildReleased } from './lib/released.mjs';
import { capture, root } from './lib/sh.mjs';

const BUDGET = {
  // A third of it is the core as WebAssembly, another the entries of edge runtimes, documents and typings.
  'main package, packed': 285_000,
  'platform package, packed': 360_000,
  'installed, both': 1_520_000,
};

buildReleased();
const { main, platforms } = pack(binaries, join(root, 'target', 'size'), { placeholders: true });
const platform = platforms['linux-x64-gnu'];

const unpacked = (tarball) =>
  capture('tar', ['-tvzf', tarball])
    .trim()
    .split('\n')
    .reduce((sum, line) => sum + Number(line.trim().split(/\s+/)[2]), 0);

const sizes = {
  'main package, packed': statSync(main).size,
  'platform package, packed': statSync(platform).size,
  'installed, both': unpacked(main) + unpacked(platform),
};
for (const [what, size] of Object.entries(sizes)) {
  const over = size > BUDGET[what];
  console.log(`${what}: ${size} of ${BUDGET[what]} bytes${over ? ', over the budget' : ''}`);
  if (over) process.exitCode = 1;
}

// What an installation weighs: fails past the budget. Takes the binary that `npm run build` made.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pack } from './lib/pack.mjs';
import { capture, root } from './lib/sh.mjs';

// A few percent above what it weighed when this was set, so that growth is a decision.
const BUDGET = {
  'main package, packed': 80_000,
  'platform package, packed': 465_000,
  'installed, both': 1_200_000,
};

const target = readdirSync(root)
  .map((file) => /^kling-auth\.(.+)\.node$/.exec(file)?.[1])
  .find((name) => name !== undefined);
if (target === undefined) throw new Error('no binary: run npm run build');

const { main, platforms } = pack(root, join(root, 'target', 'size'), { placeholders: true });
const platform = platforms[target];
if (!existsSync(platform)) throw new Error(`no platform package for ${target}`);

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

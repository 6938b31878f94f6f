// What an installation weighs on Linux x64, and what each part of it does: fails past the budget. Builds
// the binary as it is released.
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { pack } from './lib/pack.mjs';
import { binaries, binaryFor, buildReleased } from './lib/released.mjs';
import { capture, root } from './lib/sh.mjs';

/** That of the WebAssembly module, and of a Worker with it, stands in test-edge.mjs. */
const BUDGET = {
  addon: 650_000,
  'main package, packed': 288_000,
  'platform package, packed': 328_000,
  'installed, both': 1_460_000,
};

/** The parts of the main package: a file belongs to the first that it fits. */
const PARTS = {
  'WebAssembly module': /\.wasm$/,
  'entries of edge runtimes': /^lib\/loader\/(edge|native-edge|platform-edge)/,
  command: /^(bin|lib\/cli)\//,
  sandbox: /^lib\/sandbox/,
  'typings, with what editors show': /\.d\.m?ts$/,
  examples: /^examples\//,
  documents: /\.md$/,
  'JavaScript of the library': /\.m?js$/,
  'manifest and license': /./,
};

buildReleased();
const { main, platforms } = pack(binaries, join(root, 'target', 'size'), { placeholders: true });
const platform = platforms['linux-x64-gnu'];
const stage = join(root, 'target', 'size', 'package');
const gzipped = (data) => gzipSync(data, { level: 9 }).length;

/** The names of a package's files. */
const files = (tarball) =>
  capture('tar', ['-tzf', tarball])
    .trim()
    .split('\n')
    .map((name) => name.replace(/^package\//, ''));

const unpacked = (tarball) =>
  capture('tar', ['-tvzf', tarball])
    .trim()
    .split('\n')
    .reduce((sum, line) => sum + Number(line.trim().split(/\s+/)[2]), 0);

const rows = Object.keys(PARTS).map((part) => ({ part, contents: [] }));
for (const file of files(main)) {
  const { contents } = rows.find(({ part }) => PARTS[part].test(file)) ?? {};
  contents?.push(readFileSync(join(stage, file)));
}
const addon = readFileSync(binaryFor('linux-x64-gnu'));
rows.unshift({ part: 'addon', contents: [addon] });

console.log('| part | files | installed, bytes | gzipped, bytes |\n| --- | ---: | ---: | ---: |');
for (const { part, contents } of rows) {
  const whole = Buffer.concat(contents);
  console.log(`| ${part} | ${contents.length} | ${whole.length} | ${gzipped(whole)} |`);
}
console.log();

const sizes = {
  addon: addon.length,
  'main package, packed': statSync(main).size,
  'platform package, packed': statSync(platform).size,
  'installed, both': unpacked(main) + unpacked(platform),
};
for (const [what, size] of Object.entries(sizes)) {
  const over = size > BUDGET[what];
  console.log(`${what}: ${size} of ${BUDGET[what]} bytes${over ? ', over the budget' : ''}`);
  if (over) process.exitCode = 1;
}

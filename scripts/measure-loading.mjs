// What require('kling-auth') and import 'kling-auth' take beyond loading the .node file alone, as
// published, in fresh processes, and what constructing and the first token take. By name Node.js reads
// the package's `exports`, which costs any package the same: an empty one stands beside it, and one
// whose ESM file of three lines loads the addon. The C library is told by a stat, so that a system
// without /usr/bin/ldd takes no longer. Linux x64.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unpackInto } from './install/consumer.mjs';
import { pack } from './lib/pack.mjs';
import { binaries, buildReleased } from './lib/released.mjs';
import { capture, root } from './lib/sh.mjs';
import { scratch } from './lib/steps.mjs';

const ROUNDS = Number(process.argv[2] ?? 200);

buildReleased();
const { main, platforms } = pack(binaries, join(root, 'target', 'loading'), { placeholders: true });
const folder = scratch('loading');
unpackInto(folder, {
  'kling-auth': main,
  'kling-auth-linux-x64-gnu': platforms['linux-x64-gnu'],
});
const modules = join(folder, 'node_modules');
mkdirSync(join(modules, 'empty'));
writeFileSync(join(modules, 'empty', 'index.js'), '');
writeFileSync(
  join(modules, 'empty', 'package.json'),
  JSON.stringify({
    type: 'commonjs',
    exports: { '.': { browser: './no.js', default: './index.js' } },
  }),
);
// The first `require` of a process pays for the machinery itself.
writeFileSync(join(folder, 'first.js'), '');
writeFileSync(
  join(folder, 'time.js'),
  `require('./first.js');
const start = process.hrtime.bigint();
require(process.argv[2]);
const end = process.hrtime.bigint();
console.log(Number(end - start) / 1e6);
`,
);

const THREE_LINES = `import { createRequire } from 'node:module';
const require = createRequire(import.meta.url);
export default require('kling-auth-linux-x64-gnu/kling-auth.linux-x64-gnu.node');
`;
writeFileSync(join(folder, 'addon.mjs'), THREE_LINES);
mkdirSync(join(modules, 'three-lines'));
writeFileSync(join(modules, 'three-lines', 'index.mjs'), THREE_LINES);
writeFileSync(
  join(modules, 'three-lines', 'package.json'),
  JSON.stringify({ exports: { '.': { browser: './no.js', default: './index.mjs' } } }),
);
writeFileSync(
  join(folder, 'time.mjs'),
  `const start = process.hrtime.bigint();
await import(process.argv[2]);
const end = process.hrtime.bigint();
console.log(Number(end - start) / 1e6);
`,
);
writeFileSync(
  join(folder, 'first.mjs'),
  `import { KlingAuth } from 'kling-auth';
const start = process.hrtime.bigint();
new KlingAuth('ak-1234567', 'sk-1234567').token;
const end = process.hrtime.bigint();
console.log(Number(end - start) / 1e6);
`,
);

const measured = {
  'the .node file': join(modules, 'kling-auth-linux-x64-gnu', 'kling-auth.linux-x64-gnu.node'),
  'kling-auth by path': join(modules, 'kling-auth', 'index.js'),
  'kling-auth by name': 'kling-auth',
  'an empty file by path': join(modules, 'empty', 'index.js'),
  'an empty package by name': 'empty',
  'import of the .node file by three lines': './addon.mjs',
  'the same by name': 'three-lines (import)',
  'import of kling-auth': 'kling-auth (import)',
  'constructing and the first token': 'first.mjs',
};

/** The program that measures, with its argument. */
function program(id) {
  if (id === 'first.mjs') return [id];
  if (id.endsWith('.mjs')) return ['time.mjs', id];
  return id.endsWith(' (import)') ? ['time.mjs', id.split(' ')[0]] : ['time.js', id];
}
const times = Object.fromEntries(Object.keys(measured).map((what) => [what, []]));
for (let round = 0; round < ROUNDS; round++) {
  for (const [what, id] of Object.entries(measured)) {
    times[what].push(Number(capture(process.execPath, program(id), { cwd: folder })));
  }
}
console.log(`milliseconds, of ${ROUNDS} processes each: minimum, median`);
for (const [what, each] of Object.entries(times)) {
  each.sort((a, b) => a - b);
  const figures = [each[0], each[ROUNDS / 2]].map((ms) => ms.toFixed(2).padStart(6));
  console.log(`${figures.join(' ')}  ${what}`);
}

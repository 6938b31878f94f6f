// What require('kling-auth') takes beyond loading the .node file alone, in fresh processes. The C
// library is told by a stat, so that a system without /usr/bin/ldd takes no longer.
import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { capture, root } from './lib/sh.mjs';
import { scratch } from './lib/steps.mjs';

const ROUNDS = 200;

const file = readdirSync(root).find((name) => /^kling-auth\..+\.node$/.test(name));
const target = file.replace(/^kling-auth\.|\.node$/g, '');
const folder = scratch('loading');
const installed = join(folder, 'node_modules', 'kling-auth');
const platform = join(folder, 'node_modules', `kling-auth-${target}`);
mkdirSync(platform, { recursive: true });
for (const name of ['index.js', 'lib', 'package.json']) {
  cpSync(join(root, name), join(installed, name), { recursive: true });
}
cpSync(join(root, file), join(platform, file));
writeFileSync(
  join(platform, 'package.json'),
  JSON.stringify({ name: `kling-auth-${target}`, main: file }),
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

const measured = {
  [join(platform, file)]: [],
  [join(installed, 'index.js')]: [],
  'kling-auth': [],
};
for (let round = 0; round < ROUNDS; round++) {
  for (const [what, times] of Object.entries(measured)) {
    times.push(Number(capture(process.execPath, ['time.js', what], { cwd: folder })));
  }
}
const [alone, byPath, byName] = Object.values(measured).map((times) => {
  times.sort((a, b) => a - b);
  return { minimum: times[0], median: times[ROUNDS / 2] };
});
const ms = (value) => value.toFixed(2).padStart(6);
for (const figure of ['minimum', 'median']) {
  const extra = (times) => ms(times[figure] - alone[figure]);
  console.log(
    `${figure} (ms): file alone ${ms(alone[figure])}; more for index.js by path ${extra(byPath)}, by name ${extra(byName)}`,
  );
}

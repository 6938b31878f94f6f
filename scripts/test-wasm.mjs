// The JavaScript tests on the core as WebAssembly: node scripts/test-wasm.mjs [major version…]
// Without a version, on the Node.js that runs it. Linux x64.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './lib/sh.mjs';
import { note, step } from './lib/steps.mjs';
import { runTests } from './lib/tests.mjs';
import { node } from './lib/tools.mjs';
import { buildWasm } from './lib/wasm.mjs';

/** What is about `.node` files, or about files that no core has a part in. */
const WITHOUT_CORE = ['loading', 'musl', 'package', 'prepare'];

const tests = (folder) =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.test.mjs'))
    .filter((name) => !WITHOUT_CORE.includes(name.replace('.test.mjs', '')))
    .map((name) => join(root, folder, name));
const files = [...tests('__test__'), ...tests('__test__/wasm')];

await step('the module', () => buildWasm());
const majors = process.argv.slice(2).map(Number);
for (const executable of majors.length === 0 ? [process.execPath] : majors.map(node)) {
  await step(executable, async () => {
    note(await runTests(executable, files, { env: { KLING_AUTH_BINARY: 'wasm' } }));
  });
}

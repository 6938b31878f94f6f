// Builds what would be published, installs it the ways people do, and runs it there. Linux x64.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { bundleForElsewhere, bundleWithEach } from './install/bundlers.mjs';
import { consumer, smoke } from './install/consumer.mjs';
import { traceLambda } from './install/lambda.mjs';
import { installWithEach, mendWithNpm, runElsewhere } from './install/managers.mjs';
import { layOutSuite, suiteOn } from './install/suite.mjs';
import { compileInEachMode } from './install/types.mjs';
import { assertNoPaths, assertOldGlibc } from './lib/binary.mjs';
import { pack } from './lib/pack.mjs';
import { startRegistry } from './lib/registry.mjs';
import { binaries, binaryFor, buildReleased } from './lib/released.mjs';
import { capture, root } from './lib/sh.mjs';
import { note, scratch, step } from './lib/steps.mjs';
import { NODE_MAJORS, node, npmProgram, npmTools, pythonTools } from './lib/tools.mjs';

const binary = binaryFor('linux-x64-gnu');
const work = scratch('install');

await step('tools', () => {
  npmTools();
  pythonTools();
});

await step('the binary for glibc 2.17', () => {
  buildReleased();
  note(assertOldGlibc(binary));
  assertNoPaths(binary);
});

const { main, platforms } = await step('the packages', () => {
  const packed = pack(binaries, join(root, 'target', 'packages'), { placeholders: true });
  for (const [target, tarball] of Object.entries(packed.platforms)) {
    const files = capture('tar', ['-tzf', tarball]).trim().split('\n').sort();
    assert.deepEqual(
      files,
      ['LICENSE', 'README.md', `kling-auth.${target}.node`, 'package.json'].map(
        (file) => `package/${file}`,
      ),
    );
  }
  capture(node(22), [npmProgram('publint'), 'run', packed.main, '--strict']);
  note('publint: clean');
  capture(node(22), [npmProgram('@arethetypeswrong/cli', 'attw'), packed.main]);
  note('attw: clean');
  return packed;
});
const platform = platforms['linux-x64-gnu'];

const registry = await step('a registry on loopback', () =>
  startRegistry(join(work, 'registry'), [...Object.values(platforms), main]),
);
const project = consumer(join(work, 'npm'));
try {
  await step('package managers', () => {
    note(installWithEach(work, registry).join('; '));
  });
  await step('what goes wrong with npm, and the command that mends it', () => {
    note(mendWithNpm(work, registry).join('; '));
  });
} finally {
  await registry.stop();
}

await step('Node.js, Bun and Deno on what npm installed', () => {
  for (const major of NODE_MAJORS) smoke(project, node(major));
  runElsewhere(project);
});
await step('bundlers', async () => {
  note((await bundleWithEach(project)).join('; '));
  note(`${(await bundleForElsewhere(project)).join('; ')}: without the addon`);
});
await step('a function archive traced by @vercel/nft', async () => {
  note(await traceLambda(project, join(work, 'lambda')));
});
await step('TypeScript', () => {
  note(compileInEachMode(project).join('; '));
});
await step('the test suite from the tarballs', async () => {
  const folder = layOutSuite(join(work, 'suite'), { main, platform });
  for (const major of NODE_MAJORS) note(`Node.js ${major}: ${await suiteOn(folder, major)}`);
});

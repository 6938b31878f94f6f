// What is slow and rarely breaks, before a release: the other systems, reproducible builds, Next.js,
// bills of materials, and the soak. Debian 12 on x64; installs packages, so it needs root.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { consumer, smoke, unpackInto } from './install/consumer.mjs';
import { assertNoPaths, assertOldGlibc } from './lib/binary.mjs';
import { emulatedNode } from './lib/emulated-node.mjs';
import { withMuslNode } from './lib/musl-node.mjs';
import { pack } from './lib/pack.mjs';
import { binaries, buildReleased, binaryFor as file } from './lib/released.mjs';
import { writeSboms } from './lib/sbom.mjs';
import { capture, root, run } from './lib/sh.mjs';
import { note, scratch, step } from './lib/steps.mjs';
import { NODE_MAJORS } from './lib/tools.mjs';

const work = scratch('release');

await step('Linux x64, glibc 2.17', () => buildReleased());
await step('Linux arm64, glibc 2.17', () => {
  buildReleased('aarch64-unknown-linux-gnu.2.17');
  note(assertOldGlibc(file('linux-arm64-gnu')));
  assertNoPaths(file('linux-arm64-gnu'));
});
await step('Linux x64 and arm64, musl', () => {
  for (const cpu of ['x86_64', 'aarch64']) buildReleased(`${cpu}-unknown-linux-musl`);
});

const { main, platforms } = await step('packages', () =>
  pack(binaries, join(root, 'target', 'packages'), { placeholders: true }),
);
for (const target of ['linux-arm64-gnu', 'linux-x64-musl', 'linux-arm64-musl']) {
  note(
    `${target}: ${statSync(platforms[target]).size} bytes packed, ${statSync(file(target)).size} installed`,
  );
}

/** An installation with the packages for the given targets. */
function project(...targets) {
  const folder = consumer(join(work, targets.join('+')));
  const tarballs = Object.fromEntries(
    targets.map((target) => [`kling-auth-${target}`, platforms[target]]),
  );
  unpackInto(folder, { 'kling-auth': main, ...tarballs });
  return folder;
}

await step('Node.js 22 for arm64, emulated', () =>
  smoke(project('linux-arm64-gnu'), ...emulatedNode('arm64')),
);
await step('Node.js 22 on musl', () =>
  withMuslNode((node) => {
    smoke(project('linux-x64-musl'), node);
    // Yarn 1 ignores `libc` and installs both.
    const both = project('linux-x64-gnu', 'linux-x64-musl');
    smoke(both, node);
    smoke(both, process.execPath);
  }),
);

await step('two builds in two folders', () => {
  const lay = (folder) => {
    for (const name of capture('git', ['ls-files']).trim().split('\n')) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      cpSync(join(root, name), join(folder, name));
    }
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    mkdirSync(join(folder, 'target'));
    symlinkSync(join(root, 'target', 'tools'), join(folder, 'target', 'tools'));
    return folder;
  };
  const build = (folder, ...options) => {
    const target = ['--target=x86_64-unknown-linux-gnu.2.17', '--output-dir=out'];
    run(process.execPath, ['scripts/build.mjs', '--build-std', '--zig', ...target, ...options], {
      cwd: folder,
    });
    return readFileSync(join(folder, 'out', 'kling-auth.linux-x64-gnu.node'));
  };
  const folders = ['first', 'a/second'].map((name) => lay(join(work, name)));
  const [first, second] = folders.map((folder) => build(folder, '--auditable'));
  const hash = (content) => createHash('sha256').update(content).digest('hex');
  assert.equal(hash(first), hash(second), 'the two binaries differ');
  note(`sha256 ${hash(first)}`);
  const cost = first.length - build(folders[0]).length;
  note(`the list of crates inside costs ${cost} bytes`);
  assert.ok(cost > 0 && cost < 10_000);
});

await step('bills of materials', () => {
  const folder = join(work, 'sbom');
  mkdirSync(folder);
  for (const name of writeSboms(folder)) {
    const { bomFormat, components = [] } = JSON.parse(readFileSync(join(folder, name), 'utf8'));
    assert.equal(bomFormat, 'CycloneDX');
    note(`${name}: ${components.length} components`);
  }
  assert.equal(readdirSync(folder).length, 2);
});

await step('a server that speaks the API of HashiCorp Vault', () =>
  run(process.execPath, ['scripts/test-secrets.mjs', '--vault-server']),
);

for (const [name, script, ...args] of [
  ['Next.js', 'next'],
  ['Windows, in Wine', 'windows'],
  ['s390x and 32-bit ARM, emulated', 'emulated'],
  ['the two commands on a bare Debian', 'bare-debian'],
  ['the tests under AddressSanitizer', 'asan'],
  ['installed from a registry, and the tests on each Node.js', 'install'],
  ['the tests on WebAssembly, on each Node.js', 'wasm', ...NODE_MAJORS.map(String)],
]) {
  await step(name, () => run(process.execPath, [`scripts/test-${script}.mjs`, ...args]));
}

await step('soak', () => run(process.execPath, ['scripts/soak.mjs']));

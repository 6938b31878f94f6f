// What the tarball holds: all that it needs and nothing else.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { test } from 'node:test';
import { root } from './helpers/run.mjs';

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const [{ files }] = JSON.parse(
  execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts', '--silent'], {
    cwd: root,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  }),
);
const packed = new Set(files.map(({ path }) => path));

test('nothing is packed but the JavaScript, its typings, the module and the documents', () => {
  const allowed =
    /^(package\.json|LICENSE|[A-Z]+\.md|[a-z-]+\.(m?js|d\.m?ts)|lib\/[a-z/-]+\.m?js|lib\/loader\/edge-[A-Z2-7]+\.mjs|lib\/sandbox\/console\/(page\.html|style\.css)|lib\/loader\/kling-auth\.wasm|bin\/[a-z-]+\.js|docs\/[a-z/-]+\.md|examples\/[a-z/-]+\.(mjs|ts)|benchmark\/README\.md)$/;
  assert.deepEqual(
    [...packed].filter((path) => !allowed.test(path)),
    [],
  );
  assert.equal(packed.has('native.d.ts'), false);
});

test('every link of a packed document leads to a packed file; pictures are left out', () => {
  let links = 0;
  for (const path of packed) {
    if (!path.endsWith('.md')) continue;
    const text = readFileSync(join(root, path), 'utf8').replaceAll(/^```.*?^```$/gms, '');
    for (const [, picture, link] of text.matchAll(/(!?)\[[^\]]*\]\(([^)\s#]+)[^)]*\)/g)) {
      if (/^https?:/.test(link)) continue;
      const target = posix.normalize(posix.join(posix.dirname(path), link));
      assert.equal(packed.has(target), picture === '', `${path}: ${link}`);
      links++;
    }
  }
  assert.ok(links > 25);
});

test('every file that the manifest names is packed', () => {
  const strings = (value) =>
    typeof value === 'string' ? [value] : Object.values(value ?? {}).flatMap(strings);
  const named = [manifest.main, manifest.types, manifest.exports, manifest.bin].flatMap(strings);
  assert.ok(named.length >= 6);
  for (const path of named) assert.ok(packed.has(posix.normalize(path)), path);
});

test('every file that a packed file requires or imports is packed', () => {
  const reached = new Set();
  for (const path of packed) {
    if (!/\.(js|d\.ts)$/.test(path)) continue;
    const source = readFileSync(join(root, path), 'utf8').replaceAll(/^\s*(\*|\/\*|\/\/).*$/gm, '');
    const pattern = path.endsWith('.js')
      ? /require\(['"](\.{1,2}\/[^'"]*)['"]\)/g
      : /(?:from |import\()'(\.{1,2}\/?[^']*)'/g;
    for (const [, specifier] of source.matchAll(pattern)) {
      const target = posix.join(posix.dirname(path), specifier);
      reached.add(target);
      const candidates = ['', '.js', '.d.ts', '/index.js', '/index.d.ts'].map((end) =>
        posix.normalize(target + end),
      );
      assert.ok(
        candidates.some((candidate) => packed.has(candidate)),
        `${path} needs ${specifier}`,
      );
    }
  }
  // What is published has it in one file with all that is loaded at once.
  assert.ok(reached.has('lib/error.js') || reached.has('lib/loader/at-once.js'));
});

test('nothing runs at installation, and nothing is installed but the binary', () => {
  // `prepare` builds a clone. npm warns of it where a tarball is installed by its path or address.
  const isRepository = manifest.optionalDependencies === undefined;
  for (const script of ['preinstall', 'install', 'postinstall', 'prepare']) {
    if (script === 'prepare' && isRepository) continue;
    assert.equal(manifest.scripts[script], undefined, script);
  }
  assert.equal(manifest.dependencies, undefined);
  assert.equal(manifest.peerDependencies, undefined);
  // Absent in the repository, written when the packages are assembled.
  for (const [name, version] of Object.entries(manifest.optionalDependencies ?? {})) {
    assert.match(name, /^kling-auth-(darwin|linux|win32)-(x64|arm64)(-(gnu|musl|msvc))?$/);
    assert.equal(version, manifest.version);
  }
});

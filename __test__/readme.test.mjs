// The documents: their snippets run, and what they name exists.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { transformSync } from 'esbuild';
import { cleanEnv, root } from './helpers/run.mjs';
import { docs, documents, snippetsOf, writeSnippets } from './helpers/snippets.mjs';

const read = (file) => readFileSync(join(root, file), 'utf8');
const pkg = JSON.parse(read('package.json'));

for (const document of documents.filter((file) => snippetsOf(file).length > 0)) {
  test(`every snippet of ${document} runs as it stands`, (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'kling-auth-'));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    mkdirSync(join(folder, 'node_modules'));
    symlinkSync(root, join(folder, 'node_modules', 'kling-auth'), 'junction');
    for (const [i, source] of snippetsOf(document).entries()) {
      const file = join(folder, `snippet-${i}.mjs`);
      writeFileSync(file, transformSync(source, { loader: 'ts', target: 'node18' }).code);
      const { status, stderr } = spawnSync(process.execPath, [file], {
        env: cleanEnv({
          KLING_API_KEY: `api-key-kling-${'k'.repeat(43)}`,
          KLING_ACCESS_KEY: 'ak-readme',
          KLING_SECRET_KEY: 'sk-readme',
          KLING_WEBHOOK_SECRET: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
        }),
        encoding: 'utf8',
      });
      assert.equal(status, 0, `${source}\n${stderr}`);
      assert.equal(stderr, '', source);
    }
  });
}

test('every snippet and every example in TypeScript compiles under the strictest settings', (t) => {
  // Where `kling-auth` means this package, and `@types/node` is found.
  const folder = mkdtempSync(join(root, 'target', 'snippets-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  writeSnippets(folder);
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', folder], {
    cwd: root,
    encoding: 'utf8',
  });
  assert.equal(status, 0, stdout);
});

test('the documents have snippets', () => {
  assert.ok(snippetsOf('README.md').length >= 3);
  assert.ok(docs.flatMap(snippetsOf).length >= 8);
});

test('every npm script that the documents name exists', () => {
  const text = documents.map(read).join('');
  const named = [...text.matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name);
  assert.ok(named.length >= 5);
  for (const name of named) assert.ok(pkg.scripts[name], name);
});

test('every link of the documents to a file or a heading leads somewhere', () => {
  const withoutCode = (file) => read(file).replaceAll(/^```.*?^```$/gms, '');
  // As GitHub makes them.
  const anchors = (file) =>
    [...withoutCode(file).matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
        .replaceAll(' ', '-'),
    );
  const linked = new Set();
  const places = readdirSync(join(root, 'docs', 'secrets')).map((name) => `docs/secrets/${name}`);
  for (const document of [...documents, ...places, 'SECURITY.md', 'benchmark/README.md']) {
    for (const [, link] of withoutCode(document).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(link)) continue;
      const [path, anchor] = link.split('#');
      const target = path === '' ? document : join(dirname(document), path);
      assert.ok(existsSync(join(root, target)), `${document}: ${link}`);
      if (anchor !== undefined) {
        assert.ok(anchors(target).includes(anchor), `${document}: ${link}`);
      }
      if (document === 'README.md') linked.add(target);
    }
  }
  for (const document of docs) assert.ok(linked.has(join(document)), document);
});

test('docs/api.md has every error code of the typings, and no document has another', () => {
  const codes = (text) =>
    new Set(
      text.match(/KLING_(?!ACCESS|SECRET|API|WEBHOOK_SECRET|AUTH_BINARY|KEYS_CREATED)[A-Z_]+/g),
    );
  const typings = read('index.d.ts');
  const declared = new Set(
    [...typings.matchAll(/^ {2}\| '(KLING_\w+)'/gm)].map(([, code]) => code),
  );
  assert.ok(declared.size >= 8);
  assert.deepEqual([...codes(read('docs/api.md'))].sort(), [...declared].sort());
  const ofWebhooks = [...declared].filter((code) => code.startsWith('KLING_WEBHOOK_'));
  assert.deepEqual([...codes(read('docs/webhooks.md'))].sort(), ofWebhooks.sort());
  for (const code of docs.flatMap((file) => [...codes(read(file))])) {
    assert.ok(declared.has(code), code);
  }
});

test('the demonstration runs and is checked by an independent implementation', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['examples/demo.mjs'], {
    cwd: root,
    env: cleanEnv(),
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
  assert.match(stdout, /by kling-auth: +true/);
  assert.match(stdout, /by jsonwebtoken: true/);
  assert.match(stdout, /with a wrong key: signature/);
  // Signed at minutes 0, 25 and 50: a lifetime of 30 minutes less a buffer of 5.
  const signed = [...stdout.matchAll(/minute +(\d+): signed/g)].map(([, minute]) => Number(minute));
  assert.deepEqual(signed, [0, 25, 50]);
  assert.equal(stdout.match(/: reused/g).length, 10);
});

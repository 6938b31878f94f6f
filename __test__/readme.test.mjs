import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { cleanEnv, root } from './helpers/run.mjs';

const readme = readFileSync(join(root, 'README.md'), 'utf8');
const pkg = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

test('every snippet of the README runs as it stands', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'kling-auth-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(root, join(folder, 'node_modules', 'kling-auth'), 'junction');
  const snippets = [...readme.matchAll(/^```js\n(.*?)^```$/gms)].map(([, source]) => source);
  assert.ok(snippets.length >= 5);
  for (const [i, source] of snippets.entries()) {
    const file = join(folder, `snippet-${i}.mjs`);
    writeFileSync(file, source);
    const { status, stderr } = spawnSync(process.execPath, [file], {
      env: cleanEnv({
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

test('every npm script that the README and CONTRIBUTING name exists', () => {
  const text = readme + readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8');
  const named = [...text.matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name);
  assert.ok(named.length >= 5);
  for (const name of named) assert.ok(pkg.scripts[name], name);
});

test('every error code of the typings stands in the README, and the other way round', () => {
  const codes = (text) =>
    new Set(text.match(/KLING_(?!ACCESS|SECRET|API|WEBHOOK_SECRET|AUTH_BINARY)[A-Z_]+/g));
  const typings = readFileSync(join(root, 'index.d.ts'), 'utf8');
  const declared = new Set(
    [...typings.matchAll(/^ {2}\| '(KLING_\w+)'/gm)].map(([, code]) => code),
  );
  assert.ok(declared.size >= 8);
  assert.deepEqual([...codes(readme)].sort(), [...declared].sort());
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

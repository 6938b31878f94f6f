// What an editor shows of the typings: on hovering, and under what is wrong.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from './helpers/run.mjs';
import { read, typings } from './helpers/texts.mjs';

const MISTAKES = {
  "new KlingAuth({ acessKey: 'ak' });":
    "Object literal may only specify known properties, but 'acessKey' does not exist in type 'KlingAuthOptions'. Did you mean to write 'accessKey'?",
  "new KlingAuth({ ttlSec: '60' });": "Type 'string' is not assignable to type 'Optional<number>'.",
  "new KlingAuth({ apiKey: 'k', accessKey: 'ak' });":
    "Type 'string' is not assignable to type 'NotWithApiKey'.",
  "new KlingAuth({ credentials: async () => ({ apiKey: 'k' }), prefix: 'STAGING_' });":
    "Type 'string' is not assignable to type 'NotWithCredentials'.",
  "new KlingAuth('ak', 5);":
    "Argument of type '5' is not assignable to parameter of type 'Optional<string>'.",
  "new KlingAuth('ak', 'sk', '300');":
    "Argument of type '\"300\"' is not assignable to parameter of type 'Optional<number>'.",
  "new KlingWebhook('whsec_', { tolerance: 5 });":
    "Object literal may only specify known properties, but 'tolerance' does not exist in type 'Omit<KlingWebhookOptions, \"isReplay\"> & { isReplay?: KlingIsReplay<never> | null | undefined; }'. Did you mean to write 'toleranceSec'?",
  "new KlingWebhook('whsec_', { isReplay: true });":
    "Type 'boolean' is not assignable to type 'KlingIsReplay<never>'.",
};

test('an error is about the form that was meant, and about nothing else', (t) => {
  const folder = mkdtempSync(join(root, 'target', 'mistakes-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const lines = ["import { KlingAuth, KlingWebhook } from 'kling-auth';", ...Object.keys(MISTAKES)];
  writeFileSync(join(folder, 'mistakes.mts'), lines.join('\n'));
  const compilerOptions = { strict: true, module: 'nodenext', types: ['node'], noEmit: true };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const { stdout } = spawnSync(process.execPath, [tsc, '-p', folder], {
    cwd: root,
    encoding: 'utf8',
  });
  const said = stdout.trim().split(/\r?\n/);
  assert.deepEqual(
    said.map((line) => line.replace(/^.*?: error TS\d+: /, '')),
    Object.values(MISTAKES),
  );
});

test('what is shown of a class, a constructor or a function begins with what it does', () => {
  const documented = typings.matchAll(
    /\/\*\*\s+\* ?(.*)(?:(?!\*\/)[\s\S])*\*\/\s+(?:\/\/.*\s+)*(constructor|new |export (?:class|function) \w+)/g,
  );
  let seen = 0;
  for (const [, begins, what] of documented) {
    seen += 1;
    assert.match(begins, /^[A-Z][a-z]+s\b|^Anything|^A delivery/, `${what}: ${begins}`);
  }
  assert.ok(seen >= 8, `${seen}`);
});

test('whatever is exported, and every member of it, has a comment to be shown', () => {
  const bare = ['index.d.ts', 'sandbox.d.ts', 'webhook.d.ts', 'credentials.d.ts'].flatMap(
    (file) => {
      const lines = read(file).split('\n');
      return lines.filter((line, i) => {
        const isDeclared =
          /^export (?:interface|type|class|function) /.test(line) ||
          // Not what tells the members of a union apart, nor what makes them exclude each other.
          /^ {2}(?:readonly )?\w+\??: (?!true;|false;|null;|'\w+';|Exclude<|NotWith)[^,]*[;{]$/.test(
            line,
          );
        return isDeclared && !/\*\/$|^ *\/\/ /.test(lines[i - 1]) && !line.includes('prototype:');
      });
    },
  );
  assert.deepEqual(bare, []);
});

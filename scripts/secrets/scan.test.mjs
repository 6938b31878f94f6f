// The rules for scanners that docs/secrets.md gives, on planted and on harmless strings.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';

const docs = readFileSync(new URL('../../docs/secrets.md', import.meta.url), 'utf8');
const block = (language) =>
  new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'ms').exec(docs)?.[1] ?? '';

const letters = (length) => 'aB3dE5gH7'.repeat(10).slice(0, length);
const API_KEY = `api-key-kling-${letters(40)}_-9`;

const PLANTED = {
  '.env': `KLING_API_KEY=${API_KEY}\n`,
  'src/config.ts': `export const apiKey = '${API_KEY}';\n`,
  'src/pair.js': `process.env.KLING_SECRET_KEY = "${letters(32)}";\n`,
  'compose.yaml': `environment:\n  KLING_ACCESS_KEY: ${letters(32)}\n`,
  'settings.json': `{ "klingSecretKey": "${letters(32)}" }\n`,
  'skill.sh': `export KLING_SECRET_ACCESS_KEY='${letters(32)}'\n`,
  'deploy/staging.env': `STAGING_KLINGAI_ACCESS_KEY = ${letters(32)}\n`,
  'webhook.py': `secret = "whsec_${letters(32)}"\n`,
};

const HARMLESS = {
  '.env.example': 'KLING_API_KEY=\nKLING_ACCESS_KEY=your_kling_access_key\nKLING_SECRET_KEY=\n',
  'README.md': 'Set KLING_API_KEY to `api-key-kling-…`, and KLING_WEBHOOK_SECRET to `whsec_…`.\n',
  'src/auth.ts': 'const auth = new KlingAuth({ secretKey: process.env.KLING_SECRET_KEY });\n',
  'lock.json': `{ "integrity": "sha512-${letters(86)}==", "md5": "${letters(32)}" }\n`,
  'compose.yaml': 'environment:\n  KLING_SECRET_KEY_FILE: /run/secrets/kling_secret_key\n',
  'ci.yml': `KLING_SECRET_KEY: \${{ secrets.KLING_SECRET_KEY }}\n`,
};

/** A folder with these files in it. */
function tree(t, files) {
  const folder = mkdtempSync(join(tmpdir(), 'kling-auth-scan-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

/** The files in which secretlint finds something. */
function secretlint(t, files) {
  const folder = tree(t, { ...files, '.secretlintrc.json': block('json') });
  symlinkSync(join(process.env.SECRETS_TOOLS, 'node_modules'), join(folder, 'node_modules'));
  const program = join(process.env.SECRETS_TOOLS, 'node_modules/secretlint/bin/secretlint.js');
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [program, '--format', 'json', ...Object.keys(files)],
    { cwd: folder, encoding: 'utf8' },
  );
  assert.ok(status === 0 || status === 1, stderr);
  const found = JSON.parse(stdout).filter(({ messages }) => messages.length > 0);
  assert.equal(status, found.length > 0 ? 1 : 0);
  return found.map(({ filePath }) => filePath.slice(folder.length + 1)).sort();
}

test('secretlint finds each planted key', (t) => {
  assert.deepEqual(secretlint(t, PLANTED), Object.keys(PLANTED).sort());
});

test('secretlint is silent about what is no key', (t) => {
  assert.deepEqual(secretlint(t, HARMLESS), []);
});

test("gitleaks' rules match the same", () => {
  const rules = [...block('toml').matchAll(/^regex = '''(.*?)'''$/gm)].map(
    ([, rule]) => new RegExp(rule.replace('(?i)', ''), rule.startsWith('(?i)') ? 'i' : ''),
  );
  assert.equal(rules.length, 3);
  const found = (files) =>
    Object.keys(files).filter((name) => rules.some((rule) => rule.test(files[name])));
  assert.deepEqual(found(PLANTED), Object.keys(PLANTED));
  assert.deepEqual(found(HARMLESS), []);
});

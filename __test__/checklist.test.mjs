// The checklist of those who keep keys: `kling-auth init`, and what doctor finds of it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { EventEmitter } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { test } from 'node:test';
import compare from '../lib/cli/checks/compare.js';
import envFiles from '../lib/cli/checks/env-files.js';
import keysAge from '../lib/cli/checks/keys-age.js';
import cli from '../lib/cli/main.js';
import { cleanEnv, root } from './helpers/run.mjs';

const SAMPLE = `# Kling AI. Copy this file to .env, which is not committed, and fill it in.
KLING_API_KEY=
# Or, for the legacy endpoints:
# KLING_ACCESS_KEY=
# KLING_SECRET_KEY=
# The day on which the keys were made: kling-auth doctor tells when they are due.
KLING_KEYS_CREATED=
`;
const GITIGNORE = '.env\n.env.*\n!.env.example\n';
const DOCKERIGNORE = '**/.env\n**/.env.*\n';

/** A folder that is the current one until the test is over. */
function project(t, files = {}) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'kling-auth-')));
  process.chdir(folder);
  t.after(() => {
    process.chdir(root);
    rmSync(folder, { recursive: true, force: true });
  });
  for (const [name, content] of Object.entries(files)) writeFileSync(name, content);
  return () =>
    Object.fromEntries(readdirSync('.').map((name) => [name, readFileSync(name, 'utf8')]));
}

async function init(args = [], { isTTY = false, answer = '' } = {}) {
  let stdout = '';
  const write = (chunk, _, done) => {
    stdout += chunk;
    done();
  };
  const io = Object.assign(new EventEmitter(), {
    stdout: Object.assign(new Writable({ write }), { isTTY }),
    stderr: Object.assign(new Writable({ write }), { isTTY }),
    stdin: Object.assign(Readable.from(answer === '' ? [] : [answer]), { isTTY }),
    env: { NO_COLOR: '1' },
  });
  const status = await cli.main(['init', ...args], io);
  return { status, stdout };
}

const marked = (text) => text.replace(/^/gm, '+ ').replace(/\+ $/, '');
const WHOLE = `.env.example (new)\n${marked(SAMPLE)}.gitignore (new)\n${marked(GITIGNORE)}.dockerignore (new)\n${marked(DOCKERIGNORE)}`;
const ALL = { '.dockerignore': DOCKERIGNORE, '.env.example': SAMPLE, '.gitignore': GITIGNORE };

test('init shows what is missing, and without a terminal and --yes it changes nothing', async (t) => {
  const files = project(t);
  assert.deepEqual(await init(), {
    status: 1,
    stdout: `${WHOLE}Nothing was changed: --yes writes this.\n`,
  });
  assert.deepEqual(files(), {});
});

test('init --yes writes what is missing, once', async (t) => {
  const files = project(t);
  assert.deepEqual(await init(['--yes']), { status: 0, stdout: `${WHOLE}Written.\n` });
  assert.deepEqual(files(), ALL);
  assert.deepEqual(await init(['--yes']), { status: 0, stdout: 'Nothing is missing.\n' });
  assert.deepEqual(files(), ALL);
});

test('init asks on a terminal, and takes nothing but a yes for one', async (t) => {
  const files = project(t);
  for (const answer of ['n\n', '\n', 'yellow\n', '']) {
    const { status, stdout } = await init([], { isTTY: true, answer });
    assert.equal(status, 1, answer);
    assert.equal(stdout, `${WHOLE}Write this? [y/N]\nNothing was changed: --yes writes this.\n`);
    assert.deepEqual(files(), {});
  }
  const { status, stdout } = await init([], { isTTY: true, answer: 'Y\n' });
  assert.deepEqual([status, stdout], [0, `${WHOLE}Write this? [y/N]\nWritten.\n`]);
  assert.deepEqual(files(), ALL);
});

test('init --json tells the same to programs, and asks nobody', async (t) => {
  const files = project(t, { '.env.example': 'KLING_API_KEY=\n', '.dockerignore': DOCKERIGNORE });
  const changes = [{ file: '.gitignore', lines: ['.env', '.env.*', '!.env.example'] }];
  const asked = await init(['--json'], { isTTY: true, answer: 'y\n' });
  assert.equal(asked.status, 1);
  assert.deepEqual(JSON.parse(asked.stdout), { ok: false, written: false, changes });
  assert.equal(files()['.gitignore'], undefined);
  const written = await init(['--json', '--yes']);
  assert.deepEqual(JSON.parse(written.stdout), { ok: true, written: true, changes });
  assert.equal(files()['.gitignore'], GITIGNORE);
});

test('init leaves what is there as it is, and adds behind it', async (t) => {
  for (const [file, before, after] of [
    ['.gitignore', 'node_modules', `node_modules\n${GITIGNORE}`],
    ['.gitignore', 'a\r\nb\r\n', 'a\r\nb\r\n.env\r\n.env.*\r\n!.env.example\r\n'],
    ['.gitignore', '.env\n', '.env\n.env.*\n!.env.example\n'],
    ['.gitignore', '/.env*\n!.env.example\n', '/.env*\n!.env.example\n'],
    ['.gitignore', '# .env\n', `# .env\n${GITIGNORE}`],
    ['.gitignore', '', GITIGNORE],
    ['.dockerignore', '.env\n', `.env\n${DOCKERIGNORE}`],
    ['.dockerignore', '**/.env*\n', '**/.env*\n'],
    ['.env.example', 'DATABASE_URL=', `DATABASE_URL=\n${SAMPLE}`],
    ['.env.example', 'KLING_ACCESS_KEY=\n', 'KLING_ACCESS_KEY=\n'],
  ]) {
    const files = project(t, { [file]: before });
    assert.equal((await init(['--yes'])).status, 0);
    assert.equal(files()[file], after, `${file} of ${JSON.stringify(before)}`);
  }
});

test('init changes nothing where a file of these names cannot be read', async (t) => {
  project(t);
  mkdirSync('.dockerignore');
  assert.deepEqual(await init(['--yes']), {
    status: 1,
    stdout: 'kling-auth: .dockerignore cannot be read (EISDIR): nothing was changed\n',
  });
  assert.deepEqual(readdirSync('.'), ['.dockerignore']);
});

function git(...args) {
  const { status, stderr } = spawnSync('git', args, { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
}

test('what init writes keeps .env files out of git, and the sample in', async (t) => {
  project(t, { '.env': 'x', '.env.local': 'x' });
  git('init', '--quiet');
  await init(['--yes']);
  git('add', '.');
  const { stdout } = spawnSync('git', ['ls-files'], { encoding: 'utf8' });
  assert.equal(stdout, '.dockerignore\n.env.example\n.gitignore\n');
});

test('doctor finds a .env that git tracks or does not ignore', (t) => {
  project(t, { '.env': 'x', '.env.example': 'x', '.env.local': 'x', '.envrc': 'x' });
  const found = () => envFiles.envFiles(process.cwd());
  const unknown = 'git tells nothing of this folder';
  assert.deepEqual(found(), [
    { check: '.env', ok: null, detail: unknown },
    { check: '.env.local', ok: null, detail: unknown },
  ]);
  git('init', '--quiet');
  writeFileSync('.gitignore', '.env.local\n');
  const ignored = { check: '.env.local', ok: true, detail: 'ignored by git' };
  assert.deepEqual(found(), [
    {
      check: '.env',
      ok: false,
      detail: 'git does not ignore it, so that the next git add takes the keys in',
      fix: 'add .env to .gitignore, or run kling-auth init',
    },
    ignored,
  ]);
  git('add', '.env');
  assert.deepEqual(found(), [
    {
      check: '.env',
      ok: false,
      detail: 'git tracks it, so that everybody with a copy of the repository has the keys',
      fix: 'git rm --cached .env, ignore it (kling-auth init), and replace the keys: they stay in the history',
    },
    ignored,
  ]);
});

test("doctor runs nothing that a stranger's repository names", (t) => {
  project(t, { '.env': 'x', hook: '#!/bin/sh\ntouch "$(dirname "$0")/ran"\n' });
  chmodSync('hook', 0o755);
  git('init', '--quiet');
  git('config', 'core.fsmonitor', `${process.cwd()}/hook`);
  spawnSync('git', ['status']);
  assert.equal(existsSync('ran'), true, 'git itself runs it');
  rmSync('ran');
  envFiles.envFiles(process.cwd());
  git('-c', 'core.fsmonitor=false', 'add', '.env');
  envFiles.envFiles(process.cwd());
  assert.equal(existsSync('ran'), false);
});

test('doctor knows how old the keys are, by the day that was noted', () => {
  const now = Date.parse('2026-11-26T12:00:00Z');
  const age = (value, prefixes = ['']) =>
    keysAge.keysAge({ KLING_KEYS_CREATED: value, PROD_KLING_KEYS_CREATED: value }, prefixes, now);
  const check = 'KLING_KEYS_CREATED';
  assert.deepEqual(age(undefined), []);
  assert.deepEqual(age(''), []);
  for (const [value, detail] of [
    ['2026-11-26', 'the keys are 0 days old'],
    ['2026-11-27', 'the keys are 0 days old'],
    ['2026-08-28', 'the keys are 90 days old'],
  ]) {
    assert.deepEqual(age(value), [{ check, ok: true, detail }]);
  }
  const day = 'write the day on which the keys were made';
  const renew =
    "create new ones in Kling's console each quarter, put them in place, disable the old ones, and write down the day";
  for (const [value, detail, fix] of [
    ['2026-08-27', 'the keys are 91 days old, more than 90', renew],
    ['2026-11-29', 'a day that has not come yet', day],
    ['1 November', 'not a day', `${day}, such as 2026-11-01`],
    ['2026-02-30', 'not a day', `${day}, such as 2026-11-01`],
    ['2026-13-01', 'not a day', `${day}, such as 2026-11-01`],
  ]) {
    assert.deepEqual(age(value), [{ check, ok: false, detail, fix }], value);
  }
  assert.equal(age('2026-08-27', ['STAGING_', 'PROD_'])[0].check, 'PROD_KLING_KEYS_CREATED');
});

test('doctor finds one key under two prefixes, whatever the variables are called', (t) => {
  project(t, { key: 'sk-shared\n' });
  const path = join(process.cwd(), 'key');
  const compared = (env, prefixes = ['STAGING_', 'PROD_']) => compare.compared(env, prefixes);
  const fix = 'create a key for each environment, so that what leaks from one opens no other';
  for (const [env, names, prefixes] of [
    [
      { STAGING_KLING_API_KEY: 'k', PROD_KLINGAI_API_KEY: 'k' },
      'STAGING_KLING_API_KEY and PROD_KLINGAI_API_KEY',
    ],
    [
      { STAGING_KLING_SECRET_KEY: 'sk-shared', PROD_KLING_SECRET_KEY_FILE: path },
      'STAGING_KLING_SECRET_KEY and PROD_KLING_SECRET_KEY',
    ],
    [
      { KLING_WEBHOOK_SECRET: 'w', PROD_KLING_WEBHOOK_SECRET: 'w', STAGING_KLING_API_KEY: 'k' },
      'KLING_WEBHOOK_SECRET and PROD_KLING_WEBHOOK_SECRET',
      ['', 'STAGING_', 'PROD_'],
    ],
  ]) {
    const detail = `the same key in ${names}`;
    assert.deepEqual(compared(env, prefixes), { check: 'compare', ok: false, detail, fix });
  }
  for (const [env, ok, detail] of [
    [
      { STAGING_KLING_API_KEY: 'k1', STAGING_KLINGAI_API_KEY: 'k1', PROD_KLING_API_KEY: 'k2' },
      true,
      'no key is under two of STAGING_, PROD_',
    ],
    [{ STAGING_KLING_API_KEY: 'k1' }, null, 'no key is set under PROD_'],
    [
      { STAGING_KLING_API_KEY_FILE: '/absent', PROD_KLING_API_KEY: 'k' },
      null,
      'not all could be read: /absent, which STAGING_KLING_API_KEY_FILE names, does not exist: look at the path, and whether the secret is mounted',
    ],
  ]) {
    assert.deepEqual(compared(env), { check: 'compare', ok, detail });
  }
});

test('doctor --compare is refused without two prefixes', () => {
  for (const given of ['STAGING_', 'PROD_,PROD_', 'A-,B-', '1_,2_']) {
    assert.throws(() => compare.prefixesOf(given), {
      message: '--compare takes two or more beginnings of variables, such as STAGING_,PROD_',
    });
  }
  assert.deepEqual(compare.prefixesOf(', PROD_'), ['', 'PROD_']);
});

test('the command shows it all, without a key', (t) => {
  project(t, { '.env': 'x', key: 'sk-never-to-be-shown' });
  git('init', '--quiet');
  const path = join(process.cwd(), 'key');
  const secret = 'sk-of-both-environments';
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, 'bin/kling-auth.js'), 'doctor', '--compare', 'STAGING_,PROD_', '--json'],
    {
      encoding: 'utf8',
      env: cleanEnv({
        STAGING_KLING_SECRET_KEY: secret,
        PROD_KLING_SECRET_KEY: secret,
        PROD_KLING_KEYS_CREATED: '2020-01-01',
        KLING_ACCESS_KEY: 'ak-of-the-file',
        KLING_SECRET_KEY_FILE: path,
        KLING_API_BASE: 'http://127.0.0.1:1',
      }),
    },
  );
  assert.notEqual(status, 0, stderr);
  const bad = JSON.parse(stdout).findings.filter(({ ok }) => ok === false);
  assert.deepEqual(
    bad.map(({ check }) => check).filter((check) => check !== 'host'),
    ['.env', 'PROD_KLING_KEYS_CREATED', 'compare'],
  );
  assert.equal((stdout + stderr).includes(secret), false);
  assert.equal((stdout + stderr).includes('sk-never-to-be-shown'), false);
});

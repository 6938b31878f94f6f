// The pages on places where secrets live: their programs run, in surroundings like those of the place.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { cleanEnv, root } from './helpers/run.mjs';

const PAGES = join(root, 'docs', 'secrets');
const API_KEY = `api-key-kling-${'k'.repeat(43)}`;

/** What each place is, as far as a program sees, and what the program then prints. */
const PLACES = {
  laptop: () => ({
    env: { KLING_API_KEY: API_KEY },
    lines: ['env:KLING_API_KEY'],
  }),
  'docker-compose': (file) => ({
    env: {
      KLING_ACCESS_KEY_FILE: file('run/secrets/kling_access_key', 'ak-of-compose\n'),
      KLING_SECRET_KEY_FILE: file('run/secrets/kling_secret_key', 'sk-of-compose\n'),
    },
    lines: ['env:KLING_ACCESS_KEY_FILE jwt'],
  }),
  kubernetes: (file, folder) => {
    const mount = (version) => {
      file(`..v${version}/access-key`, `ak-${version}`);
      file(`..v${version}/secret-key`, `sk-${version}`);
      symlinkSync(`..v${version}`, join(folder, '..data_tmp'));
      renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
    };
    mount(1);
    for (const name of ['access-key', 'secret-key'])
      symlinkSync(`..data/${name}`, join(folder, name));
    return {
      env: { KLING_KEYS: folder },
      // As in a server, which does not end.
      end: 'process.stdin.resume();',
      lines: ['initial ak-1', 'rotated ak-2'],
      afterFirst: () => mount(2),
    };
  },
  lambda: (file) => {
    file('node_modules/@aws-sdk/client-secrets-manager/package.json', '{ "main": "index.js" }');
    file(
      'node_modules/@aws-sdk/client-secrets-manager/index.js',
      `exports.SecretsManager = class {
        async getSecretValue({ SecretId }) {
          return { SecretString: JSON.stringify({ [SecretId]: '${API_KEY}' }) };
        }
      };`,
    );
    return {
      env: { KLING_SECRET_ID: 'KLING_API_KEY' },
      end: 'console.log(JSON.stringify(await handler()));',
      lines: ['{"statusCode":200,"expiresAt":null}'],
    };
  },
  'cloud-run': (file) => ({
    env: {
      KLING_KEYS: file('secrets/kling', JSON.stringify({ accessKey: 'ak', secretKey: 'sk' })),
    },
    lines: ['provider jwt'],
  }),
  vercel: () => ({
    env: { KLING_API_KEY: API_KEY },
    end: 'console.log(JSON.stringify(await (await GET()).json()));',
    lines: ['{"source":"env:KLING_API_KEY","ready":true}'],
  }),
};

for (const [place, surroundings] of Object.entries(PLACES)) {
  test(`the program of docs/secrets/${place}.md runs`, async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'kling-auth-'));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const file = (name, content) => {
      const path = join(folder, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content);
      return path;
    };
    const { env, end = '', lines, afterFirst } = surroundings(file, folder);
    const page = readFileSync(join(PAGES, `${place}.md`), 'utf8');
    const [, program] = /^```js\n(.*?)^```$/ms.exec(page);
    file('app.mjs', `${program}\n${end}\n`);
    mkdirSync(join(folder, 'node_modules'), { recursive: true });
    symlinkSync(root, join(folder, 'node_modules', 'kling-auth'), 'junction');
    const child = spawn(process.execPath, [join(folder, 'app.mjs')], {
      env: cleanEnv(env),
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    t.after(() => child.kill('SIGKILL'));
    const printed = [];
    for await (const line of createInterface({ input: child.stdout })) {
      printed.push(line);
      if (printed.length === 1) afterFirst?.();
      if (printed.length === lines.length) child.stdin.end();
    }
    if (child.exitCode === null) await once(child, 'exit');
    assert.deepEqual(printed, lines);
    assert.equal(child.exitCode, 0);
  });
}

test('each page has a program that is run, and is linked from docs/secrets.md', () => {
  const index = readFileSync(join(root, 'docs', 'secrets.md'), 'utf8');
  const pages = readdirSync(PAGES).map((name) => name.replace('.md', ''));
  assert.deepEqual(pages.sort(), Object.keys(PLACES).sort());
  for (const page of pages) {
    assert.ok(index.includes(`](secrets/${page}.md)`), page);
    const text = readFileSync(join(PAGES, `${page}.md`), 'utf8');
    for (const [, link] of text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)) {
      assert.ok(existsSync(join(PAGES, link)), `${page}: ${link}`);
    }
  }
});

// Variables that name a file: `KLING_SECRET_KEY_FILE=/run/secrets/kling_secret_key`.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import jsonwebtoken from 'jsonwebtoken';
import { generateKlingToken, KlingAuth, KlingWebhook } from 'kling-auth';
import { root, runJson } from './helpers/run.mjs';
import { BODY, HEADERS, now, SECRET as WEBHOOK_SECRET } from './helpers/webhook.mjs';

const SECRET = 'sk-never-to-be-shown';
const API_KEY = `api-key-kling-${'k'.repeat(43)}`;

/** Windows has no pipe in a folder, and none of `/dev`. */
const hasDevices = process.platform !== 'win32';

function scratch(t) {
  const folder = mkdtempSync(join(tmpdir(), 'kling-auth-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return (name, content) => {
    const path = join(folder, name);
    if (content !== undefined) writeFileSync(path, content);
    return path;
  };
}

test('a pair, an API Key and a webhook secret come from the files that variables name', (t) => {
  const file = scratch(t);
  const pair = {
    KLING_ACCESS_KEY_FILE: file('access_key', 'ak-of-the-file\n'),
    KLING_SECRET_KEY_FILE: file('secret_key', `${SECRET}\r\n`),
  };
  const auth = new KlingAuth({ env: pair });
  assert.equal(auth.source, 'env:KLING_ACCESS_KEY_FILE');
  const claims = jsonwebtoken.verify(auth.token, SECRET, { algorithms: ['HS256'] });
  assert.equal(claims.iss, 'ak-of-the-file');
  assert.equal(
    jsonwebtoken.verify(generateKlingToken({ env: pair }), SECRET).iss,
    'ak-of-the-file',
  );
  const mixed = { KLING_ACCESS_KEY: 'ak-1', KLING_SECRET_KEY_FILE: pair.KLING_SECRET_KEY_FILE };
  assert.equal(new KlingAuth({ env: mixed }).source, 'env:KLING_ACCESS_KEY');
  assert.equal(jsonwebtoken.verify(new KlingAuth({ env: mixed }).token, SECRET).iss, 'ak-1');
  // As PowerShell writes it, which is UTF-16 where it is told nothing else.
  for (const encoding of ['utf8', 'utf16le']) {
    const written = file('written', Buffer.from(`\uFEFF${API_KEY}\r\n`, encoding));
    assert.equal(new KlingAuth({ env: { KLING_API_KEY_FILE: written } }).token, API_KEY);
  }
  const prefixed = { STAGING_KLINGAI_API_KEY_FILE: file('key', `${API_KEY}\n`) };
  const withKey = new KlingAuth({ env: prefixed, prefix: 'STAGING_' });
  assert.equal(withKey.source, 'env:STAGING_KLINGAI_API_KEY_FILE');
  assert.equal(withKey.token, API_KEY);

  const env = { KLING_WEBHOOK_SECRET_FILE: file('webhook', `${WEBHOOK_SECRET}\n`) };
  const webhook = new KlingWebhook(undefined, { env, now });
  assert.equal(webhook.verify(BODY, HEADERS).id, HEADERS['webhook-id']);
});

test('what a file holds is not read where it is not needed', () => {
  const env = {
    KLING_ACCESS_KEY: 'ak-1',
    KLING_SECRET_KEY: 'sk-1',
    KLINGAI_API_KEY_FILE: '/absent',
  };
  assert.equal(new KlingAuth({ env }).source, 'env:KLING_ACCESS_KEY');
  const absent = { KLING_API_KEY_FILE: '/absent' };
  assert.equal(new KlingAuth({ env: absent, apiKey: API_KEY }).source, 'options');
  assert.equal(new KlingAuth('ak-1', 'sk-1').source, 'options');
});

test('a file that cannot be read is named, with its variable, without its content', (t) => {
  const file = scratch(t);
  mkdirSync(file('folder'));
  if (hasDevices) assert.equal(spawnSync('mkfifo', [file('fifo')]).status, 0);
  const kind =
    'is not a regular file: a pipe, a socket or a device can be read only once, or without end';
  for (const [path, problem] of [
    [file('absent'), 'does not exist: look at the path, and whether the secret is mounted'],
    [file('folder'), 'is a directory: name a file in it'],
    ...(hasDevices ? [file('fifo'), '/dev/zero'].map((path) => [path, kind]) : []),
    [file('empty', ''), 'is empty: write the key into it'],
    [file('newline', '\n'), 'is empty: write the key into it'],
    [file('long', SECRET.repeat(4000)), 'has more than 64 KiB: that is not a file with a key'],
  ]) {
    for (const [name, make] of [
      ['KLING_API_KEY_FILE', (env) => new KlingAuth({ env })],
      [
        'KLING_SECRET_KEY_FILE',
        (env) => new KlingAuth({ env: { ...env, KLING_ACCESS_KEY: 'ak-1' } }),
      ],
      ['KLING_ACCESS_KEY_FILE', (env) => generateKlingToken({ env, secretKey: SECRET })],
      ['KLING_WEBHOOK_SECRET_FILE', (env) => new KlingWebhook(null, { env })],
    ]) {
      assert.throws(() => make({ [name]: path }), {
        name: 'KlingAuthError',
        code: 'KLING_UNREADABLE_FILE',
        message: `${path}, which ${name} names, ${problem}`,
      });
    }
  }
});

test('the system is the cause of what it refused', () => {
  assert.throws(
    () => new KlingAuth({ env: { KLING_API_KEY_FILE: '/absent' } }),
    (error) => error.cause.code === 'ENOENT',
  );
});

test('a file that this user may not read is named', (t) => {
  if (process.platform === 'win32') return; // has no modes of files
  const file = scratch(t);
  chmodSync(file('.'), 0o755);
  const path = file('key', API_KEY);
  chmodSync(path, 0);
  const message = runJson(
    `const { KlingAuth } = require('kling-auth');
    // Whoever has no rights may not even enter the folder of a clone: what reads files is loaded before.
    try { new KlingAuth({ env: { KLING_API_KEY_FILE: '/absent' } }) } catch {}
    if (process.getuid() === 0) process.setuid(65534);
    try { new KlingAuth() } catch ({ message }) { console.log(JSON.stringify(message)) }`,
    { env: { KLING_API_KEY_FILE: path } },
  );
  assert.equal(
    message,
    `${path}, which KLING_API_KEY_FILE names, may not be read by the user that runs this process: give it the right to`,
  );
});

test('a key in the place of a path is not shown', () => {
  for (const key of [
    SECRET,
    API_KEY,
    'A/b+'.repeat(8),
    'ak-1.sk-1-which-is-long',
    WEBHOOK_SECRET,
  ]) {
    for (const [name, make] of [
      ['KLING_API_KEY', (env) => new KlingAuth({ env })],
      ['KLING_WEBHOOK_SECRET', (env) => new KlingWebhook(null, { env })],
    ]) {
      const error = (() => {
        try {
          return make({ [`${name}_FILE`]: key });
        } catch (reason) {
          return reason;
        }
      })();
      assert.equal(error.code, 'KLING_UNREADABLE_FILE');
      assert.equal(
        error.message,
        `${name}_FILE does not look like the path of a file, and no file of this name exists: if it is the key itself, set ${name} to it`,
      );
      assert.equal(error.cause, undefined);
    }
  }
});

test('what a file holds is judged as any key is, and the error names variable and path', (t) => {
  const file = scratch(t);
  const padded = file('padded', ` ${SECRET}\n`);
  assert.throws(
    () => new KlingAuth({ env: { KLING_ACCESS_KEY: 'ak-1', KLING_SECRET_KEY_FILE: padded } }),
    {
      code: 'KLING_INVALID_CREDENTIALS',
      message: `KLING_SECRET_KEY_FILE (${padded}) is padded with white space: trim it`,
    },
  );
  assert.throws(
    () => new KlingAuth({ env: { KLING_API_KEY: API_KEY, KLING_API_KEY_FILE: padded } }),
    {
      code: 'KLING_INVALID_CREDENTIALS',
      message:
        'KLING_API_KEY and KLING_API_KEY_FILE are both set, and which of them is right cannot be told: unset one',
    },
  );
  assert.throws(() => new KlingAuth({ env: { KLING_API_KEY_FILE: 5 } }), {
    name: 'TypeError',
    code: 'KLING_INVALID_ARG_TYPE',
    message: 'env.KLING_API_KEY_FILE must be a string, received a number',
  });
});

test('what reads files is loaded by those alone who name one', (t) => {
  const path = scratch(t)('key', API_KEY);
  const loaded = (env) =>
    runJson(
      `const { KlingAuth } = require('kling-auth');
      new KlingAuth().token;
      console.log(JSON.stringify(Object.keys(require.cache).some((file) => file.startsWith(${JSON.stringify(join(root, 'lib', 'credentials'))}))));`,
      { env },
    );
  assert.equal(loaded({ KLING_API_KEY: API_KEY }), false);
  assert.equal(loaded({ KLING_API_KEY_FILE: path }), true);
});

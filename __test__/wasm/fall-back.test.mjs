// When WebAssembly stands in for the addon, and what is said about it. Run by test:wasm.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { root } from '../helpers/run.mjs';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'kling-auth-fall-back-')));
after(() => rmSync(folder, { recursive: true }));
const own = join(folder, 'node_modules', 'kling-auth');
for (const name of ['index.js', 'index.mjs', 'lib', 'package.json']) {
  cpSync(join(root, name), join(own, name), { recursive: true });
}
const broken = join(folder, 'node_modules', 'kling-auth-win32-x64-msvc');
mkdirSync(broken);

const SCRIPT = `
  const { KlingAuth } = require('kling-auth');
  const { KlingWebhook } = require('kling-auth/webhook');
  new KlingWebhook('whsec_' + 'A'.repeat(32));
  console.log(/^eyJ/.test(new KlingAuth('ak', 'sk').token) && 'signed');
`;

function run({ system, flags = [], env = {} }) {
  const pretend = system
    ? `Object.defineProperties(process, { platform: { value: '${system[0]}' }, arch: { value: '${system[1]}' } });`
    : '';
  const clean = Object.entries(process.env).filter(([name]) => !/KLING|NODE_OPTIONS/.test(name));
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [...flags, '-e', pretend + SCRIPT],
    { cwd: folder, env: { ...Object.fromEntries(clean), ...env }, encoding: 'utf8' },
  );
  return { status, stdout: stdout.trim(), stderr: stderr.trim() };
}

for (const [fact, options] of [
  ['no addon is published for the system', { system: ['freebsd', 'x64'] }],
  ['none is for its processor', { system: ['linux', 's390x'] }],
  ['addons are switched off', { system: ['win32', 'x64'], flags: ['--no-addons'] }],
  ['it is asked for', { system: ['win32', 'x64'], env: { KLING_AUTH_BINARY: 'wasm' } }],
]) {
  test(`silently where ${fact}`, () => {
    if (options.flags?.includes('--no-addons')) {
      writeFileSync(join(broken, 'kling-auth.win32-x64-msvc.node'), 'not a binary');
    }
    assert.deepEqual(run(options), { status: 0, stdout: 'signed', stderr: '' });
    rmSync(join(broken, 'kling-auth.win32-x64-msvc.node'), { force: true });
  });
}

test('with one warning where the package is missing or broken, which says what mends it', () => {
  for (const [system, cause] of [
    [['win32', 'x64'], /its \.node file was left out .* To mend it, copy the whole package\./],
    [
      ['darwin', 'arm64'],
      /installed on, or for, another system.* To mend it, run `rm -rf node_modules/,
    ],
  ]) {
    const { status, stdout, stderr } = run({ system });
    assert.equal(status, 0, stderr);
    assert.equal(stdout, 'signed');
    assert.match(
      stderr,
      /\[KLING_BINARY_MISSING\] KlingAuthWarning: no native binary of kling-auth/,
    );
    assert.match(stderr, cause);
    assert.match(stderr, /Until then WebAssembly does its work, more slowly\./);
    assert.equal(stderr.match(/KlingAuthWarning/g)?.length, 1);
  }
});

test('a file that is named and cannot be loaded is an error all the same', () => {
  const { status, stderr } = run({ env: { KLING_AUTH_BINARY: './nowhere.node' } });
  assert.equal(status, 1);
  assert.match(stderr, /code: 'KLING_BINARY_MISSING'/);
  assert.match(stderr, /the file that KLING_AUTH_BINARY names cannot be loaded/);
});

test('the limit of a reply’s body is that of the core', () => {
  const { wasmNative } = createRequire(import.meta.url)('../../lib/loader/wasm.js');
  const { REPLY_BODY_LIMIT } = wasmNative(() => assert.fail('nothing is called'));
  const source = readFileSync(join(root, 'src', 'core', 'reply', 'envelope.rs'), 'utf8');
  const [, kibibytes] = /BODY_LIMIT: usize = (\d+) \* 1024;/.exec(source);
  assert.equal(REPLY_BODY_LIMIT, Number(kibibytes) * 1024);
});

test('a clock that stands at 0 is told as what it is', (t) => {
  const { now } = createRequire(import.meta.url)('../../lib/loader/platform-edge.js');
  t.mock.method(Date, 'now', () => 0);
  assert.throws(() => now(), { code: 'KLING_NO_CLOCK', message: /inside of the handler$/ });
});

// What a user meets on Windows: folders with blanks and letters of other alphabets, backslashes, a CRLF
// at the end of each line, and what the loader says where something is wrong.
import assert from 'node:assert/strict';
import { copyFileSync, cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { consumer, unpackInto } from '../install/consumer.mjs';
import { inWindows, onDriveC } from '../lib/windows-node.mjs';

const API_KEY = `api-key-kling-${'k'.repeat(43)}`;
const PACKAGE = 'kling-auth-win32-x64-msvc';
const BIN = 'node_modules\\kling-auth\\bin\\kling-auth.js';
const WARNING = /\[KLING_BINARY_MISSING\] KlingAuthWarning/;

/** @returns {number} how many cases there were */
export function meetWindows({ main, platform, node, executable }) {
  const folder = onDriveC('Jörg Möller', '動画');
  const app = consumer(join(folder, 'app'));
  unpackInto(app, { 'kling-auth': main, [PACKAGE]: platform });
  const addon = join(app, 'node_modules', PACKAGE, 'kling-auth.win32-x64-msvc.node');
  const keep = join(folder, 'my addon.node');
  copyFileSync(addon, keep);
  let cases = 0;
  /** Runs it, and asserts what comes of it. */
  const meets = (args, { status = 0, stdout = /^/, stderr = /^$/, ...options } = {}) => {
    const met = node(args, { cwd: app, ...options });
    const said = `${args.join(' ')}: ${met.status}\n${met.stdout}${met.stderr}`;
    assert.equal(met.status, status, said);
    assert.match(met.stdout, stdout, said);
    assert.match(met.stderr, stderr, said);
    assert.doesNotMatch(met.stderr, /\r[^\n]/, said);
    cases++;
    return met.stdout;
  };
  const smoke = (options) => {
    for (const file of ['smoke.cjs', 'smoke.mjs']) {
      meets([file], { stdout: /^smoke: passed$/m, ...options });
    }
  };
  const command = (args, options) => meets([BIN, ...args], options);
  const core = (detail, options) => {
    const { findings } = JSON.parse(command(['doctor', '--json'], { status: 3, ...options }));
    assert.match(findings.find(({ check }) => check === 'addon').detail, detail);
  };

  smoke();
  core(/C:\\Jörg Möller\\動画\\app\\node_modules\\kling-auth-win32-x64-msvc\\kling-auth\.win32/);
  // As Electron and packaged programs are called.
  const renamed = join(folder, 'my app.exe');
  cpSync(executable, renamed);
  smoke({ program: renamed });

  for (const named of [
    inWindows(keep),
    inWindows(keep).replaceAll('\\', '/'),
    '..\\my addon.node',
  ]) {
    core(/my addon\.node$/, { env: { KLING_AUTH_BINARY: named } });
  }
  core(/as WebAssembly: KLING_AUTH_BINARY asks for it/, { env: { KLING_AUTH_BINARY: 'wasm' } });
  meets(['smoke.cjs'], {
    status: 1,
    env: { KLING_AUTH_BINARY: 'C:\\nowhere\\x.node' },
    stderr:
      /looked for C:\\nowhere\\x\.node \(platform win32.*names cannot be loaded.*unset the variable/,
  });

  writeFileSync(addon, 'not a binary');
  smoke({
    stderr: /cannot be loaded \(.+\)\. To mend it, delete node_modules and run `npm install`/,
  });
  smoke({ stderr: WARNING });
  rmSync(addon);
  smoke({ stderr: /\.node file was left out .* To mend it, copy the whole package/ });
  rmSync(join(addon, '..'), { recursive: true });
  smoke({ stderr: /left out .* To mend it, run `npm install --include=optional`/ });
  mkdirSync(join(app, 'node_modules', 'kling-auth-linux-x64-gnu'));
  smoke({
    stderr:
      /it holds kling-auth-linux-x64-gnu\. To mend it, delete node_modules and run `npm install`/,
  });
  rmSync(join(app, 'node_modules', 'kling-auth-linux-x64-gnu'), { recursive: true });
  unpackInto(app, { [PACKAGE]: platform });

  const file = (name, content) => {
    writeFileSync(join(folder, name), content);
    return inWindows(join(folder, name));
  };
  const KEYS = 'KLING_ACCESS_KEY=ak-0123456789\r\nKLING_SECRET_KEY="sk-0123456789"\r\n';
  const dotenv = file('my keys.env', `\uFEFF# Kling\r\n${KEYS}`);
  const token = /^eyJ[\w-]+\.[\w-]+\.[\w-]+\r?\n$/;
  command(['token', '--dotenv', dotenv], { stdout: token });
  command(['token', '--dotenv', dotenv.replaceAll('\\', '/')], { stdout: token });
  command(['token', '--dotenv', '..\\my keys.env'], { stdout: token });
  command(['token', '--stdin'], { stdout: token, input: KEYS });
  command(['verify', '--sandbox'], { stderr: /^/ });
  const key = file('api key', `${API_KEY}\r\n`);
  const read = "console.log(new (require('kling-auth').KlingAuth)().token.length)";
  meets(['-e', read], { env: { KLING_API_KEY_FILE: key }, stdout: /^57$/m });
  for (const [path, problem] of [
    ['C:\\nowhere\\key', 'does not exist: look at the path'],
    [inWindows(app), 'is a directory: name a file in it'],
  ]) {
    const stderr = `${path}, which KLING_API_KEY_FILE names, ${problem}`;
    meets(['-e', read], {
      status: 1,
      env: { KLING_API_KEY_FILE: path },
      stderr: new RegExp(stderr.replaceAll(/[\\.]/g, '\\$&')),
    });
  }
  return cases;
}

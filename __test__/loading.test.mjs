// What loading does on systems that are not this one, in copies of the package where nothing or
// something else than the right binary is installed.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
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
import { pathToFileURL } from 'node:url';
import { runInNewContext } from 'node:vm';
import { cleanEnv, root, runJson } from './helpers/run.mjs';

const { version, exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'kling-auth-loading-')));
after(() => rmSync(folder, { recursive: true }));

/** The binary that this process uses. */
const binary = (() => {
  const require = createRequire(join(root, 'index.js'));
  require('./index.js');
  return Object.keys(require.cache).find((file) => file.endsWith('.node'));
})();

let installations = 0;

/**
 * An installation of this package beside the given files, without a binary, and without the core as
 * WebAssembly that would stand in for it.
 *
 * @param {Record<string, string>} files
 */
function install(files = {}) {
  const project = join(folder, String(installations++));
  const target = join(project, 'node_modules', 'kling-auth');
  for (const name of ['index.js', 'lib', 'package.json']) {
    const filter = (/** @type {string} */ source) => !source.endsWith('.wasm');
    cpSync(join(root, name), join(target, name), { recursive: true, filter });
  }
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(project, name, '..'), { recursive: true });
    writeFileSync(join(project, name), content);
  }
  return project;
}

const report = (/** @type {string} */ what) => `
  try {
    require('${what}');
    console.log(JSON.stringify({ loaded: true }));
  } catch ({ name, code, message, cause }) {
    console.log(JSON.stringify({ name, code, message, cause: cause?.message, causeCode: cause?.code }));
  }`;

/**
 * @param {string} project
 * @param {{ system?: [platform: string, arch: string], refusal?: string, flags?: string[], env?: Record<string, string>, what?: string }} [options]
 *   refusal: what the system says of a file that it cannot load
 */
function load(project, { system, refusal, flags = [], env = {}, what = 'kling-auth' } = {}) {
  const refuse = refusal
    ? `process.dlopen = () => { throw new Error(${JSON.stringify(refusal)}); };`
    : '';
  const pretend = system
    ? `Object.defineProperties(process, { platform: { value: '${system[0]}' }, arch: { value: '${system[1]}' } });`
    : '';
  const child = spawnSync(process.execPath, [...flags, '-e', refuse + pretend + report(what)], {
    cwd: project,
    env: cleanEnv(env),
    encoding: 'utf8',
  });
  assert.equal(child.status, 0, child.stderr);
  return JSON.parse(child.stdout);
}

const LOCK = { 'package-lock.json': '{"packages":{"node_modules/kling-auth":{}}}' };
const MAC = { 'node_modules/kling-auth-darwin-arm64/package.json': '{}' };
const EMPTY = { 'node_modules/kling-auth-win32-x64-msvc/package.json': '{}' };
const BROKEN = {
  'node_modules/kling-auth-win32-x64-msvc/kling-auth.win32-x64-msvc.node': 'not a binary',
};
const WINDOWS = ['win32', 'x64'];

for (const [fact, files, options, cause, remedy] of [
  [
    'left out by the package manager',
    {},
    { system: WINDOWS },
    /optional dependencies were left out/,
    /run `npm install --include=optional` on the system that runs it/,
  ],
  [
    'installed on another system',
    MAC,
    { system: WINDOWS },
    /installed on, or for, another system: it holds kling-auth-darwin-arm64/,
    /delete node_modules and run `npm install` on the system that runs it/,
  ],
  [
    'locked on another system',
    LOCK,
    { system: WINDOWS },
    /package-lock\.json was made on another system/,
    /delete node_modules and package-lock\.json and run `npm install`/,
  ],
  [
    'traced without its binary',
    EMPTY,
    { system: WINDOWS },
    /\.node file was left out/,
    /copy the whole package/,
  ],
  [
    'damaged',
    BROKEN,
    { system: WINDOWS, refusal: '%1 is not a valid Win32 application.\r\nC:\\x.node' },
    /the file is there but cannot be loaded \(.+\)/,
    /delete node_modules and run `npm install`/,
  ],
  [
    'installed on Windows, on a system whose shells have rm',
    { 'node_modules/kling-auth-win32-x64-msvc/package.json': '{}' },
    { system: ['darwin', 'x64'] },
    /it holds kling-auth-win32-x64-msvc/,
    /run `rm -rf node_modules && npm install` on the system that runs it/,
  ],
  [
    'on a system without a package',
    {},
    { system: ['sunos', 'x64'] },
    /no binary is published for this system/,
    /build one from the source and name its file in KLING_AUTH_BINARY/,
  ],
  [
    'forbidden by a flag',
    BROKEN,
    { system: WINDOWS, flags: ['--no-addons'] },
    /told to load no addons/,
    /start it without/,
  ],
  [
    'named by a variable that is wrong',
    {},
    { env: { KLING_AUTH_BINARY: '/nowhere/x.node' } },
    /the file that KLING_AUTH_BINARY names cannot be loaded \(Cannot find module '.*x\.node'\)/,
    /unset the variable/,
  ],
]) {
  test(`a binary that is ${fact}: one paragraph says so and what mends it`, () => {
    const { name, code, message, cause: chain } = load(install(files), options);
    assert.equal(name, 'KlingAuthError');
    assert.equal(code, 'KLING_BINARY_MISSING');
    assert.match(message, cause);
    assert.match(message, remedy);
    assert.doesNotMatch(message, /[\r\n]/);
    assert.ok(message.includes(`Node.js ${process.versions.node}`), message);
    const [platform, arch] = options.system ?? [process.platform, process.arch];
    assert.ok(message.includes(`platform ${platform}, architecture ${arch}`), message);
    assert.equal(typeof chain, 'string');
  });
}

test('the error names the package that was looked for', () => {
  for (const [system, target] of [
    [['win32', 'arm64'], 'win32-arm64-msvc'],
    [['darwin', 'x64'], 'darwin-x64'],
    [['freebsd', 'x64'], 'freebsd-x64'],
  ]) {
    const { message } = load(install(), { system });
    assert.ok(message.includes(`looked for kling-auth-${target}@${version} `), message);
  }
});

test('KLING_AUTH_BINARY names the file to load, relative to the working directory too', () => {
  const project = install();
  assert.equal(load(project).code, 'KLING_BINARY_MISSING');
  assert.deepEqual(load(project, { env: { KLING_AUTH_BINARY: binary } }), { loaded: true });
  cpSync(binary, join(project, 'mine.node'));
  assert.deepEqual(load(project, { env: { KLING_AUTH_BINARY: 'mine.node' } }), { loaded: true });
});

test('a bundle without the binary says that the package must be external', () => {
  const project = install();
  const lib = join(project, 'node_modules', 'kling-auth', 'lib', 'loader');
  // What a bundler makes of __dirname: the folder of the bundle, where no native.js lies.
  const source = readFileSync(join(lib, 'binary-missing.js'), 'utf8');
  writeFileSync(join(lib, 'binary-missing.js'), source.replaceAll('__dirname', "'/bundle'"));
  const { code, message } = load(project, { system: WINDOWS });
  assert.equal(code, 'KLING_BINARY_MISSING');
  assert.match(message, /a bundler took in the JavaScript .* declare kling-auth as external/);
});

// The permission model's flags: before Node.js 22.13 still experimental, before 20 not there.
const [major, minor] = process.versions.node.split('.').map(Number);
const hasPermissions = major > 22 || (major === 22 && minor >= 13);
const permission = hasPermissions ? '--permission' : '--experimental-permission';
// As realpath sees it, which is how Node.js compares.
const allowed = (project) => [permission, `--allow-fs-read=${join(project, '*')}`];

test('with permissions a look that is denied counts as not there, and no error is raw', () => {
  if (major < 20) return; // no permission model to test
  const project = install();
  const own = join(project, 'mine.node');
  cpSync(binary, own);
  const addons = major > 20 || minor >= 16 ? ['--allow-addons'] : [];
  const env = { KLING_AUTH_BINARY: own };
  if (addons.length > 0) {
    assert.deepEqual(load(project, { flags: [...allowed(project), ...addons], env }), {
      loaded: true,
    });
  }
  const without = load(project, { flags: [...allowed(project), ...addons] });
  assert.equal(without.code, 'KLING_BINARY_MISSING');
  assert.match(without.message, /optional dependencies were left out/);
  if (major < 22) return; // there addons are not held back
  const forbidden = load(project, { flags: allowed(project), env });
  assert.equal(forbidden.code, 'KLING_BINARY_MISSING');
  assert.match(forbidden.message, /start it without the former, and with --allow-addons/);
});

test('a class, a getter or a method of the exports can be replaced and put back', () => {
  const required = createRequire(import.meta.url)('../index.js');
  for (const [name, { value, ...flags }] of Object.entries(
    Object.getOwnPropertyDescriptors(required),
  )) {
    assert.equal(typeof value, 'function', name);
    assert.deepEqual(flags, { writable: true, enumerable: true, configurable: true }, name);
  }
  for (const { prototype } of [required.KlingAuth, required.KlingWebhook]) {
    for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
      assert.equal(descriptor.configurable, true, name);
    }
    // What jest asks before it mocks the methods on it.
    assert.equal(Object.prototype.toString.call(prototype), '[object Object]');
  }
});

test('in a browser the reason is the secret, and no tool is named', () => {
  const source = readFileSync(join(root, 'lib', 'loader', 'browser.js'), 'utf8');
  const { KlingAuthError } = createRequire(import.meta.url)('../index.js');
  assert.throws(() => runInNewContext(source, { require: () => ({ KlingAuthError }) }), {
    code: 'KLING_UNSUPPORTED_RUNTIME',
    message:
      'kling-auth must not run in a browser: a secret key must never reach one, where every visitor ' +
      'can read it. Sign on a server, and have the browser call that server instead of Kling.',
  });
});

const EDGE =
  /kling-auth\/sandbox and kling-auth\/credentials need Node\.js: an edge runtime has neither/;

for (const [condition, subpaths, sentence] of [
  [
    'browser',
    ['.', './credentials', './sandbox', './webhook'],
    /@jest-environment node .*customExportConditions: \['node'\]/,
  ],
  ['edge-light', ['./credentials', './sandbox'], EDGE],
  ['workerd', ['./credentials', './sandbox'], EDGE],
]) {
  test(`under the condition ${condition} what cannot run there explains itself`, () => {
    for (const [subpath, conditions] of Object.entries(exports)) {
      if (typeof conditions === 'object') assert.ok(condition in conditions, subpath);
    }
    const project = install();
    for (const subpath of subpaths) {
      const { name, code, message } = load(project, {
        flags: [`--conditions=${condition}`],
        what: `kling-auth${subpath.slice(1)}`,
      });
      assert.equal(name, 'KlingAuthError', subpath);
      assert.equal(code, 'KLING_UNSUPPORTED_RUNTIME');
      assert.match(message, sentence);
    }
  });
}

for (const file of ['index.js', 'index.mjs', 'lib/loader/bundled.mjs']) {
  test(`what ${file} gives for import is what index.js gives for require`, async () => {
    const required = createRequire(import.meta.url)('../index.js');
    const { default: whole, ...imported } = await import(`../${file}`);
    delete imported['module.exports']; // Node.js 23 and later
    assert.equal(whole, required);
    assert.deepEqual(Object.keys(imported).sort(), Object.keys(required).sort());
    for (const [name, value] of Object.entries(imported)) assert.equal(value, required[name]);
  });
}

test('an import loads nothing that a require does not, but for the entry', () => {
  const loaded = (body) =>
    runJson(`(async () => { const before = new Set(Object.keys(require.cache)); ${body}
      console.log(JSON.stringify(Object.keys(require.cache).filter((file) => !before.has(file)))); })()`);
  const imported = loaded(`await import('kling-auth');`);
  const required = loaded(`require('kling-auth');`);
  assert.deepEqual(
    imported.filter((file) => !required.includes(file)),
    [],
  );
  assert.ok(imported.length > 1);
});

test('what is published is loaded from two files beside the binary, whose parts keep their names', async () => {
  const published = join(folder, 'published');
  for (const name of ['index.js', 'index.mjs', 'lib', 'package.json']) {
    cpSync(join(root, name), join(published, name), { recursive: true });
  }
  const together = join(published, 'lib', 'loader', 'at-once.js');
  if (!existsSync(together)) {
    const { assemble } = await import('../scripts/lib/assemble.mjs');
    assemble(published);
  }
  const source = readFileSync(together, 'utf8');
  for (const part of ['lib/auth.js', 'lib/error.js', 'lib/loader/native.js']) {
    assert.ok(source.includes(`\n// ${part}\n`), part);
  }
  // Bundlers for where there is no Node.js take these in.
  for (const file of ['browser.js', 'edge-refused.js']) {
    assert.doesNotMatch(
      readFileSync(join(published, 'lib', 'loader', file), 'utf8'),
      /\brequire\(/,
    );
  }
  const inside = JSON.stringify(join(published, 'index.js'));
  const { files, stack, same, later } = runJson(
    `const load = require('node:module').createRequire(${inside});
     const cached = () => Object.keys(load.cache).filter((file) => file.endsWith('.js'));
     const { KlingAuth, KlingAuthError } = load('./index.js');
     const files = cached();
     const auth = new KlingAuth('ak-1', 'sk-1');
     const { stack } = (() => { try { auth.rotate({ apiKey: 1 }); } catch (error) { return error; } })();
     load('./lib/request/fetch.js');
     const later = cached().filter((file) => /(error|native|platform-node|member)\\.js$/.test(file));
     const same = load('./lib/error.js').KlingAuthError === KlingAuthError;
     console.log(JSON.stringify({ files, stack, same, later }));`,
    { env: { KLING_AUTH_BINARY: binary } },
  );
  assert.deepEqual(files, [join(published, 'index.js'), together]);
  const imported = runJson(
    `(async () => { await import(${JSON.stringify(pathToFileURL(join(published, 'index.mjs')).href)});
     console.log(JSON.stringify(Object.keys(require.cache).filter((file) => file.endsWith('.js')))); })()`,
    { env: { KLING_AUTH_BINARY: binary } },
  );
  assert.deepEqual(imported, [together]);
  assert.match(stack, /at KlingAuth\.rotate \(.*at-once\.js:\d+/);
  assert.deepEqual(later, []); // what is loaded later has it from there
  assert.ok(same);
});

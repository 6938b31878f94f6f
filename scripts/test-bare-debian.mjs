// The README's two commands on a machine that has nothing of ours: a bare Debian 12 with Node.js, Rust
// with its linker and Python 3, as a user without rights and as root. Takes the committed state of the
// repository. Needs root, for chroot and mounts: node scripts/test-bare-debian.mjs [newcomer] [root]
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { capture, root } from './lib/sh.mjs';
import { note, step } from './lib/steps.mjs';
import { apt } from './lib/tools.mjs';

const work = join(root, 'target', 'tools', 'bare-debian');
const image = join(work, 'debian.tar');
const machine = join(work, 'machine');

/** How packages are reached, in the environment. */
const SETTINGS = /^(PIP_|CARGO_REGISTR|NPM_CONFIG_|LANG$)|PROXY$|CERT|_CA_/i;

/** What a machine needs that the two commands are run on. The C compiler is Rust's linker. */
const PACKAGES = ['ca-certificates', 'gcc', 'git', 'libc6-dev', 'python3-pip'];

await step('a bare Debian', () => {
  apt('mmdebstrap');
  mkdirSync(work, { recursive: true });
  if (existsSync(image)) return;
  const include = `--include=${PACKAGES.join(',')}`;
  capture('mmdebstrap', ['--variant=minbase', include, 'bookworm', `${image}.part.tar`]);
  renameSync(`${image}.part.tar`, image);
});

await step('Node.js, Rust, and where this machine finds its packages', () => {
  rmSync(machine, { recursive: true, force: true });
  mkdirSync(machine);
  capture('tar', ['-xf', image, '-C', machine, '--exclude=./dev/*']);
  const npm = join(capture('npm', ['root', '--global']).trim(), 'npm');
  copy(process.execPath, 'usr/local/bin/node');
  copy(npm, 'usr/local/lib/node_modules/npm');
  for (const name of ['npm', 'npx']) {
    capture('ln', [
      '-s',
      `../lib/node_modules/npm/bin/${name}-cli.js`,
      join(machine, 'usr/local/bin', name),
    ]);
  }
  // Names of servers, certificates, and the configuration of the package managers.
  for (const file of ['/etc/resolv.conf', '/etc/hosts', '/etc/ssl/certs', '/etc/pip.conf'])
    copy(file);
  capture('useradd', ['--root', machine, '--create-home', '--shell=/bin/bash', 'newcomer']);
  for (const home of ['root', 'home/newcomer']) {
    for (const file of ['.npmrc', '.config/pip', '.cargo/config.toml']) {
      copy(join(homedir(), file), join(home, file));
    }
    capture('git', ['clone', '--quiet', '--no-local', root, join(machine, home, 'kling-auth')]);
  }
  inside('root', 'chown -R newcomer: /home/newcomer');
});

const users = process.argv.slice(2);
for (const user of users.length > 0 ? users : ['newcomer', 'root']) {
  await step(`npm install && node bin/kling-auth.js verify --sandbox, as ${user}`, () => {
    const printed = inside(user, 'npm install && node bin/kling-auth.js verify --sandbox');
    note(printed.trim().split('\n').at(-1));
  });
  await step(`npm test, as ${user}`, () => {
    const printed = inside(user, 'npm test');
    for (const [, skipped] of printed.matchAll(/^(?:#|ℹ) (?:skipped|todo) (\d+)$/gm)) {
      assert.equal(skipped, '0');
    }
    for (const [, ignored] of printed.matchAll(/(\d+) ignored;/g)) assert.equal(ignored, '0');
    const [, passed] = /^(?:#|ℹ) pass (\d+)$/m.exec(printed) ?? [];
    assert.ok(Number(passed) > 500, `${passed} tests passed`);
    const rust = [...printed.matchAll(/^test result: ok\. (\d+) passed/gm)];
    note(`${passed} tests in JavaScript, ${sum(rust.map(([, count]) => count))} in Rust`);
  });
}
rmSync(machine, { recursive: true, force: true });

function sum(counts) {
  return counts.reduce((total, count) => total + Number(count), 0);
}

/** Copies what is there to the same place, or another, on that machine. */
function copy(from, to = from) {
  if (!existsSync(from)) return;
  mkdirSync(dirname(join(machine, to)), { recursive: true });
  rmSync(join(machine, to), { recursive: true, force: true });
  capture('cp', ['--recursive', '--dereference', from, join(machine, to)]);
}

/** Runs a command there, in the clone in somebody's home. Its mounts end with it. */
function inside(user, command) {
  const home = user === 'root' ? '/root' : `/home/${user}`;
  const rust = capture('rustc', ['--print=sysroot']).trim();
  const script = `set -e
    cd ${machine}
    mkdir -p opt/rust
    mount --bind ${rust} opt/rust
    mount -o remount,bind,ro opt/rust
    mount --rbind /dev dev
    mount -t proc proc proc
    exec chroot --userspec=${user}: . /bin/sh -c "$1"`;
  const settings = Object.entries(process.env).filter(([name]) => SETTINGS.test(name));
  // Compilers and tests take their time, so there is no limit; the log shows how far they are.
  const log = join(work, `${user}.log`);
  const output = openSync(log, 'w');
  const { status } = spawnSync(
    'env',
    [
      '-i',
      ...settings.map(([name, value]) => `${name}=${value}`),
      `HOME=${home}`,
      'PATH=/opt/rust/bin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      ...['unshare', '--mount', '--pid', '--fork', '--kill-child', 'sh', '-c', script, 'sh'],
      `cd ${home}/kling-auth && ${command}`,
    ],
    { cwd: work, stdio: ['ignore', output, output] },
  );
  closeSync(output);
  const printed = readFileSync(log, 'utf8');
  if (status !== 0) throw new Error(`${command} as ${user}: ended with ${status}\n${printed}`);
  return printed;
}

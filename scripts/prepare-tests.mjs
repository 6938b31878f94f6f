// What runs before `npm test`: installs and builds where nobody has yet, and obtains what the tests need
// and the machine lacks, or says in one sentence what is missing. So no test is skipped, and none fails
// for want of a program.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { packages, redisServer } from '../__test__/helpers/python.mjs';
import { root } from './lib/sh.mjs';

const has = (program, argument = '--version') => spawnSync(program, [argument]).status === 0;

/** @returns {never} */
function stop(sentence) {
  console.error(`npm test: ${sentence}`);
  process.exit(1);
}

function run(command, args) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit', shell: true });
  if (status !== 0) process.exit(status ?? 1);
}

/** By the system's package manager: only where nobody has to be asked. */
function system(name) {
  const mayInstall = process.getuid?.() === 0 || process.env.CI === 'true';
  if (!mayInstall || !has('apt-get')) return false;
  const apt = process.getuid?.() === 0 ? ['apt-get'] : ['sudo', '-n', 'apt-get'];
  const attempt = (...args) =>
    spawnSync(apt[0], [...apt.slice(1), ...args, '-qq'], { stdio: 'ignore' }).status === 0;
  const install = () => attempt('install', '-y', '--no-install-recommends', name);
  return install() || (attempt('update') && install());
}

for (const [program, remedy] of [
  ['cargo', 'install Rust from https://rustup.rs'],
  ['python3', 'install Python 3 with pip'],
]) {
  if (!has(program)) stop(`\`${program}\` was not found: ${remedy} and run npm test again.`);
}
if (!has('openssl', 'version') && !system('openssl')) {
  stop(
    '`openssl` was not found, which tokens are compared with: run `apt-get install openssl`, or the like of your system, and run npm test again.',
  );
}
if (!existsSync(join(root, 'node_modules', 'typescript'))) run('npm', ['install', '--no-fund']);
if (!readdirSync(root).some((name) => name.endsWith('.node'))) run('npm', ['run', 'build']);
try {
  packages();
} catch (error) {
  stop(
    `Python's packages that the tests compare with could not be installed (${error.message.trim().split('\n').at(-1)}): make \`python3 -m pip\` work and run npm test again.`,
  );
}
if (redisServer() === undefined && !system('redis-server')) {
  stop(
    '`redis-server` was not found, and no package brings one for this system: run `apt-get install redis-server`, or the like of your system, and run npm test again.',
  );
}

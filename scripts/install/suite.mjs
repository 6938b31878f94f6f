// The JavaScript test suite on other binaries than the development build.
import { cpSync, existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { capture, root } from '../lib/sh.mjs';
import { runTests } from '../lib/tests.mjs';
import { node } from '../lib/tools.mjs';
import { unpackInto } from './consumer.mjs';

/**
 * The repository's files, where those that the main package has come from its tarball, and the
 * binary from the platform package, if there is one.
 */
export function layOutSuite(folder, { main, platform, target = 'linux-x64-gnu' }) {
  mkdirSync(folder, { recursive: true });
  capture('tar', ['-xzf', main, '-C', folder, '--strip-components=1']);
  if (platform) unpackInto(folder, { [`kling-auth-${target}`]: platform });
  const shipped = /^(index\.|lib\/|bin\/)/;
  return addSources(folder, (file) => !shipped.test(file));
}

/** The repository's files with the given binary. */
export function layOutSources(folder, binary) {
  mkdirSync(folder, { recursive: true });
  cpSync(binary, join(folder, basename(binary)));
  return addSources(folder);
}

function addSources(folder, wanted = () => true) {
  const files = capture('git', ['ls-files', '--cached', '--others', '--exclude-standard']);
  for (const file of files.trim().split('\n').filter(wanted)) {
    const target = join(folder, file);
    if (existsSync(target) || !existsSync(join(root, file))) continue;
    mkdirSync(dirname(target), { recursive: true });
    cpSync(join(root, file), target);
  }
  const link = (from, name) =>
    symlinkSync(join(root, from, name), join(folder, from, name), 'junction');
  mkdirSync(join(folder, 'node_modules'), { recursive: true });
  for (const name of readdirSync(join(root, 'node_modules'))) {
    if (!name.startsWith('kling-auth')) link('node_modules', name);
  }
  // What the tests have downloaded before.
  mkdirSync(join(folder, 'target'));
  for (const name of readdirSync(join(root, 'target'))) {
    if (name.startsWith('python-')) link('target', name);
  }
  return folder;
}

/** Runs the suite. @returns {Promise<string>} how many tests passed */
export function runSuite(folder, executable, options = {}) {
  const tests = readdirSync(join(folder, '__test__'))
    .filter((name) => name.endsWith('.test.mjs'))
    .map((name) => join('__test__', name));
  return runTests(executable, tests, { cwd: folder, ...options });
}

export const suiteOn = (folder, major) => runSuite(folder, node(major));

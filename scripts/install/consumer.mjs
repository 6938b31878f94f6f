// Folders of people who install the package.
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { capture, root } from '../lib/sh.mjs';

/** A project with the smoke tests in it. */
export function consumer(folder, files = {}) {
  mkdirSync(folder, { recursive: true });
  for (const name of ['smoke.cjs', 'smoke.mjs']) {
    cpSync(join(root, 'scripts', 'install', name), join(folder, name));
  }
  const manifest = { name: 'consumer', version: '1.0.0', private: true };
  for (const [name, content] of Object.entries({ 'package.json': manifest, ...files })) {
    writeFileSync(
      join(folder, name),
      typeof content === 'string' ? content : JSON.stringify(content),
    );
  }
  return folder;
}

/** Asserts that both smoke tests pass under the given command. */
export function smoke(cwd, command, args = [], options = {}) {
  for (const file of ['smoke.cjs', 'smoke.mjs']) {
    const printed = capture(command, [...args, file], { cwd, ...options });
    assert.match(printed, /^smoke: passed$/m, `${command} ${file} printed ${printed}`);
  }
}

/** Unpacks what npm would install, where a registry that holds all else cannot be asked for it. */
export function unpackInto(folder, tarballs) {
  for (const [name, tarball] of Object.entries(tarballs)) {
    const target = join(folder, 'node_modules', name);
    mkdirSync(target, { recursive: true });
    capture('tar', ['-xzf', tarball, '-C', target, '--strip-components=1']);
  }
}

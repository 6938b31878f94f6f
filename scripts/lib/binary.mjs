// What a Linux binary asks of the system that loads it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { capture, root } from './sh.mjs';

/** Asserts that a glibc binary loads with glibc 2.17 and what comes with it. @returns {string} */
export function assertOldGlibc(file) {
  const versions = [...capture('objdump', ['-T', file]).matchAll(/GLIBC_(\d+)\.(\d+)/g)]
    .map(([, major, minor]) => [Number(major), Number(minor)])
    .sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  assert.ok(versions.length > 0, 'no versioned symbol: is this a glibc binary?');
  const [major, minor] = versions.at(-1);
  assert.ok(major === 2 && minor <= 17, `needs GLIBC_${major}.${minor}`);
  const needed = [...capture('objdump', ['-p', file]).matchAll(/NEEDED\s+(\S+)/g)].map(
    ([, name]) => name,
  );
  for (const name of needed) {
    assert.match(
      name,
      /^(lib(c|m|dl|pthread|rt|util)\.so\.\d+|libgcc_s\.so\.1|ld-linux-(x86-64|aarch64)\.so\.\d)$/,
    );
  }
  return `highest symbol GLIBC_${major}.${minor}; needs ${needed.join(', ')}`;
}

/**
 * Asserts that nothing in the binary tells where it was built. Cargo's folder and rustup's have names with
 * a dot; the home itself may be one that the core knows by name, as it does `/root/`.
 */
export function assertNoPaths(file) {
  const content = readFileSync(file, 'latin1');
  for (const path of [root.replace(/\/?$/, '/'), `${homedir()}/.`]) {
    assert.equal(content.includes(path), false, `${file} holds the path ${path}`);
  }
}

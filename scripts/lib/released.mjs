// The binaries as they are released, for the proofs and the weights that are taken from them.
import { join } from 'node:path';
import { buildAddon } from './build.mjs';
import { root } from './sh.mjs';

export const binaries = join(root, 'target', 'binaries');

/** Where the binary for a target, as in the packages' names, lies once it is built. */
export const binaryFor = (target) => join(binaries, `kling-auth.${target}.node`);

/**
 * Builds as .github/workflows/release.yml does for Linux.
 *
 * @param {string} [target] of Rust, with a version of glibc at its end
 * @param {Record<string, string>} [env]
 */
export function buildReleased(target = 'x86_64-unknown-linux-gnu.2.17', env = {}) {
  const options = [
    `--target=${target}`,
    `--output-dir=${binaries}`,
    `--target-dir=${join(root, 'target', 'released')}`,
  ];
  buildAddon(options, { auditable: true, buildStd: true, zig: true, env });
}

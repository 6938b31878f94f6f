// Bills of materials in CycloneDX: what is linked into the binary, what npm installs.
import { readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { capture, root } from './sh.mjs';
import { cargoTool } from './tools.mjs';

/** @returns {string[]} the files written */
export function writeSboms(folder) {
  const rust = 'kling-auth-rust.cdx.json';
  const npm = 'kling-auth-npm.cdx.json';
  const cyclonedx = cargoTool('cargo-cyclonedx', '0.5.9');
  capture(cyclonedx, [
    'cyclonedx',
    '--format=json',
    '--spec-version=1.5',
    '--target=all',
    '--no-build-deps',
    '--override-filename=sbom',
  ]);
  renameSync(join(root, 'sbom.json'), join(folder, rust));
  writeFileSync(
    join(folder, npm),
    capture('npm', ['sbom', '--sbom-format=cyclonedx', '--omit=dev', '--package-lock-only']),
  );
  return [rust, npm].filter((name) => readdirSync(folder).includes(name));
}

// Assembles a release: node scripts/pack.mjs <folder with the binaries> <folder for the result>
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pack } from './lib/pack.mjs';
import { writeSboms } from './lib/sbom.mjs';
import { root } from './lib/sh.mjs';

const [binaries, result] = process.argv.slice(2);
if (!binaries || !result) throw new Error('usage: node scripts/pack.mjs <binaries> <result>');

rmSync(result, { recursive: true, force: true });
mkdirSync(result, { recursive: true });
const { main, platforms } = pack(binaries, join(root, 'target', 'packages'));
for (const tarball of [main, ...Object.values(platforms)]) {
  copyFileSync(tarball, join(result, basename(tarball)));
}
writeSboms(result);
const sums = readdirSync(result)
  .sort()
  .map(
    (name) =>
      `${createHash('sha256')
        .update(readFileSync(join(result, name)))
        .digest('hex')}  ${name}\n`,
  );
writeFileSync(join(result, 'SHA256SUMS'), sums.join(''));

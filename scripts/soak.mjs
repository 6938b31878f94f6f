// What shows only after many times: each file beside this one in a process of its own, or those named:
// `npm run soak -- memory`. What they find is printed.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { progress } from './lib/steps.mjs';

const here = fileURLToPath(new URL('soak/', import.meta.url));
const named = process.argv.slice(2);
const files = readdirSync(here).filter(
  (file) => named.length === 0 || named.includes(file.slice(0, -'.mjs'.length)),
);
const { begin, end } = progress('soak', files);
for (const file of files) {
  begin(file);
  const { status } = spawnSync(
    process.execPath,
    ['--expose-gc', '--max-semi-space-size=1', here + file],
    { stdio: 'inherit' },
  );
  if (status !== 0) {
    console.error(`${file} has failed`);
    process.exitCode = 1;
  }
  end();
}

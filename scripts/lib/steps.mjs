// Named steps with their durations, and a scratch folder that goes with the process.
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export async function step(name, work) {
  const start = process.hrtime.bigint();
  process.stdout.write(`== ${name}\n`);
  const result = await work();
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  process.stdout.write(`   ${seconds.toFixed(1)} s\n`);
  return result;
}

export function note(text) {
  process.stdout.write(`   ${text}\n`);
}

/** A folder outside the repository, where nothing of it is found by accident. */
export function scratch(name) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), `kling-auth-${name}-`)));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

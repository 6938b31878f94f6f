// Runs test files of node:test, each in a process of its own, which has to end: where `node --test` waits
// for ever, as it has no limit before Node.js 20.11, the file is named here.
import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';
import { cleanEnv, root } from './sh.mjs';

const execute = promisify(execFile);

/**
 * @param {string} executable of Node.js
 * @param {string[]} files
 * @param {{ cwd?: string, env?: Record<string, string>, limitSec?: number }} [options] The limit is for
 *   one file.
 * @returns {Promise<string>} how many tests passed; throws with the output of the files that failed
 */
export async function runTests(executable, files, options = {}) {
  const { cwd = root, env = {}, limitSec = 300 } = options;
  const left = [...files];
  const failures = [];
  let passed = 0;
  const work = async () => {
    for (let file = left.shift(); file !== undefined; file = left.shift()) {
      const { ended, stdout, stderr } = await runFile(executable, file, { cwd, env, limitSec });
      const pass = count(stdout, 'pass');
      if (ended === undefined && pass > 0 && count(stdout, 'fail') === 0) passed += pass;
      else failures.push(`${file}: ${ended ?? 'no test passed'}\n${stdout}\n${stderr}`);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  if (failures.length > 0) {
    throw new Error(
      `${executable}: ${failures.length} of ${files.length} files failed\n${failures.join('\n')}`,
    );
  }
  return `${passed} passed`;
}

async function runFile(executable, file, { cwd, env, limitSec }) {
  try {
    return await execute(executable, ['--test-reporter=tap', file], {
      cwd,
      env: cleanEnv(env),
      timeout: limitSec * 1000,
      killSignal: 'SIGKILL',
      maxBuffer: 1 << 28,
    });
  } catch (error) {
    const ended = error.killed ? `did not end within ${limitSec} s` : `ended with ${error.code}`;
    return { ended, stdout: error.stdout ?? '', stderr: error.stderr ?? String(error) };
  }
}

const count = (tap, word) => Number(new RegExp(`^# ${word} (\\d+)$`, 'm').exec(tap)?.[1]);

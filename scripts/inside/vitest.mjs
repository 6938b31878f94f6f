// vitest in threads and in processes, in Node.js and in jsdom.
import assert from 'node:assert/strict';
import { on22, program, projectOf } from './project.mjs';

/** @returns {string[]} the pools */
export function runVitest(tarballs) {
  const folder = projectOf('vitest', tarballs);
  return ['threads', 'forks'].map((pool) => {
    const printed = on22(
      [program('vitest', 'vitest.mjs'), 'run', `--root=${folder}`, `--pool=${pool}`],
      { cwd: folder, env: { NO_COLOR: '1' } },
    );
    assert.match(printed, /Test Files\s+2 passed/, printed);
    assert.doesNotMatch(printed, /close timed out|Unhandled/, printed);
    return pool;
  });
}

'use strict';

const { fstatSync, readSync, statSync } = require('node:fs');

/**
 * Whether a program was started without standard output (`>&-`). Node.js puts the null device in its
 * place, for reading and writing, so that nothing else gets its number; a shell that was told to use
 * that device opens it for writing alone.
 *
 * @param {unknown} stdout
 */
function isClosed(stdout) {
  if (stdout !== process.stdout || process.platform === 'win32') return false;
  try {
    const { rdev } = fstatSync(1);
    if (rdev === 0 || rdev !== statSync('/dev/null').rdev) return false;
    readSync(1, new Uint8Array(1));
    return true;
  } catch {
    return false;
  }
}

module.exports = { isClosed };

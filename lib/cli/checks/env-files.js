'use strict';

const { spawnSync } = require('node:child_process');
const { readdirSync } = require('node:fs');
const { dirname } = require('node:path');

/** Files of variables, those apart that hold none of anybody's. */
const ENV_FILE = /^\.env(\..+)?$/;
const SAMPLE = /\.(example|sample|template|dist|defaults)$/;

/**
 * Whether git keeps the folder's `.env` files, or would with the next `git add`.
 *
 * @param {string} folder
 * @returns {import('../doctor.js').Finding[]}
 */
function envFiles(folder) {
  return namesIn(folder).map((check) => {
    const tracked = git(folder, ['ls-files', '--error-unmatch', '--', check]);
    if (tracked === 0) {
      return {
        check,
        ok: false,
        detail: 'git tracks it, so that everybody with a copy of the repository has the keys',
        fix: `git rm --cached ${check}, ignore it (kling-auth init), and replace the keys: they stay in the history`,
      };
    }
    if (tracked !== 1) return { check, ok: null, detail: 'git tells nothing of this folder' };
    if (git(folder, ['check-ignore', '--quiet', '--', check]) === 0) {
      return { check, ok: true, detail: 'ignored by git' };
    }
    return {
      check,
      ok: false,
      detail: 'git does not ignore it, so that the next git add takes the keys in',
      fix: `add ${check} to .gitignore, or run kling-auth init`,
    };
  });
}

/** @param {string} folder */
function namesIn(folder) {
  try {
    return readdirSync(folder)
      .filter((name) => ENV_FILE.test(name) && !SAMPLE.test(name))
      .sort();
  } catch {
    return []; // a folder that may be entered and not listed
  }
}

/**
 * The exit status of a git command; `null` where there is no git.
 *
 * The folder may be a stranger's: nothing that its configuration names is run, and the program is
 * not looked for in it, as Windows does first.
 *
 * @param {string} folder
 * @param {readonly string[]} args
 */
function git(folder, args) {
  const options = ['-c', 'core.fsmonitor=false', '-c', 'safe.bareRepository=explicit'];
  const { status } = spawnSync('git', [...options, '-C', folder, ...args], {
    cwd: dirname(process.execPath),
    env: { ...process.env, GIT_OPTIONAL_LOCKS: '0', GIT_NO_LAZY_FETCH: '1', GIT_PAGER: 'cat' },
    stdio: 'ignore',
    windowsHide: true,
  });
  return status;
}

module.exports = { envFiles };

'use strict';

const { spawn } = require('node:child_process');

/** @type {Record<string, [command: string, ...args: string[]]>} */
const OPENERS = {
  darwin: ['open'],
  // The empty argument is the window's title, which `start` takes first.
  win32: ['cmd', '/c', 'start', ''],
};

/**
 * Opens a page in the user's browser, if there is one.
 *
 * @param {string} url
 * @param {(problem: string) => void} failed Called where it could not be opened.
 */
function openBrowser(url, failed) {
  const [command, ...args] = OPENERS[process.platform] ?? ['xdg-open'];
  const child = spawn(command, [...args, url], { stdio: 'ignore', detached: true });
  const problem = `no browser could be opened: open ${url} yourself`;
  child.on('error', () => failed(problem));
  child.on('exit', (code) => {
    if (code !== 0) failed(problem);
  });
  child.unref();
}

module.exports = { openBrowser };

'use strict';

const fs = require('node:fs');
const { isAbsolute } = require('node:path');
const { KlingAuthError } = require('../error.js');
const { decode } = require('./decode.js');

/** More than any key, and any file with keys among other things, has. */
const MAX_BYTES = 64 * 1024;

// Without waiting for a writer, which a FIFO would do for ever. Windows knows neither.
const FLAGS = fs.constants.O_RDONLY | (fs.constants.O_NONBLOCK ?? 0);

/**
 * The text of a file with a key, read at once.
 *
 * @param {string} path
 * @param {string} [variable] The environment variable that names it.
 * @returns {string}
 */
function readFileNow(path, variable) {
  let descriptor;
  try {
    descriptor = fs.openSync(path, FLAGS);
    check(fs.fstatSync(descriptor), path, variable);
    const buffer = Buffer.alloc(MAX_BYTES + 1);
    let length = 0;
    for (;;) {
      const read = fs.readSync(descriptor, buffer, length, buffer.length - length, null);
      length += read;
      if (read === 0 || length === buffer.length) break;
    }
    return textOf(buffer, length, path, variable);
  } catch (error) {
    throw explained(error, path, variable);
  } finally {
    if (descriptor !== undefined) fs.closeSync(descriptor);
  }
}

/**
 * The same without blocking, as a file system of a network may take its time.
 *
 * @param {string} path
 * @returns {Promise<string>}
 */
async function readFile(path) {
  let handle;
  try {
    handle = await fs.promises.open(path, FLAGS);
    check(await handle.stat(), path);
    const buffer = Buffer.alloc(MAX_BYTES + 1);
    let length = 0;
    for (;;) {
      const { bytesRead } = await handle.read(buffer, length, buffer.length - length, null);
      length += bytesRead;
      if (bytesRead === 0 || length === buffer.length) break;
    }
    return textOf(buffer, length, path);
  } catch (error) {
    throw explained(error, path);
  } finally {
    await handle?.close();
  }
}

/**
 * @param {import('node:fs').Stats} stats
 * @param {string} path
 * @param {string} [variable]
 */
function check(stats, path, variable) {
  if (stats.isDirectory()) throw unreadable(path, variable, 'is a directory: name a file in it');
  if (!stats.isFile()) {
    throw unreadable(
      path,
      variable,
      'is not a regular file: a pipe, a socket or a device can be read only once, or without end',
    );
  }
}

/**
 * What was read, which is wiped where it was read to. One final newline is not the key's: editors
 * and `echo` write it.
 *
 * @param {Buffer} buffer
 * @param {number} length
 * @param {string} path
 * @param {string} [variable]
 */
function textOf(buffer, length, path, variable) {
  const text = decode(buffer.subarray(0, length)).replace(/\r?\n$/, '');
  buffer.fill(0);
  if (length > MAX_BYTES) {
    throw unreadable(path, variable, 'has more than 64 KiB: that is not a file with a key');
  }
  if (text === '') throw unreadable(path, variable, 'is empty: write the key into it');
  return text;
}

/**
 * @param {unknown} error
 * @param {string} path
 * @param {string} [variable]
 */
function explained(error, path, variable) {
  if (error instanceof KlingAuthError) return error;
  return unreadable(path, variable, problemOf(error), error);
}

/** @param {unknown} error */
function problemOf(error) {
  const { code } = /** @type {NodeJS.ErrnoException} */ (error);
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
    case 'ENAMETOOLONG':
    case 'ERR_INVALID_ARG_VALUE':
      return 'does not exist: look at the path, and whether the secret is mounted';
    case 'EACCES':
    case 'EPERM':
      return 'may not be read by the user that runs this process: give it the right to';
    case 'ERR_ACCESS_DENIED':
      return 'may not be read: start Node.js with --allow-fs-read for it';
    case 'ENXIO':
      return 'is not a regular file: a pipe, a socket or a device can be read only once, or without end';
    case 'ELOOP':
      return 'is a symbolic link that leads back to itself';
    default:
      return `cannot be read (${code ?? 'for an unknown reason'})`;
  }
}

/**
 * The path is named, the content never.
 *
 * @param {string} path
 * @param {string | undefined} variable
 * @param {string} problem
 * @param {unknown} [cause]
 */
function unreadable(path, variable, problem, cause) {
  const place = variable === undefined ? path : `${path}, which ${variable} names,`;
  const message =
    variable !== undefined && cause !== undefined && mayBeKey(path)
      ? `${variable} does not look like the path of a file, and no file of this name exists: if it is the key itself, set ${variable.replace(/_FILE$/, '')} to it`
      : `${place} ${problem}`;
  // The system's error quotes the path.
  const options = cause === undefined || mayBeKey(path) ? undefined : { cause };
  return new KlingAuthError('KLING_UNREADABLE_FILE', message, options);
}

/**
 * A text that is no path may be the key itself, in a variable or an argument that takes a path: it
 * is not to be shown.
 *
 * @param {string} path
 */
function mayBeKey(path) {
  return !isAbsolute(path) && !/^\.{1,2}[\\/]/.test(path) && !/\.[a-z]{1,5}$/.test(path);
}

module.exports = { mayBeKey, readFile, readFileNow };

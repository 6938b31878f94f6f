'use strict';

const { existsSync, readdirSync, readFileSync } = require('node:fs');
const { join } = require('node:path');

const { version } = require('../../package.json');
const { KlingAuthError } = require('../error.js');

/** @typedef {[cause: string, remedy: string]} Diagnosis */

/**
 * The error of a binary that could not be loaded, with what would mend it.
 *
 * @param {string} target The system, spelled as in the packages' names.
 * @param {any} error What loading ended with.
 */
function binaryMissing(target, error) {
  const { platform, arch, versions, env } = process;
  const libc = platform === 'linux' ? `, libc ${target.endsWith('-musl') ? 'musl' : 'glibc'}` : '';
  const runtime = versions.bun ? `Bun ${versions.bun}` : `Node.js ${versions.node}`;
  const wanted = env.KLING_AUTH_BINARY || `kling-auth-${target}@${version}`;
  const [cause, remedy] = diagnose(target, error);
  return new KlingAuthError(
    'KLING_BINARY_MISSING',
    `no native binary of kling-auth could be loaded: looked for ${wanted} ` +
      `(platform ${platform}, architecture ${arch}${libc}, ${runtime}). ` +
      `Likely cause: ${cause}. To mend it, ${remedy}.`,
    { cause: error },
  );
}

/**
 * @param {string} target
 * @param {any} error
 * @returns {Diagnosis}
 */
function diagnose(target, error) {
  const [reason = ''] = String(error?.message ?? error).split('\n', 1);
  if (error?.code === 'ERR_DLOPEN_DISABLED') {
    return [
      'Node.js was told to load no addons, by --no-addons or --permission',
      'start it without the former, and with --allow-addons beside the latter',
    ];
  }
  if (process.env.KLING_AUTH_BINARY) {
    return [
      `the file that KLING_AUTH_BINARY names cannot be loaded (${reason})`,
      'unset the variable, or let it name a .node file that was built for this system',
    ];
  }
  if (error?.code === 'MODULE_NOT_FOUND') return notInstalled(target);
  if (/^no package is published/.test(reason)) {
    return [
      'no binary is published for this system',
      'build one from the source and name its file in KLING_AUTH_BINARY',
    ];
  }
  if (/GLIBC_\d/.test(reason)) {
    return [
      `the C library of this system is too old (${reason})`,
      'run it on a system with glibc 2.17 or later',
    ];
  }
  return [
    `the file is there but cannot be loaded (${reason})`,
    'run `rm -rf node_modules && npm install` on the system that runs it',
  ];
}

/**
 * @param {string} target
 * @returns {Diagnosis}
 */
function notInstalled(target) {
  if (!existsSync(join(__dirname, 'native.js'))) {
    return [
      'a bundler took in the JavaScript and left the binary out',
      'declare kling-auth as external in its configuration, and install it where the bundle runs',
    ];
  }
  const siblings = join(__dirname, '..', '..', '..');
  const others = list(siblings).filter((name) => name.startsWith('kling-auth-'));
  if (others.includes(`kling-auth-${target}`)) {
    return [
      'its .node file was left out when node_modules was copied or traced',
      'copy the whole package',
    ];
  }
  if (others.length > 0) {
    return [
      `node_modules was installed on, or for, another system: it holds ${others.join(', ')}`,
      'run `rm -rf node_modules && npm install` on the system that runs it, in an image instead of copying',
    ];
  }
  const lock = text(join(siblings, '..', 'package-lock.json'));
  if (lock.includes('node_modules/kling-auth"') && !lock.includes(`kling-auth-${target}"`)) {
    return [
      'package-lock.json was made on another system and does not list the package',
      'run `rm -rf node_modules package-lock.json && npm install`',
    ];
  }
  return [
    'optional dependencies were left out (--omit=optional, --no-optional), or a deployment tool dropped the package',
    `run \`${process.versions.pnp ? 'yarn install' : 'npm install --include=optional'}\` on the system that runs it`,
  ];
}

/** @param {string} folder */
function list(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** @param {string} file */
function text(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

module.exports = { binaryMissing };

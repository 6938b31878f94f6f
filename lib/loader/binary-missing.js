'use strict';

const { readdirSync, readFileSync } = require('node:fs');
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
  const { platform, arch, versions } = process;
  const libc = platform === 'linux' ? `, libc ${target.endsWith('-musl') ? 'musl' : 'glibc'}` : '';
  const runtime = versions.bun
    ? `Bun ${versions.bun}`
    : versions.deno
      ? `Deno ${versions.deno}`
      : `Node.js ${versions.node}`;
  const override = variable('KLING_AUTH_BINARY');
  const wanted = override || `kling-auth-${target}@${version}`;
  const [cause, remedy] = diagnose(target, error, override);
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
 * @param {string | undefined} override
 * @returns {Diagnosis}
 */
function diagnose(target, error, override) {
  const [reason = ''] = String(error?.message ?? error).split(/\r?\n/, 1);
  if (error?.code === 'ERR_DLOPEN_DISABLED') {
    return [
      'Node.js was told to load no addons, by --no-addons or --permission',
      'start it without the former, and with --allow-addons beside the latter',
    ];
  }
  if (error?.code === 'ERR_ACCESS_DENIED' || error?.name === 'NotCapable') {
    return [
      `the permissions that ${process.versions.deno ? 'Deno' : 'Node.js'} was started with do not let it read or load the file (${reason})`,
      process.versions.deno
        ? 'start it with --allow-read, --allow-env and --allow-ffi'
        : 'start it with --allow-addons, and --allow-fs-read for the folder with node_modules',
    ];
  }
  if (override === 'wasm') {
    return [
      `lib/loader/kling-auth.wasm, which KLING_AUTH_BINARY asks for, cannot be loaded (${reason})`,
      'unset the variable; in a clone of the repository run `npm run build:wasm`',
    ];
  }
  if (override) {
    return [
      `the file that KLING_AUTH_BINARY names cannot be loaded (${reason})`,
      'unset the variable, or let it name a .node file that was built for this system',
    ];
  }
  if (isInsideExecutable(error)) {
    return [
      'a single executable application holds JavaScript only',
      `ship the .node file of the package kling-auth-${target} beside it, and let KLING_AUTH_BINARY name that file before kling-auth is loaded`,
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
    `${anew('node_modules')} on the system that runs it`,
  ];
}

/** Neither of Windows' shells has `rm -rf`. @param {string[]} names */
function anew(...names) {
  return process.platform === 'win32'
    ? `delete ${names.join(' and ')} and run \`npm install\``
    : `run \`rm -rf ${names.join(' ')} && npm install\``;
}

/**
 * @param {string} target
 * @returns {Diagnosis}
 */
function notInstalled(target) {
  // `__dirname` is that of the bundle, or absent where a bundler has made an ECMAScript module.
  if (typeof __dirname !== 'string' || !list(__dirname).includes('native.js')) {
    return [
      'a bundler took in the JavaScript and left the binary out',
      'declare kling-auth as external in its configuration, and install it where the bundle runs; or ' +
        `ship the .node file of the package kling-auth-${target} with the bundle, and let KLING_AUTH_BINARY name it`,
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
      `${anew('node_modules')} on the system that runs it, in an image instead of copying`,
    ];
  }
  const lock = text(join(siblings, '..', 'package-lock.json'));
  if (lock.includes('node_modules/kling-auth"') && !lock.includes(`kling-auth-${target}"`)) {
    return [
      'package-lock.json was made on another system and does not list the package',
      anew('node_modules', 'package-lock.json'),
    ];
  }
  return [
    'optional dependencies were left out (--omit=optional, --no-optional), or a deployment tool dropped the package',
    `run \`${process.versions.pnp ? 'yarn install' : 'npm install --include=optional'}\` on the system that runs it`,
  ];
}

/** Whether `require` was that of a single executable application. @param {any} error */
function isInsideExecutable(error) {
  return error?.code === 'ERR_UNKNOWN_BUILTIN_MODULE';
}

/** Unless reading it is forbidden. @param {string} name */
function variable(name) {
  try {
    return process.env[name];
  } catch {
    return undefined;
  }
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

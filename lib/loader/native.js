'use strict';

const { existsSync } = require('node:fs');

/**
 * The packages with a binary. Literal names, because bundlers and file tracers follow those.
 *
 * @type {Record<string, () => unknown>}
 */
const packages = {
  'darwin-arm64': () => require('kling-auth-darwin-arm64/kling-auth.darwin-arm64.node'),
  'darwin-x64': () => require('kling-auth-darwin-x64/kling-auth.darwin-x64.node'),
  'linux-arm64-gnu': () => require('kling-auth-linux-arm64-gnu/kling-auth.linux-arm64-gnu.node'),
  'linux-arm64-musl': () => require('kling-auth-linux-arm64-musl/kling-auth.linux-arm64-musl.node'),
  'linux-x64-gnu': () => require('kling-auth-linux-x64-gnu/kling-auth.linux-x64-gnu.node'),
  'linux-x64-musl': () => require('kling-auth-linux-x64-musl/kling-auth.linux-x64-musl.node'),
  'win32-arm64-msvc': () => require('kling-auth-win32-arm64-msvc/kling-auth.win32-arm64-msvc.node'),
  'win32-x64-msvc': () => require('kling-auth-win32-x64-msvc/kling-auth.win32-x64-msvc.node'),
};

/** This system, spelled as in the packages' names. */
function currentTarget() {
  const { platform, arch } = process;
  if (platform === 'linux') return `linux-${arch}-${libc(arch)}`;
  return platform === 'win32' ? `win32-${arch}-msvc` : `${platform}-${arch}`;
}

/**
 * The C library, for the price of one failing `stat` on most systems: running `ldd`, or asking
 * for a process report, takes longer than all the rest.
 *
 * @param {string} arch
 */
function libc(arch) {
  const cpu = arch === 'arm64' ? 'aarch64' : 'x86_64';
  return existsSync(`/lib/ld-musl-${cpu}.so.1`) && require('./musl.js').usesMusl() ? 'musl' : 'gnu';
}

/** @returns {any} */
function load() {
  const override = process.env.KLING_AUTH_BINARY;
  const target = currentTarget();
  try {
    if (override) return require(require('node:path').resolve(override));
    // A development build lies beside the source. The published package holds none.
    const built = `${__dirname}/../../kling-auth.${target}.node`;
    if (existsSync(built)) return require(built);
    const binary = packages[target];
    if (binary === undefined) throw new Error(`no package is published for ${target}`);
    return binary();
  } catch (error) {
    throw require('./binary-missing.js').binaryMissing(target, error);
  }
}

/** @type {typeof import('../../native')} */
const { Native, NativeAuth, NativeWebhook, ProviderEvents, REPLY_BODY_LIMIT } = load();
const errors = require('../error.js');

// A test runner loads this file several times, and each copy hands out classes of its own; the addon
// they share. So each tells it of its classes, those of its own realm's JavaScript among them.
const { KlingAuthError, KlingWebhookError } = errors;
const native = new Native(TypeError, RangeError, KlingAuthError, KlingWebhookError);

module.exports = Object.assign(native, {
  NativeAuth,
  NativeWebhook,
  ProviderEvents,
  REPLY_BODY_LIMIT,
  // What is published has these classes in this file.
  errors,
});

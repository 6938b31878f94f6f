'use strict';

const { existsSync } = require('node:fs');
const errors = require('../error.js');
const platform = require('#platform');

// What is published has these classes in this file, and they are asked for while it loads.
Object.assign(module.exports, { errors, platform });

/**
 * The packages with a binary. Literal names, because bundlers and file tracers follow those, and each
 * within a `try` of its own, because in there bundlers put up with one that is not installed.
 *
 * @type {Record<string, () => unknown>}
 */
const packages = {
  'darwin-arm64'() {
    try {
      return require('kling-auth-darwin-arm64/kling-auth.darwin-arm64.node');
    } catch (error) {
      return rethrow(error);
    }
  },
  'darwin-x64'() {
    try {
      return require('kling-auth-darwin-x64/kling-auth.darwin-x64.node');
    } catch (error) {
      return rethrow(error);
    }
  },
  'linux-arm64-gnu'() {
    try {
      return require('kling-auth-linux-arm64-gnu/kling-auth.linux-arm64-gnu.node');
    } catch (error) {
      return rethrow(error);
    }
  },
  'linux-arm64-musl'() {
    try {
      return require('kling-auth-linux-arm64-musl/kling-auth.linux-arm64-musl.node');
    } catch (error) {
      return rethrow(error);
    }
  },
  'linux-x64-gnu'() {
    try {
      return require('kling-auth-linux-x64-gnu/kling-auth.linux-x64-gnu.node');
    } catch (error) {
      return rethrow(error);
    }
  },
  'linux-x64-musl'() {
    try {
      return require('kling-auth-linux-x64-musl/kling-auth.linux-x64-musl.node');
    } catch (error) {
      return rethrow(error);
    }
  },
  'win32-arm64-msvc'() {
    try {
      return require('kling-auth-win32-arm64-msvc/kling-auth.win32-arm64-msvc.node');
    } catch (error) {
      return rethrow(error);
    }
  },
  'win32-x64-msvc'() {
    try {
      return require('kling-auth-win32-x64-msvc/kling-auth.win32-x64-msvc.node');
    } catch (error) {
      return rethrow(error);
    }
  },
};

/**
 * @param {unknown} error
 * @returns {never}
 */
function rethrow(error) {
  throw error;
}

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
  return isThere(`/lib/ld-musl-${cpu}.so.1`) && require('./musl.js').usesMusl() ? 'musl' : 'gnu';
}

/**
 * What may not be looked at is not there: with `--permission` the look itself throws.
 *
 * @param {string} file
 */
function isThere(file) {
  try {
    return existsSync(file);
  } catch {
    return false;
  }
}

/** The option of Node.js's environment, which Deno may not be allowed to read either. */
function overridden() {
  try {
    return process.env.KLING_AUTH_BINARY;
  } catch {
    return undefined;
  }
}

/**
 * From the file system, also where `require` is that of a single executable application, which
 * finds nothing but what is built in, or that of a bundle.
 *
 * @param {string} file
 */
function requireFile(file) {
  const path = require('node:path').resolve(file);
  return require('node:module').createRequire(path)(path);
}

/** @returns {any} */
function load() {
  const override = overridden();
  const target = currentTarget();
  try {
    return override === 'wasm' ? wasm('KLING_AUTH_BINARY asks for it') : addon(target, override);
  } catch (error) {
    const missing = () => require('./binary-missing.js').binaryMissing(target, error);
    // What was asked for by name and cannot be loaded is a mistake to know of.
    if (override) throw missing();
    const hasPackage = target in packages;
    return require('./fall-back.js').fallBack({ error, missing, hasPackage, wasm });
  }
}

/**
 * @param {string} target
 * @param {string | undefined} override
 */
function addon(target, override) {
  if (override) return requireFile(override);
  // A development build lies beside the source. The published package holds none.
  // `__dirname` is absent where a bundler has made an ECMAScript module of this.
  const built = typeof __dirname === 'string' && `${__dirname}/../../kling-auth.${target}.node`;
  if (built && isThere(built)) return requireFile(built);
  const binary = packages[target];
  if (binary === undefined) throw new Error(`no package is published for ${target}`);
  return binary();
}

/**
 * The core as WebAssembly.
 *
 * @param {string} reason
 */
function wasm(reason) {
  const { readFileSync } = require('node:fs');
  // Compiled now: whether it can be is not to be found out by the first call.
  const module = new WebAssembly.Module(readFileSync(`${__dirname}/kling-auth.wasm`));
  return { ...require('./wasm.js').wasmNative(() => module), wasmReason: reason };
}

/** @type {typeof import('../../native') & { wasmReason?: string, missing?: string }} */
const {
  Native,
  NativeAuth,
  NativeTimer,
  NativeWebhook,
  ProviderEvents,
  REPLY_BODY_LIMIT,
  elapsedMs,
  wasmReason,
  missing,
} = load();

// A test runner loads this file several times, and each copy hands out classes of its own; the addon
// they share. So each tells it of its classes, those of its own realm's JavaScript among them.
const { KlingAuthError, KlingWebhookError } = errors;
const native = new Native(
  TypeError,
  RangeError,
  KlingAuthError,
  KlingWebhookError,
  platform.readFile,
);

module.exports = Object.assign(native, {
  NativeAuth,
  NativeTimer,
  NativeWebhook,
  ProviderEvents,
  REPLY_BODY_LIMIT,
  elapsedMs,
  errors,
  platform,
  read: native.reader(),
  refresh: native.refresher(),
  /** Why WebAssembly does the work; `undefined` where the addon does. */
  wasmReason,
  /** What is said of an addon that is missing and could be there. */
  missing,
});

'use strict';

/** Set where the warning has been given: each thread, and each copy of a test runner, loads anew. */
const WARNED = Symbol.for('kling-auth:warned');

/**
 * WebAssembly in place of an addon that could not be loaded: silently where none is to be had, with
 * one warning where something is wrong that can be mended.
 *
 * @param {object} attempt
 * @param {any} attempt.error What loading ended with.
 * @param {() => Error} attempt.missing The error that says so, with what would mend it.
 * @param {boolean} attempt.hasPackage Whether a package with an addon is published for this system.
 * @param {(reason: string) => any} attempt.wasm
 */
function fallBack({ error, missing, hasPackage, wasm }) {
  const reason = whyNone(error, hasPackage);
  let native;
  try {
    native = wasm(reason ?? 'the addon could not be loaded');
  } catch {
    // It lies beside this file. What took that away is what the error is about.
    throw missing();
  }
  if (reason !== undefined) return native;
  const { message } = missing();
  warn(message);
  return { ...native, missing: message };
}

/**
 * Why there is no addon here, where nobody can help it.
 *
 * @param {any} error
 * @param {boolean} hasPackage
 */
function whyNone(error, hasPackage) {
  if (!hasPackage) return 'no addon is published for this system';
  if (error?.code === 'ERR_DLOPEN_DISABLED') return 'addons are switched off';
  // Deno without --allow-ffi.
  if (/^(NotCapable|PermissionDenied)$/.test(error?.name)) return 'addons are not allowed';
  return undefined;
}

/** @param {string} diagnosis */
function warn(diagnosis) {
  const process_ = /** @type {Record<symbol, unknown>} */ (/** @type {unknown} */ (process));
  if (process_[WARNED]) return;
  process_[WARNED] = true;
  process.emitWarning(`${diagnosis} Until then WebAssembly does its work, more slowly.`, {
    type: 'KlingAuthWarning',
    code: 'KLING_BINARY_MISSING',
  });
}

module.exports = { fallBack };

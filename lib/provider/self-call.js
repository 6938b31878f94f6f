'use strict';

// A provider that asks its own `KlingAuth` for a token waits for itself. It is told so instead.

const { AsyncLocalStorage } = require('#platform').asyncHooks();

/**
 * A call of a provider function. Whoever holds it holds the provider only until the call is over.
 *
 * @typedef {object} Call
 * @property {object | undefined} provider `undefined` once it is over.
 * @property {Call | undefined} outer The call that has led to this one.
 */

/** @type {import('node:async_hooks').AsyncLocalStorage<Call>} */
const storage = new AsyncLocalStorage();
// Before Node.js 24 a storage in use slows every promise of the process down, so that there only
// what happens before the provider's first `await` is looked at.
const isCheap = !('kResourceStore' in storage);
/** @type {Call | undefined} */
let running;

/** @returns {Call | undefined} The innermost call on whose behalf this runs, if it is not over. */
function innermost() {
  let call = isCheap ? storage.getStore() : running;
  while (call !== undefined && call.provider === undefined) call = call.outer;
  return call;
}

/**
 * @template T
 * @param {Call} call
 * @param {() => T} run
 * @returns {T}
 */
function within(call, run) {
  call.outer = innermost();
  if (isCheap) return storage.run(call, run);
  const before = running;
  running = call;
  try {
    return run();
  } finally {
    running = before;
  }
}

/**
 * Whether this runs on behalf of a call of `provider` that is not over.
 *
 * @param {object} provider
 */
function isWithin(provider) {
  let call = innermost();
  while (call !== undefined && call.provider !== provider) call = call.outer;
  return call !== undefined;
}

module.exports = { isWithin, within };

'use strict';

// What an edge runtime lends: the web's globals and nothing of Node.js. Nothing but `env` of `process`
// is touched, as sandboxes throw on the rest.

const { random } = Math;

/** Of a job that is to have a turn of its own. @type {typeof import('./platform-node.js').nextTick} */
const nextTick = (job, ...values) => queueMicrotask(() => job(...values));

/** Knows what runs on behalf of what as long as nothing waits. */
class AsyncLocalStorage {
  /** @type {unknown} */
  #store;

  getStore() {
    return this.#store;
  }

  /**
   * @template T
   * @param {unknown} store
   * @param {() => T} run
   * @returns {T}
   */
  run(store, run) {
    const before = this.#store;
    this.#store = store;
    try {
      return run();
    } finally {
      this.#store = before;
    }
  }
}

class AsyncResource {
  /** @template T @param {() => T} run @returns {T} */
  runInAsyncScope(run) {
    return run();
  }
}

const types = {
  isMap: brand(Map.prototype, 'size'),
  isArrayBuffer: brand(ArrayBuffer.prototype, 'byteLength'),
};

/**
 * Whether a value is of a class, of whatever realm.
 *
 * @param {object} prototype
 * @param {string} getter
 * @returns {(value: unknown) => boolean}
 */
function brand(prototype, getter) {
  const { get } = /** @type {PropertyDescriptor} */ (
    Object.getOwnPropertyDescriptor(prototype, getter)
  );
  return (value) => {
    try {
      get?.call(value);
      return true;
    } catch {
      return false;
    }
  };
}

/** A channel that nobody hears. */
const diagnostics = { channel: () => ({ hasSubscribers: false, publish() {} }) };

/** @param {Uint8Array[]} chunks */
function concat(chunks) {
  const whole = new Uint8Array(chunks.reduce((length, chunk) => length + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

/** @param {string} variable @returns {never} */
function readFile(variable) {
  return require('../error.js').raise(
    'KlingAuthError',
    'KLING_INVALID_CREDENTIALS',
    `${variable} names a file, and an edge runtime has none: set the variable without _FILE to the key itself`,
  );
}

/** @returns {number} */
function now() {
  const millis = Date.now();
  if (millis > 0) return millis;
  return require('../error.js').raise(
    'KlingAuthError',
    'KLING_NO_CLOCK',
    'there is no time yet: in a Worker the clock stands at 0 outside of a request, so ask for the token inside of the handler',
  );
}

/**
 * @param {string} code
 * @param {string} message
 */
function addRemedy(code, message) {
  return code === 'KLING_MISSING_CREDENTIALS'
    ? `${message}. A Worker finds its variables in the second argument of its handler: pass that as the option env`
    : message;
}

/** @type {Record<keyof typeof import('./platform-node.js'), unknown>} */
module.exports = {
  now,
  random,
  nextTick,
  monotonic: () => performance.now(),
  environment: () => globalThis.process?.env ?? {},
  concat,
  byteLength: (/** @type {string} */ text) => new TextEncoder().encode(text).length,
  /** Its own matter. */
  proxySwitch: () => 'on',
  encoding: () => globalThis,
  asyncHooks: () => ({ AsyncLocalStorage, AsyncResource }),
  diagnostics: () => diagnostics,
  types: () => types,
  readFile,
  addRemedy,
  timersBelongToRequests: true,
  setTimer: (/** @type {() => void} */ ring, /** @type {number} */ ms) => setTimeout(ring, ms),
  clearTimer: (/** @type {ReturnType<typeof setTimeout>} */ timer) => clearTimeout(timer),
  loopHolder: () => () => () => {},
};

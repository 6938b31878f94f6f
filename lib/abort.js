'use strict';

/** @typedef {{ callbacks: Set<() => void>, listener: () => void }} Listening */

/** @type {WeakMap<AbortSignal, Listening>} */
const listening = new WeakMap();

/**
 * Calls back when `signal` is aborted, with one listener for all that care about the same signal:
 * Node.js takes eleven for a leak.
 *
 * @param {AbortSignal} signal Not aborted yet.
 * @param {() => void} callback
 * @returns {() => void} Takes the callback back.
 */
function onAbort(signal, callback) {
  const shared = listening.get(signal) ?? listen(signal);
  shared.callbacks.add(callback);
  return () => {
    shared.callbacks.delete(callback);
    if (shared.callbacks.size > 0) return;
    signal.removeEventListener('abort', shared.listener);
    if (listening.get(signal) === shared) listening.delete(signal);
  };
}

/** @param {AbortSignal} signal */
function listen(signal) {
  const callbacks = new Set();
  const listener = () => {
    for (const callback of [...callbacks]) callback();
  };
  signal.addEventListener('abort', listener);
  const shared = { callbacks, listener };
  listening.set(signal, shared);
  return shared;
}

module.exports = { onAbort };

'use strict';

// What Node.js, Bun and Deno lend. Taken when this is loaded: a test's fake timers come later, and must
// not stop what the addon does on a thread of its own.

const { setTimeout: setTimer, clearTimeout: clearTimer } = globalThis;
const { now } = Date;
const { random } = Math;

/** Milliseconds by a clock that nobody can set. */
const monotonic = performance.now.bind(performance);

/**
 * Keeps the process alive until what this returns is called. Not by a timer: those can be replaced.
 *
 * @returns {() => void}
 */
function holdLoop() {
  const { port1 } = new (require('node:worker_threads').MessageChannel)();
  port1.ref();
  return () => port1.close();
}

module.exports = {
  now,
  monotonic,
  random,
  holdLoop,
  /** Whether a timer ends with the request that it was set in. */
  TIMERS_BELONG_TO_REQUESTS: false,
  /** @param {() => void} ring @param {number} ms */
  setTimer: (ring, ms) => setTimer(ring, ms).unref(),
  /** @param {any} timer */
  clearTimer: (timer) => clearTimer(timer),
  /** @type {typeof process.nextTick} */
  nextTick: (...job) => process.nextTick(...job),
};

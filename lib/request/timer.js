'use strict';

const { onAbort } = require('../abort.js');
const native = require('#native');
const { reasonOf } = require('./signal.js');

// By the addon's timers and its clock: those of JavaScript are replaced by test runners, also while
// somebody waits, and what is measured by one clock and slept by another never ends.

/** Milliseconds since some moment. */
const elapsed = () => native.elapsedMs();

/**
 * Waits, and keeps the process alive meanwhile.
 *
 * @param {number} ms
 * @param {AbortSignal} [signal]
 * @returns {Promise<void>}
 */
async function sleep(ms, signal) {
  const { over, end } = deadline(ms, signal, () => undefined);
  try {
    await over;
  } catch (reason) {
    if (signal?.aborted) throw reason;
  } finally {
    end();
  }
}

/**
 * What work is raced with: rejects after `ms` milliseconds with the reason that `late` makes, or
 * with that of the signal. It keeps the process alive until `end` is called.
 *
 * @param {number} ms
 * @param {AbortSignal | undefined} signal
 * @param {() => unknown} late
 * @returns {{ over: Promise<never>, end: () => void }}
 */
function deadline(ms, signal, late) {
  let end = () => {};
  /** @type {Promise<never>} */
  const over = new Promise((_, reject) => {
    if (signal?.aborted) {
      reject(reasonOf(signal));
      return;
    }
    const timer = new native.NativeTimer(ms, () => reject(late()));
    const ignore = signal && onAbort(signal, () => reject(reasonOf(signal)));
    end = () => {
      timer.cancel();
      ignore?.();
    };
  });
  // Nobody may be left to hear of it.
  over.catch(() => {});
  return { over, end: () => end() };
}

module.exports = { deadline, elapsed, sleep };

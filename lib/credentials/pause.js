'use strict';

/**
 * Waits without a timer, which a test may have replaced, and without keeping the process alive.
 *
 * @param {number} millis
 * @returns {Promise<void>}
 */
async function pause(millis) {
  const cell = new Int32Array(new SharedArrayBuffer(4));
  await /** @type {any} */ (Atomics).waitAsync(cell, 0, 0, millis).value;
}

module.exports = { pause };

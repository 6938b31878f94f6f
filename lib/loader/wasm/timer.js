'use strict';

const platform = require('#platform');

const holdLoop = platform.loopHolder();

/** Calls a function once, and keeps the process alive until then or until it is cancelled. */
class NativeTimer {
  #release;
  #timer;

  /**
   * @param {number} ms
   * @param {() => void} callback
   */
  constructor(ms, callback) {
    this.#release = holdLoop();
    this.#timer = platform.setTimer(() => {
      this.#release();
      callback();
    }, ms);
  }

  cancel() {
    platform.clearTimer(this.#timer);
    this.#release();
  }
}

module.exports = { NativeTimer, elapsedMs: () => platform.monotonic() };

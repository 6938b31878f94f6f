'use strict';

// What Node.js, Bun and Deno lend. What stands here as it is was taken when this was loaded: a test's
// fake timers come later, and must stop nothing of ours.

// Not from the globals: a test runner's contexts do not have all of them.
const { setTimeout: setTimer, clearTimeout: clearTimer } = require('node:timers');

const { now } = Date;
const { random } = Math;
const { nextTick, hrtime } = process;

module.exports = {
  now,
  random,
  nextTick,
  /** Milliseconds by a clock that nobody can set. */
  monotonic: () => Number(hrtime.bigint()) / 1e6,

  /** Asked anew each time: it can be replaced as a whole. */
  environment: () => process.env,

  /** @param {Uint8Array[]} chunks */
  concat: (chunks) => Buffer.concat(chunks),
  /** @param {string} text */
  byteLength: (text) => Buffer.byteLength(text),

  encoding: () => require('node:util'),
  // Loaded when they are needed, which most programs never do.
  asyncHooks: () => require('node:async_hooks'),
  diagnostics: () => require('node:diagnostics_channel'),
  types: () => require('node:util/types'),

  /** @param {string} variable @param {string} path @returns {string} */
  readFile: (variable, path) => require('../credentials/read-file.js').readFileNow(path, variable),

  /** What mends an error besides what its message says. @param {string} _code @param {string} message */
  addRemedy: (_code, message) => message,

  /** Whether a timer ends with the request that it was set in. */
  timersBelongToRequests: false,
  /** For a timer that keeps no process alive. @param {() => void} ring @param {number} ms */
  setTimer: (ring, ms) => setTimer(ring, ms).unref(),
  /** @param {ReturnType<typeof setTimeout>} timer */
  clearTimer: (timer) => clearTimer(timer),

  /**
   * Returns a function that keeps the process alive until what it returns is called. Not by a timer:
   * those can be replaced.
   *
   * @returns {() => () => void}
   */
  loopHolder() {
    const { MessageChannel } = require('node:worker_threads');
    return () => {
      const { port1 } = new MessageChannel();
      port1.ref();
      return () => port1.close();
    };
  },

  /** Whether `fetch` reads the variables that name proxies. @returns {'on' | 'off' | 'absent'} */
  proxySwitch() {
    if (process.env.NODE_USE_ENV_PROXY === '1' || process.execArgv.includes('--use-env-proxy')) {
      return 'on';
    }
    return process.allowedNodeEnvironmentFlags.has('--use-env-proxy') ? 'off' : 'absent';
  },
};

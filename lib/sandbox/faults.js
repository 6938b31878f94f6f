'use strict';

const { validateHeaderName, validateHeaderValue } = require('node:http');
const { checkOptions, checkRange } = require('../check.js');
const { merged } = require('../member.js');
const native = require('#native');
const { TABLE } = require('./table.js');

/** @typedef {import('../../sandbox').KlingSandboxFault} Fault */

/** What timers can hold: a longer delay would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Faults on demand, in the order in which they were asked for. */
class Faults {
  /** @type {{ fault: Fault, left: number }[]} */
  #queue = [];

  /** @param {Fault} given */
  add(given) {
    /** @type {Fault} */
    const fault = checkOptions('fault', given, {
      times: 'number',
      path: 'string',
      code: 'number',
      status: 'number',
      message: 'string',
      headers: 'object',
      body: 'string',
      date: 'date',
      withoutDate: 'boolean',
      delayMs: 'number',
      until: 'object',
      truncate: 'boolean',
      reset: 'boolean',
      lost: 'boolean',
      taskFails: 'string',
    });
    const { times, code, status, delayMs, until } = fault;
    checkRange('fault.times', times, { from: 1, whole: true });
    checkRange('fault.status', status, { from: 200, to: 599, whole: true });
    checkRange('fault.delayMs', delayMs, { from: 0, to: MAX_TIMER_MS, unit: 'milliseconds' });
    if (code != null && status == null && !TABLE.has(code)) {
      native.refuseNumber('fault.code', "a code of Kling's table, or be given with a status", code);
    }
    if (until != null && typeof until.then !== 'function') {
      native.refuseType('fault.until', 'a promise', until);
    }
    for (const [name, value] of Object.entries(fault.headers ?? {})) {
      validateHeaderName(name);
      validateHeaderValue(name, value);
    }
    this.#queue.push({ fault: merged(fault), left: times ?? 1 });
  }

  /**
   * The fault that is due for a request, if any.
   *
   * @param {string} path
   * @param {boolean} creates Whether the request is to create a task.
   */
  take(path, creates) {
    const index = this.#queue.findIndex(
      ({ fault }) =>
        path.startsWith(fault.path ?? '') && (creates || !(fault.lost || fault.taskFails != null)),
    );
    const entry = this.#queue[index];
    if (entry === undefined) return undefined;
    entry.left -= 1;
    if (entry.left === 0) this.#queue.splice(index, 1);
    return entry.fault;
  }

  /** How many requests each one still meets. */
  get waiting() {
    return this.#queue.map(({ fault, left }) => ({ fault, left }));
  }

  clear() {
    this.#queue = [];
  }
}

module.exports = { Faults };

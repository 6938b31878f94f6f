'use strict';

const { randomInt } = require('node:crypto');

/** @typedef {'submitted' | 'processing' | 'succeed'} Status */

/**
 * @typedef {object} Task
 * @property {string} id
 * @property {string} kind The collection it belongs to, such as `text2video`.
 * @property {Status} status
 * @property {string} [externalId] The caller's own id.
 * @property {string} [callbackUrl] Where the caller wants to hear of changes.
 * @property {string} duration Length of the video in seconds.
 * @property {number} createdAt
 * @property {number} updatedAt
 * @property {number} polls How often it was asked for.
 */

/** How much of its time a task waits before it is worked on. */
const WAITING = 0.1;

const SHORTEST_WAIT_MS = 10;
/** What a timer can take. */
const LONGEST_WAIT_MS = 2 ** 31 - 1;

/** Tasks that pretend to be worked on: by being asked for, or by the sandbox's clock. */
class Tasks {
  /** @type {Task[]} */
  #tasks = [];
  #now;
  #polls;
  #sec;
  #onChange;
  /** @type {Set<NodeJS.Timeout>} */
  #timers = new Set();

  /**
   * @param {() => number} now The sandbox's clock, in milliseconds.
   * @param {number} polls The query that finds a task done, counted from 1.
   * @param {number | undefined} sec How long a task takes by the clock, instead.
   * @param {(task: Task) => void} onChange Called with each new status of each task.
   */
  constructor(now, polls, sec, onChange) {
    this.#now = now;
    this.#polls = polls;
    this.#sec = sec;
    this.#onChange = onChange;
  }

  /** @param {Pick<Task, 'kind' | 'externalId' | 'callbackUrl' | 'duration'>} order */
  create(order) {
    const now = this.#now();
    /** @type {Task} */
    const task = {
      ...order,
      id: String(randomInt(1e14, 2e14)),
      status: 'submitted',
      createdAt: now,
      updatedAt: now,
      polls: 0,
    };
    this.#tasks.unshift(task);
    this.#onChange(task);
    return task;
  }

  /**
   * Goes on with a task whose owner waits to be called: as if it had been asked for, until there is
   * news, or by the clock.
   *
   * @param {Task} task
   */
  goOn(task) {
    const { status } = task;
    if (status === 'succeed') return;
    if (this.#sec === undefined) {
      // Any query finds it submitted no longer; a task that never ends has no other news.
      if (status === 'processing' && this.#polls === Infinity) return;
      task.polls = status === 'submitted' ? task.polls + 1 : this.#polls;
      this.#advance(task);
      return;
    }
    this.#advance(task);
    if (task.status === status) this.#waitFor(task, this.#sec);
  }

  /** Ends the waiting for the clock. */
  close() {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  /** Looks again at everything that waits for the clock. */
  look() {
    if (this.#sec === undefined) return;
    for (const task of this.#tasks) if (task.callbackUrl !== undefined) this.#advance(task);
  }

  /** @param {Task} task @param {number} sec */
  #waitFor(task, sec) {
    const share = task.status === 'submitted' ? WAITING : 1;
    const left = task.createdAt + share * sec * 1000 - this.#now();
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer);
        // Waits again if the clock stands still, or lags behind the timer's.
        this.goOn(task);
      },
      Math.min(Math.max(left, SHORTEST_WAIT_MS), LONGEST_WAIT_MS),
    );
    timer.unref();
    this.#timers.add(timer);
  }

  /**
   * One task as its owner finds it who asks now.
   *
   * @param {string} id Kling's id or the caller's.
   * @param {string} [kind] Any if not given.
   */
  poll(id, kind) {
    const task = this.#tasks.find(
      (task) =>
        (task.id === id || task.externalId === id) && (kind === undefined || task.kind === kind),
    );
    if (task === undefined) return undefined;
    task.polls += 1;
    this.#advance(task);
    return task;
  }

  /**
   * Newest first. Being listed is not being asked for.
   *
   * @param {string} kind
   */
  list(kind) {
    return this.#tasks.filter((task) => task.kind === kind);
  }

  /** The only place where a status changes. @param {Task} task */
  #advance(task) {
    const status = this.#due(task);
    if (status === task.status) return;
    // First the clock, which may throw: a change that nobody hears of would be lost.
    task.updatedAt = this.#now();
    task.status = status;
    this.#onChange(task);
  }

  /** @param {Task} task @returns {Status} */
  #due(task) {
    // A clock that was set back does not undo a finished task.
    if (task.status === 'succeed') return 'succeed';
    if (this.#sec === undefined) return task.polls < this.#polls ? 'processing' : 'succeed';
    if (this.#sec === 0) return 'succeed';
    const elapsed = (this.#now() - task.createdAt) / 1000 / this.#sec;
    return elapsed >= 1 ? 'succeed' : elapsed >= WAITING ? 'processing' : 'submitted';
  }
}

module.exports = { Tasks };

'use strict';

const { merged } = require('../member.js');
const { randomInt } = require('node:crypto');

/** @typedef {'submitted' | 'processing' | 'succeed' | 'failed'} Status */

/**
 * @typedef {object} Task
 * @property {string} id
 * @property {import('./kinds.js').Kind} kind
 * @property {string} model
 * @property {Status} status
 * @property {string} message Why it has failed.
 * @property {string} outputId The id of what it makes, which is not its own.
 * @property {number} units What it costs.
 * @property {{ id: string, name: string }} pack What pays for it.
 * @property {string | undefined} failure Why it is going to fail.
 * @property {string | undefined} externalId The caller's own id.
 * @property {string | undefined} callbackUrl Where the caller wants to hear of changes.
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
  /** By Kling's id and by the caller's. @type {Map<string, Task>} */
  #byId = new Map();
  /** @type {Map<string, Task>} */
  #byExternalId = new Map();
  /** What was spent, by what it makes: to add it up for each create takes too long with many. */
  #spent = { video: 0, image: 0 };
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

  /** @param {Pick<Task, 'kind' | 'model' | 'pack' | 'externalId' | 'callbackUrl' | 'duration' | 'failure'>} given */
  create(given) {
    const now = this.#now();
    /** @type {Task} */
    const task = {
      ...given,
      id: madeUpId(),
      status: 'submitted',
      message: '',
      outputId: madeUpId(),
      units: 1,
      createdAt: now,
      updatedAt: now,
      polls: 0,
    };
    this.#tasks.unshift(task);
    this.#spent[task.kind.makes] += task.units;
    this.#byId.set(task.id, task);
    if (task.externalId !== undefined) this.#byExternalId.set(task.externalId, task);
    this.#onChange(task);
    return task;
  }

  /** A failed task costs nothing. @param {'video' | 'image'} makes */
  spentOn(makes) {
    return this.#spent[makes];
  }

  /**
   * @param {string} externalId
   * @returns {Task | undefined}
   */
  withExternalId(externalId) {
    return this.#byExternalId.get(externalId);
  }

  /**
   * Ends a task as failed, if it has not ended.
   *
   * @param {string} id Kling's id or the caller's.
   * @param {string} failure Why.
   */
  fail(id, failure) {
    const task = this.#byId.get(id) ?? this.#byExternalId.get(id);
    if (task === undefined || hasEnded(task)) return false;
    task.failure = failure;
    this.#become(task, 'failed');
    return true;
  }

  /**
   * Goes on with a task whose owner waits to be called: as if it had been asked for, until there is
   * news, or by the clock.
   *
   * @param {Task} task
   */
  goOn(task) {
    const { status } = task;
    if (hasEnded(task)) return;
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
   * @param {string} id
   * @param {{ by?: 'id' | 'externalId', kind?: Task['kind'] }} where Any if not given.
   */
  poll(id, where) {
    const { by, kind } = merged(where);
    const task =
      (by === 'externalId' ? undefined : this.#byId.get(id)) ??
      (by === 'id' ? undefined : this.#byExternalId.get(id));
    if (task === undefined || (kind !== undefined && task.kind !== kind)) return undefined;
    task.polls += 1;
    this.#advance(task);
    return task;
  }

  /**
   * Newest first. Being listed is not being asked for.
   *
   * @param {Task['kind']} kind
   */
  list(kind) {
    return this.#tasks.filter((task) => task.kind === kind);
  }

  /** Newest first. @returns {readonly Task[]} */
  get all() {
    return this.#tasks;
  }

  /** @param {Task} task */
  #advance(task) {
    const due = this.#due(task);
    this.#become(task, due === 'succeed' && task.failure !== undefined ? 'failed' : due);
  }

  /** The only place where a status changes. @param {Task} task @param {Status} status */
  #become(task, status) {
    if (status === task.status) return;
    // First the clock, which may throw: a change that nobody hears of would be lost.
    task.updatedAt = this.#now();
    task.status = status;
    if (status === 'failed') {
      task.message = task.failure ?? '';
      this.#spent[task.kind.makes] -= task.units;
    }
    this.#onChange(task);
  }

  /** @param {Task} task @returns {Status} */
  #due(task) {
    // A clock that was set back does not undo a finished task.
    if (hasEnded(task)) return task.status;
    if (this.#sec === undefined) return task.polls < this.#polls ? 'processing' : 'succeed';
    if (this.#sec === 0) return 'succeed';
    const elapsed = (this.#now() - task.createdAt) / 1000 / this.#sec;
    return elapsed >= 1 ? 'succeed' : elapsed >= WAITING ? 'processing' : 'submitted';
  }
}

/** @param {Task} task */
function hasEnded({ status }) {
  return status === 'succeed' || status === 'failed';
}

/** Recorded: 18 digits, which is more than a JavaScript number can tell apart. */
function madeUpId() {
  return `${randomInt(8e8, 9e8)}${String(randomInt(1e9)).padStart(9, '0')}`;
}

module.exports = { Tasks, hasEnded };

'use strict';

const platform = require('#platform');

const holdLoop = platform.loopHolder();

/** @typedef {InstanceType<typeof import('./core.js').Core>} Core */
/** @typedef {ConstructorParameters<typeof import('../../../native').ProviderEvents>[0]} Notify */

/** The longest that a timer takes. */
const LONGEST_MS = 2 ** 31 - 1;

/** Where all providers tell what happens. */
class ProviderEvents {
  #notify;
  /** @type {(() => void) | undefined} */
  #release;

  /** @param {Notify} notify */
  constructor(notify) {
    this.#notify = notify;
  }

  /** @param {Parameters<Notify>} event */
  tell(...event) {
    platform.nextTick(this.#notify, ...event);
  }

  /** @param {boolean} awake */
  stayAwake(awake) {
    this.#release?.();
    this.#release = awake ? holdLoop() : undefined;
  }
}

/** Drives the rules of one provider by timers, and passes on what they decide. */
class Feed {
  #core;
  #half;
  #events;
  #number;
  #isEnded = false;
  /** @type {any} */
  #timer;
  /** When the timer rings. */
  #due = -1;

  /**
   * @param {Core} core
   * @param {number} half
   * @param {ProviderEvents} events
   * @param {number} number
   */
  constructor(core, half, events, number) {
    this.#core = core;
    this.#half = half;
    this.#events = events;
    this.#number = number;
  }

  /** What the rules want to know of the moment. @returns {[at: number, random: number]} */
  moment() {
    return [platform.monotonic(), platform.random()];
  }

  /** Does what has become due, by the clock or by a read. */
  tick() {
    if (this.#isEnded || this.#core.isLost) return;
    this.#core.call('auth_tick', this.#half, ...this.moment());
    this.passOn();
  }

  /** Passes on what the last call has decided. */
  passOn() {
    while (!this.#isEnded && this.#core.call('auth_action', this.#half) === 1) {
      const [event, id, reason, expiresAt, code, message] = this.#core.fields();
      this.#events.tell(
        this.#number,
        /** @type {Parameters<Notify>[1]} */ (event),
        Number(id),
        /** @type {Parameters<Notify>[3]} */ (reason ?? null),
        expiresAt === undefined ? null : Number(expiresAt),
        code ?? null,
        message ?? null,
      );
    }
    this.#setTimer(this.#isEnded ? -1 : this.#core.read('auth_deadline', this.#half));
  }

  /** Nothing else will come. */
  end() {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#setTimer(-1);
    this.#events.tell(this.#number, 'ended', 0, null, null, null, null);
  }

  /** @param {number} due Negative for never. */
  #setTimer(due) {
    if (due === this.#due && !platform.timersBelongToRequests) return;
    if (this.#timer !== undefined) platform.clearTimer(this.#timer);
    this.#due = due;
    if (due < 0) {
      this.#timer = undefined;
      return;
    }
    const wait = Math.min(Math.max(due - platform.monotonic(), 0), LONGEST_MS);
    this.#timer = platform.setTimer(() => {
      this.#due = -1;
      this.tick();
    }, Math.ceil(wait));
  }
}

module.exports = { Feed, ProviderEvents };

'use strict';

const platform = require('#platform');
const { millis, number, text } = require('./fields.js');
const { Feed } = require('./feed.js');

/** @typedef {InstanceType<typeof import('./core.js').Core>} Core */
/** @typedef {InstanceType<typeof Feed>} FeedOf */
/** @typedef {InstanceType<typeof import('./feed.js').ProviderEvents>} ProviderEvents */
/** @typedef {ReturnType<ReturnType<import('../../../native').Native['reader']>>} Issued */

/**
 * @typedef {object} Handle
 * @property {(time: (number | undefined)[]) => Issued} read
 * @property {(time: (number | undefined)[]) => string} refresh
 */

/** Wipes what belongs to instances that were collected. */
const collected = new FinalizationRegistry(
  /** @param {{ core: Core, half: number, feed: FeedOf | undefined }} held */
  ({ core, half, feed }) => {
    feed?.end();
    if (!core.isLost) core.call('auth_forget', half);
  },
);

/**
 * The class `NativeAuth`.
 *
 * @param {() => Core} currentCore
 */
function authClass(currentCore) {
  return class NativeAuth {
    #core;
    #half;
    /** @type {FeedOf | undefined} */
    #feed;
    /** Weak, so that a heap snapshot finds no token that the program does not hold itself. @type {WeakRef<Issued> | undefined} */
    #shown;
    /** @type {Handle | undefined} */
    #handle;

    /**
     * @param {unknown} _native The addon's class needs it.
     * @param {unknown} options
     * @param {object} processEnv
     * @param {ProviderEvents | null} [events]
     * @param {number | null} [providerNumber]
     */
    constructor(_native, options, processEnv, events, providerNumber) {
      const core = currentCore();
      const isFed = events ? 1 : 0;
      this.#core = core;
      this.#half = core.call('auth_create', core.put(options), core.put(processEnv), isFed);
      if (events) this.#feed = new Feed(core, this.#half, events, providerNumber ?? 0);
      collected.register(this, { core, half: this.#half, feed: this.#feed });
    }

    /** What `read` and `refresh` know the instance by. */
    handle() {
      this.#handle ??= {
        /** @param {(number | undefined)[]} time */
        read: (time) => this.#read(time),
        /** @param {(number | undefined)[]} time */
        refresh: (time) => this.#refresh(time),
      };
      return this.#handle;
    }

    /** @param {(number | undefined)[]} time */
    #read(time) {
      const core = this.#core;
      const object = this.#shown?.deref();
      const now = time.length === 0 ? platform.now() : millis(time[0]);
      if (object !== undefined && core.peek('auth_fresh', this.#half, now) === object.serial) {
        return object;
      }
      try {
        core.call('auth_read', this.#half, now);
        const issued = issuedOf(core.fields());
        this.#shown = new WeakRef(issued);
        return issued;
      } finally {
        // The read may have found that the provider is to be asked.
        this.#feed?.tick();
      }
    }

    /** @param {(number | undefined)[]} time */
    #refresh(time) {
      const now = time.length === 0 ? platform.now() : millis(time[0]);
      this.#core.call('auth_refresh', this.#half, now);
      return text(this.#core.fields()[0]);
    }

    /** @param {unknown} seen */
    invalidate(seen) {
      this.#core.call('auth_invalidate', this.#half, this.#core.put(seen));
    }

    /**
     * @param {string} seen
     * @param {...(number | undefined)} time
     */
    renew(seen, ...time) {
      this.#core.call('auth_renew', this.#half, this.#core.put(seen), moment(time));
      return text(this.#core.fields()[0]);
    }

    /** @param {unknown} credentials */
    rotate(credentials) {
      this.#core.call('auth_rotate', this.#half, this.#core.put(credentials));
    }

    /**
     * @param {number} ticket
     * @param {boolean} force
     * @param {...(number | undefined)} time
     */
    want(ticket, force, ...time) {
      this.#step('auth_want', ticket, force ? 1 : 0, moment(time));
    }

    /**
     * @param {number} ticket
     * @param {string} bearer
     * @param {...(number | undefined)} time
     */
    refused(ticket, bearer, ...time) {
      this.#step('auth_refused', ticket, this.#core.put(bearer), moment(time));
    }

    news() {
      this.#step('auth_news');
    }

    /**
     * @param {number} id
     * @param {unknown} answer
     * @param {...(number | undefined)} time
     */
    settle(id, answer, ...time) {
      this.#step('auth_settle', id, this.#core.put(answer), moment(time));
    }

    /**
     * @param {number} id
     * @param {string} problem
     */
    fail(id, problem) {
      this.#step('auth_fail', id, this.#core.put(problem), platform.now());
    }

    summary() {
      this.#core.call('auth_summary', this.#half);
      const [disposed, kind, accessKey, maskedAccessKey, source, expiresAt] = this.#core.fields();
      return {
        disposed: disposed !== undefined,
        kind: /** @type {'jwt' | 'apiKey' | undefined} */ (kind),
        accessKey,
        maskedAccessKey,
        source: text(source),
        expiresAt: number(expiresAt),
      };
    }

    dispose() {
      this.#step('auth_dispose');
      this.#feed?.end();
    }

    passedOver() {
      this.#core.call('auth_passed_over', this.#half);
      return this.#core.fields().map(text);
    }

    base() {
      this.#core.call('auth_base', this.#half);
      const [name, url, overriddenRegion] = this.#core.fields();
      return {
        name: text(name),
        url: text(url),
        overriddenRegion,
      };
    }

    /** @param {number} now */
    probes(now) {
      this.#core.call('auth_probes', this.#half, millis(now));
      const [costs, tasks] = this.#core.fields();
      return { costs: text(costs), tasks: text(tasks) };
    }

    /**
     * @param {string} bearer
     * @param {object} seen
     */
    learnClock(bearer, seen) {
      const core = this.#core;
      core.call('auth_learn_clock', this.#half, core.put(bearer), core.put(seen));
    }

    /** @param {string} bearer */
    hasIssued(bearer) {
      return this.#core.call('auth_has_issued', this.#half, this.#core.put(bearer)) === 1;
    }

    clockSkewSec() {
      return this.#core.read('auth_clock_skew_sec', this.#half);
    }

    /**
     * Takes a step of the provider's rules, and does what they decide.
     *
     * @param {string} name
     * @param {...number} numbers
     */
    #step(name, ...numbers) {
      try {
        this.#core.call(name, this.#half, ...numbers, platform.monotonic(), platform.random());
      } finally {
        if (!this.#core.isLost) this.#feed?.passOn();
      }
    }
  };
}

/**
 * @param {(string | undefined)[]} fields
 * @returns {Issued}
 */
function issuedOf([token, expiresAt, refreshesAt, serial, reason]) {
  return {
    token: text(token),
    expiresAt: number(expiresAt) ?? null,
    refreshesAt: number(refreshesAt) ?? null,
    serial: Number(serial),
    reason: /** @type {Issued['reason']} */ (text(reason)),
  };
}

/**
 * What the option `now` has returned; the clock's time where there is no such option.
 *
 * @param {unknown[]} time
 */
function moment(time) {
  return time.length === 0 || time[0] === undefined ? platform.now() : millis(time[0]);
}

module.exports = { authClass };

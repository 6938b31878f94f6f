'use strict';

const { onAbort } = require('./abort.js');
const { KlingAuthError, isOf, raise } = require('./error.js');
const { announce } = require('./events.js');
const { capture, inBackground } = require('./provider/async-context.js');
const { connection, keepAwake, linkTo } = require('./provider/line.js');
const { isWithin, within } = require('./provider/self-call.js');
const { sourceOf } = require('./provider/source.js');
const { subscribe } = require('./provider/subscription.js');
const native = require('#native');
const { member } = require('./member.js');
const { momentOf } = require('./moment.js');

/** @typedef {import('./provider/line.js').Event} Event */
/** @typedef {import('./provider/async-context.js').Run} Run */

/**
 * @typedef {object} Caller Somebody who waits.
 * @property {() => void} resolve
 * @property {(reason: unknown) => void} reject
 * @property {Run} run In the context in which they began to wait.
 */

/**
 * A call of the provider function. It lives as long as what the function has returned, and holds
 * the provider only until the call is over.
 *
 * @typedef {object} Call
 * @property {Provider | undefined} provider
 * @property {number} id
 * @property {AbortController} controller
 * @property {import('./provider/self-call.js').Call | undefined} outer
 */

/**
 * The JavaScript half of provider mode: calls the provider function when the core says so, hands in
 * its answers, and keeps those who wait. What the core decides (when to ask, how long to wait, when
 * to try again) is not here.
 *
 * The addon knows it by its number alone. So it is collected like any other object with all that
 * the provider function reaches, unless somebody waits.
 */
class Provider {
  #source;
  #now;
  #onRefresh;
  #onError;
  /** Those that the core waits for. @type {Map<number, Call>} */
  #calls = new Map();
  /** What a request came to grief over. @type {Map<number, unknown>} */
  #causes = new Map();
  /** Until credentials arrive. @type {InstanceType<typeof KlingAuthError> | undefined} */
  #lastError;
  /** Those who wait for the outcome of a ticket. @type {Map<number, Set<Caller>>} */
  #waiting = new Map();
  #lastTicket = 0;
  /** The ticket that further callers can share, by `force`. @type {Map<boolean, number>} */
  #shared = new Map();
  #link;
  #native;

  /**
   * The two halves.
   *
   * @param {import('..').KlingAuthOptions} options
   * @param {NodeJS.ProcessEnv} env
   */
  static connect(options, env) {
    const source = sourceOf(member(options, 'credentials'));
    const { events, number } = connection();
    const half = new native.NativeAuth(native, options, env, events, number);
    const provider = new Provider(options, source, half, number);
    return { provider, native: half };
  }

  /**
   * @param {import('..').KlingAuthOptions} options
   * @param {import('./provider/source.js').Source} source
   * @param {import('../native').NativeAuth} half
   * @param {number} number
   */
  constructor(options, source, half, number) {
    this.#source = source;
    this.#now = member(options, 'now');
    this.#onRefresh = member(options, 'onRefresh');
    this.#onError = member(options, 'onError');
    this.#native = half;
    this.#link = linkTo(number, this);
  }

  /**
   * Resolves when there is a valid token; with `force`, a new one.
   *
   * @param {boolean} force
   * @param {AbortSignal} [signal]
   * @returns {Promise<void>}
   */
  wait(force, signal) {
    if (isWithin(this)) {
      raise(
        'KlingAuthError',
        'KLING_PROVIDER_FAILED',
        'the credentials provider failed: it asked this very KlingAuth for a token, which waits for the provider',
      );
    }
    return this.#join(signal, () => this.#ticket(force));
  }

  /**
   * Asks for another credential than the one in `bearer`, which Kling does not know: once for each
   * credential, however many were refused with it. Resolves with another bearer to try, if there
   * is one.
   *
   * @param {string} bearer
   * @param {AbortSignal} [signal]
   * @returns {Promise<string | undefined>} Rejects only for the signal, and after disposal.
   */
  async reask(bearer, signal) {
    if (isWithin(this)) return undefined;
    try {
      await this.#join(signal, () =>
        this.#open((ticket) => this.#native.refused(ticket, bearer, momentOf(this.#now))),
      );
      const now = momentOf(this.#now);
      const handle = this.#native.handle();
      const { token } = now === undefined ? native.read(handle) : native.read(handle, now);
      return token === bearer ? undefined : token;
    } catch (error) {
      if (signal?.aborted || codeOf(error) === 'KLING_DISPOSED') throw error;
      return undefined;
    }
  }

  /** The source says that it has something new. */
  news() {
    this.#native.news();
  }

  /**
   * Gives the error for a token that is not there what the provider has last failed with.
   *
   * @param {unknown} error
   */
  explain(error) {
    if (this.#lastError === undefined || codeOf(error) !== 'KLING_NOT_READY') return;
    Object.defineProperty(error, 'cause', {
      value: this.#lastError,
      configurable: true,
      writable: true,
    });
  }

  /**
   * @param {AbortSignal | undefined} signal
   * @param {() => Set<Caller>} open
   * @returns {Promise<void>}
   */
  #join(signal, open) {
    if (signal?.aborted) return Promise.reject(signal.reason);
    return new Promise((resolve, reject) => {
      const callers = open();
      /** @type {(() => void) | undefined} */
      let ignore;
      const leave = () => {
        callers.delete(caller);
        ignore?.();
        keepAwake(this, this.#first() !== undefined);
      };
      /** @type {Caller} */
      const caller = {
        run: capture(),
        resolve: () => {
          leave();
          resolve();
        },
        reject: (reason) => {
          leave();
          reject(reason);
        },
      };
      callers.add(caller);
      ignore = signal && onAbort(signal, () => caller.reject(signal.reason));
      keepAwake(this, this.#first() !== undefined);
    });
  }

  /** @param {boolean} force */
  #ticket(force) {
    const shared = this.#waiting.get(this.#shared.get(force) ?? 0);
    if (shared) return shared;
    return this.#open((ticket) => {
      this.#native.want(ticket, force, momentOf(this.#now));
      this.#shared.set(force, ticket);
    });
  }

  /**
   * @param {(ticket: number) => void} ask
   * @returns {Set<Caller>}
   */
  #open(ask) {
    const ticket = ++this.#lastTicket;
    ask(ticket);
    const callers = new Set();
    this.#waiting.set(ticket, callers);
    return callers;
  }

  /** The first of those who wait. @returns {Caller | undefined} */
  #first() {
    for (const callers of this.#waiting.values()) {
      for (const caller of callers) return caller;
    }
    return undefined;
  }

  /** @param {Event} event */
  notify(...[, kind, id, reason, expiresAt, code, message]) {
    if (kind === 'request') {
      this.#request(id, /** @type {import('..').KlingRefreshReason} */ (reason));
    } else if (kind === 'abort') {
      const timeout = new DOMException(
        'The credentials provider is no longer waited for',
        'TimeoutError',
      );
      this.#close(id)?.controller.abort(timeout);
    } else if (kind === 'refreshed') {
      this.#lastError = undefined;
      const date = expiresAt === null ? null : new Date(expiresAt);
      announce('refresh', this.#onRefresh, { reason, expiresAt: date, source: 'provider' });
    } else if (kind === 'failed') {
      const cause = this.#causes.get(id);
      this.#causes.delete(id);
      this.#lastError = errorOf(code, message, cause);
      announce('error', this.#onError, this.#lastError);
    } else {
      this.#done(id, code, message);
    }
  }

  /**
   * Calls the provider function on behalf of the first who waits.
   *
   * @param {number} id
   * @param {import('..').KlingRefreshReason} reason
   */
  #request(id, reason) {
    /** @type {Call} */
    const call = { provider: this, id, controller: new AbortController(), outer: undefined };
    this.#calls.set(id, call);
    const request = { signal: call.controller.signal, reason };
    const run = this.#first()?.run ?? inBackground;
    /** @type {unknown} */
    let answer;
    try {
      this.#subscribe();
      answer = run(() => within(call, () => this.#source.get(request)));
    } catch (error) {
      answer = Promise.reject(error);
    }
    // Not a method of the instance: what waits for the answer must not hold it.
    Provider.#follow(call, answer);
  }

  /**
   * @param {Call} call
   * @param {unknown} answer
   */
  static async #follow(call, answer) {
    try {
      const credentials = await answer;
      if (call.provider !== undefined) call.provider.#settle(call.id, credentials);
    } catch (error) {
      if (call.provider !== undefined) call.provider.#fail(call.id, ...reasonOf(error));
    }
  }

  /** Before the first request, so that there is nothing to miss. */
  #subscribe() {
    if (this.#source.subscribe === undefined || this.#link.subscription !== undefined) return;
    const { provider } = this.#link;
    const { subscribe: ask } = this.#source;
    this.#link.subscription = inBackground(() => subscribe(ask, provider));
  }

  /**
   * @param {number} id
   * @returns {Call | undefined}
   */
  #close(id) {
    const call = this.#calls.get(id);
    this.#calls.delete(id);
    if (call !== undefined) call.provider = undefined;
    return call;
  }

  /**
   * @param {number} id
   * @param {unknown} answer
   */
  #settle(id, answer) {
    this.#close(id);
    let now;
    try {
      now = momentOf(this.#now);
    } catch (error) {
      this.#fail(id, 'the option now has thrown', error);
      return;
    }
    try {
      this.#native.settle(id, answer, now);
    } catch (error) {
      this.#causes.set(id, error);
    }
  }

  /**
   * @param {number} id
   * @param {string} problem
   * @param {unknown} cause
   */
  #fail(id, problem, cause) {
    this.#close(id);
    this.#causes.set(id, cause);
    this.#native.fail(id, problem);
  }

  /**
   * @param {number} ticket
   * @param {string | null} code
   * @param {string | null} message
   */
  #done(ticket, code, message) {
    const callers = this.#waiting.get(ticket) ?? new Set();
    this.#waiting.delete(ticket);
    const isKnown = this.#lastError !== undefined && this.#lastError.code === code;
    const error = code !== null && (isKnown ? this.#lastError : errorOf(code, message));
    for (const caller of [...callers]) error ? caller.reject(error) : caller.resolve();
    keepAwake(this, this.#first() !== undefined);
  }
}

/**
 * @param {string | null} code
 * @param {string | null} message
 * @param {unknown} [cause]
 */
function errorOf(code, message, cause) {
  return new KlingAuthError(
    String(code),
    String(message),
    cause === undefined ? undefined : { cause },
  );
}

/**
 * What is said of a provider that rejected, and with what cause. Anything may stand in the message of
 * an error, but no secret in those of this package: `kling-auth/credentials` says in them which file or
 * which secret is meant, and has what its client failed with as the cause already.
 *
 * @param {unknown} error
 * @returns {[problem: string, cause: unknown]}
 */
function reasonOf(error) {
  if (!isOf(error, KlingAuthError)) return ['it rejected', error];
  const isOfClient = error.code === 'KLING_PROVIDER_FAILED' && Object.hasOwn(error, 'cause');
  return [error.message, isOfClient ? error.cause : error];
}

/** @param {unknown} error */
function codeOf(error) {
  return /** @type {{ code?: unknown } | null | undefined} */ (error)?.code;
}

module.exports = { Provider };

'use strict';

const { AsyncLocalStorage } = require('node:async_hooks');
const { KlingAuthError, raise } = require('./error.js');
const { announce } = require('./events.js');
const native = require('#native');
const { member } = require('./member.js');

/** @typedef {import('../native').ProviderEvent} ProviderEvent */
/** @typedef {{ resolve: () => void, reject: (reason: unknown) => void }} Caller */

/**
 * The JavaScript half of provider mode: calls the provider function when the core says so, hands in
 * its answers, and keeps those who wait. What the core decides (when to ask, how long to wait, when
 * to try again) is not here.
 *
 * The addon holds on to this object until its own half is collected, so this must hold on to neither
 * that half nor the `KlingAuth` around it.
 */
class Provider {
  #credentials;
  #now;
  #onRefresh;
  #onError;
  /** Aborted when the core no longer wants the answer. @type {Map<number, AbortController>} */
  #requests = new Map();
  /** What a request came to grief over. @type {Map<number, unknown>} */
  #causes = new Map();
  /** @type {InstanceType<typeof KlingAuthError> | undefined} */
  #lastError;
  /** Those who wait for the outcome of a ticket. @type {Map<number, Set<Caller>>} */
  #waiting = new Map();
  #lastTicket = 0;
  /** The ticket that further callers can share, by `force`. @type {Map<boolean, number>} */
  #shared = new Map();
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #awake;
  /** Knows the code that runs on behalf of a call of the provider. @type {import('node:async_hooks').AsyncLocalStorage<boolean>} */
  #calls = new AsyncLocalStorage();
  /** @type {WeakRef<import('../native').NativeAuth>} */
  #native;

  /**
   * The two halves, of which the native one is the caller's to keep.
   *
   * @param {import('..').KlingAuthOptions} options
   * @param {NodeJS.ProcessEnv} env
   */
  static connect(options, env) {
    /** @type {Provider} */
    let provider;
    const half = new native.NativeAuth(native, options, env, (event) => provider.#notify(event));
    provider = new Provider(options, half);
    return { provider, native: half };
  }

  /**
   * @param {import('..').KlingAuthOptions} options
   * @param {import('../native').NativeAuth} half
   */
  constructor(options, half) {
    this.#credentials = /** @type {import('..').KlingCredentialsProvider} */ (
      member(options, 'credentials')
    );
    this.#now = member(options, 'now');
    this.#onRefresh = member(options, 'onRefresh');
    this.#onError = member(options, 'onError');
    this.#native = new WeakRef(half);
  }

  /**
   * Resolves when there is a valid token; with `force`, a new one.
   *
   * @param {boolean} force
   * @param {AbortSignal} [signal]
   * @returns {Promise<void>}
   */
  wait(force, signal) {
    if (this.#calls.getStore()) {
      raise(
        'KlingAuthError',
        'KLING_PROVIDER_FAILED',
        'the credentials provider failed: it asked this very KlingAuth for a token, which waits for the provider',
      );
    }
    if (signal?.aborted) return Promise.reject(signal.reason);
    return new Promise((resolve, reject) => {
      const callers = this.#ticket(force);
      const leave = () => {
        callers.delete(caller);
        signal?.removeEventListener('abort', abort);
        this.#stayAwake();
      };
      const abort = () => {
        leave();
        reject(signal?.reason);
      };
      const caller = {
        resolve: () => {
          leave();
          resolve();
        },
        /** @param {unknown} reason */
        reject: (reason) => {
          leave();
          reject(reason);
        },
      };
      callers.add(caller);
      signal?.addEventListener('abort', abort);
      this.#stayAwake();
    });
  }

  /** @param {boolean} force */
  #ticket(force) {
    const shared = this.#waiting.get(this.#shared.get(force) ?? 0);
    if (shared) return shared;
    const ticket = ++this.#lastTicket;
    this.#native.deref()?.want(ticket, force, this.#now?.());
    const callers = new Set();
    this.#waiting.set(ticket, callers);
    this.#shared.set(force, ticket);
    return callers;
  }

  /** Nothing of ours keeps a process alive, except while somebody waits for a token. */
  #stayAwake() {
    const isAwaited = [...this.#waiting.values()].some((callers) => callers.size > 0);
    if (isAwaited) {
      this.#awake ??= setInterval(() => {}, 2 ** 30);
    } else {
      clearInterval(this.#awake);
      this.#awake = undefined;
    }
  }

  /** @param {ProviderEvent} event */
  #notify(event) {
    const { id, reason, expiresAt } = event;
    if (event.event === 'request') {
      this.#request(id, /** @type {import('..').KlingRefreshReason} */ (reason));
    } else if (event.event === 'abort') {
      const timeout = new DOMException(
        'The credentials provider is no longer waited for',
        'TimeoutError',
      );
      this.#requests.get(id)?.abort(timeout);
      this.#requests.delete(id);
    } else if (event.event === 'refreshed') {
      const date = expiresAt === undefined ? null : new Date(expiresAt);
      announce('refresh', this.#onRefresh, { reason, expiresAt: date, source: 'provider' });
    } else if (event.event === 'failed') {
      this.#lastError = this.#error(event, this.#causes.get(id));
      this.#causes.delete(id);
      announce('error', this.#onError, this.#lastError);
    } else {
      this.#done(event);
    }
  }

  /**
   * @param {number} id
   * @param {import('..').KlingRefreshReason} reason
   */
  async #request(id, reason) {
    const controller = new AbortController();
    this.#requests.set(id, controller);
    try {
      const credentials = this.#credentials;
      const context = { signal: controller.signal, reason };
      const answer = await this.#calls.run(true, () => credentials(context));
      if (!this.#requests.has(id)) return;
      this.#settle(id, answer);
    } catch (error) {
      if (!this.#requests.has(id)) return;
      this.#causes.set(id, error);
      this.#native.deref()?.fail(id, 'it rejected');
    } finally {
      this.#requests.delete(id);
      // On older versions of Node.js it slows down every promise while it is in use.
      if (this.#requests.size === 0) this.#calls.disable();
    }
  }

  /**
   * @param {number} id
   * @param {unknown} answer
   */
  #settle(id, answer) {
    try {
      this.#native.deref()?.settle(id, answer, this.#now?.());
    } catch (error) {
      this.#causes.set(id, error);
      this.#native
        .deref()
        ?.fail(id, 'what it returned is neither { accessKey, secretKey } nor { apiKey }');
    }
  }

  /** @param {ProviderEvent} event */
  #done(event) {
    const callers = this.#waiting.get(event.id) ?? new Set();
    this.#waiting.delete(event.id);
    const error =
      event.code !== undefined &&
      (this.#lastError?.code === event.code ? this.#lastError : this.#error(event));
    for (const caller of [...callers]) error ? caller.reject(error) : caller.resolve();
    this.#stayAwake();
  }

  /**
   * @param {ProviderEvent} event
   * @param {unknown} [cause]
   */
  #error({ code, message }, cause) {
    return new KlingAuthError(
      String(code),
      String(message),
      cause === undefined ? undefined : { cause },
    );
  }
}

module.exports = { Provider };

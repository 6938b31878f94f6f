'use strict';

// What the class does not need at once is loaded on first use: each file takes a third of the time
// that the addon does.
const native = require('#native');
const { refuseArgument } = require('./error.js');
const { announceLater, isHeard } = require('./events.js');
const { member } = require('./member.js');
const { Uncloneable } = require('./uncloneable.js');

const { read, refresh } = native;

// The class is JavaScript, its data is not: accessors stand on the prototype, where subclasses
// find them, private fields refuse foreign receivers, and the secret stays on the other side.
class KlingAuth extends Uncloneable {
  /** @type {import('../native').NativeAuth} */
  #native;
  /** @type {InstanceType<typeof import('./provider.js').Provider> | undefined} */
  #provider;
  /** The option `now`. @type {(() => number) | undefined} */
  #now;
  /** @type {import('..').KlingAuthOptions['onRefresh']} */
  #onRefresh;
  /** The last token that listeners were told of. */
  #serial = 0;
  /** The end of the token that `getToken` gave last. @type {Date | undefined} */
  #end;
  /** What `read` and `refresh` know the instance by. @type {unknown} */
  #handle;
  /** What `fetch` and `verify` share. @type {import('./request/network.js').Network} */
  #network;
  /** @type {import('..').KlingFetch | undefined} */
  #fetch;

  /**
   * @param {string | import('..').KlingAuthOptions | null} [accessKey]
   * @param {string | null} [secretKey]
   * @param {number | null} [bufferSec]
   */
  constructor(accessKey, secretKey, bufferSec) {
    super();
    const options = toOptions(accessKey, secretKey, bufferSec);
    const env = native.platform.environment();
    // What was put together here has no further options.
    const further = options === accessKey ? furtherOptions(options) : undefined;
    if (further?.credentials == null) {
      this.#native = new native.NativeAuth(native, options, env);
    } else {
      const { Provider } = require('./provider.js');
      const { provider, native } = Provider.connect(options, env);
      this.#provider = provider;
      this.#native = native;
    }
    this.#network = {
      auth: this,
      native: this.#native,
      provider: this.#provider,
      now: undefined,
      fetch: undefined,
      endpoint: undefined,
      nextVerify: 0,
      lacksCosts: false,
      requests: undefined,
    };
    if (further !== undefined) this.#configure(further);
  }

  /** @param {ReturnType<typeof furtherOptions>} options */
  #configure({ now, onRefresh, fetch, allowedOrigins, baseUrl }) {
    this.#now = now ?? undefined;
    this.#onRefresh = onRefresh;
    this.#network.now = this.#now;
    this.#network.fetch = fetch;
    if (allowedOrigins != null || baseUrl != null) {
      require('./request/network.js').configure(this.#network, allowedOrigins);
    }
  }

  get token() {
    return this.#current().token;
  }

  get headers() {
    // `this.token` is for subclasses to override; a foreign object's must not pass for one.
    if (!(#native in this)) {
      refuseArgument('KLING_INVALID_ARG_TYPE', 'headers belongs to a KlingAuth, not to this');
    }
    return { Authorization: `Bearer ${this.token}`, 'Content-Type': 'application/json' };
  }

  get expiresAt() {
    return toDate(this.#current().expiresAt);
  }

  get refreshesAt() {
    return toDate(this.#current().refreshesAt);
  }

  get kind() {
    return this.#summary().kind ?? this.#notReady();
  }

  get accessKey() {
    const { kind, accessKey } = this.#summary();
    return kind === undefined ? this.#notReady() : (accessKey ?? null);
  }

  get source() {
    return this.#summary().source;
  }

  get passedOver() {
    return this.#native.passedOver();
  }

  // Without an `await`, which makes an async function a tenth dearer, come to or not.
  /** @param {import('..').GetTokenOptions | null} [options] */
  async getToken(options) {
    if (options != null) return this.#prepared(options);
    const issued = this.#atHand();
    return issued === undefined ? this.#awaited() : this.#shown(issued);
  }

  async ready() {
    await this.getToken();
  }

  refresh() {
    this.#handle ??= this.#native.handle();
    const now = this.#now;
    let token;
    try {
      token = now === undefined ? refresh(this.#handle) : refresh(this.#handle, now());
    } catch (error) {
      throw this.#explained(error);
    }
    if (isHeard('refresh', this.#onRefresh)) this.#current(true);
    return token;
  }

  get clockSkewSec() {
    return this.#native.clockSkewSec();
  }

  get fetch() {
    this.#fetch ??= require('./request/fetch.js').fetchFor(this.#network);
    return this.#fetch;
  }

  /** @param {import('..').VerifyOptions | null} [options] */
  async verify(options) {
    return require('./request/verify-credentials.js').verify(this.#network, options);
  }

  /** @param {Response} response */
  async explain(response) {
    return require('./request/network.js').explainResponse(this.#network, response);
  }

  /** @param {string | null} [token] */
  invalidate(token) {
    this.#native.invalidate(token);
  }

  /** @param {import('..').KlingCredentials} credentials */
  rotate(credentials) {
    this.#native.rotate(credentials);
  }

  toJSON() {
    const { maskedAccessKey, expiresAt } = this.#native.summary();
    return { accessKey: maskedAccessKey, expiresAt: toDate(expiresAt ?? null) };
  }

  /**
   * @param {number} depth
   * @param {import('node:util').InspectOptions} options
   * @param {typeof import('node:util').inspect} inspect
   */
  [Symbol.for('nodejs.util.inspect.custom')](depth, options, inspect) {
    const name = this.constructor.name;
    // An object that only inherits from the class is inspected through this method too.
    if (!(#native in this)) return `${name} {}`;
    if (depth < 0) return `[${name}]`;
    const { disposed, kind, maskedAccessKey, source, expiresAt } = this.#native.summary();
    if (disposed) return `${name} { disposed }`;
    const end = toDate(expiresAt ?? null);
    const shown =
      kind === 'jwt'
        ? { accessKey: maskedAccessKey, expiresAt: end }
        : { kind: kind ?? null, source, expiresAt: end };
    return `${name} ${inspect(shown, options)}`;
  }

  get [Symbol.toStringTag]() {
    // Not the prototype, which jest mocks only if it is an ordinary object.
    return /** @type {'KlingAuth'} */ (#native in this ? 'KlingAuth' : undefined);
  }

  /** @param {import('..').GetTokenOptions} options */
  async #prepared(options) {
    const { forceRefresh: force, signal: given } = native.getTokenOptions(options);
    const { signalOf, throwIfAborted } = require('./request/signal.js');
    const signal = signalOf(given);
    throwIfAborted(signal);
    if (force && this.#provider === undefined) this.refresh();
    else if (force) await this.#provider?.wait(true, signal);
    const issued = this.#atHand();
    return issued === undefined ? this.#awaited(signal) : this.#shown(issued);
  }

  /** @param {AbortSignal} [signal] */
  async #awaited(signal) {
    await this.#provider?.wait(false, signal);
    return this.#shown(this.#current());
  }

  /** The current token; `undefined` where the provider is to be waited for. */
  #atHand() {
    if (this.#provider === undefined) return this.#current();
    try {
      return this.#current();
    } catch (error) {
      if (/** @type {{ code?: unknown }} */ (error).code !== 'KLING_NOT_READY') throw error;
      return undefined;
    }
  }

  /**
   * What callers get to see of a token.
   *
   * @param {import('./token.js').IssuedToken} issued
   */
  #shown({ token, expiresAt }) {
    if (expiresAt === null) return { token, expiresAt: null };
    // One Date for all callers of a token: making one takes as long as all the rest of this.
    if (this.#end?.getTime() !== expiresAt) this.#end = new Date(expiresAt);
    return { token, expiresAt: this.#end };
  }

  #summary() {
    const summary = this.#native.summary();
    if (summary.disposed) this.#current(); // throws
    return summary;
  }

  /** @returns {never} */
  #notReady() {
    try {
      return native.refuseNotReady();
    } catch (error) {
      throw this.#explained(error);
    }
  }

  /**
   * Tells what the provider has last failed with where there is no token.
   *
   * @param {unknown} error
   */
  #explained(error) {
    this.#provider?.explain(error);
    return error;
  }

  /** @param {boolean} [signedHere] Rather than from a provider's answer, which is told by itself. */
  #current(signedHere = false) {
    // As `refresh` calls, and not through one line with it: V8 calls a native function directly where it
    // always sees the same one.
    this.#handle ??= this.#native.handle();
    const now = this.#now;
    let issued;
    try {
      issued = now === undefined ? read(this.#handle) : read(this.#handle, now());
    } catch (error) {
      throw this.#explained(error);
    }
    if (issued.serial !== this.#serial) this.#announce(issued, signedHere);
    return issued;
  }

  /**
   * @param {import('./token.js').IssuedToken} issued
   * @param {boolean} signedHere
   */
  #announce({ serial, reason, expiresAt }, signedHere) {
    this.#serial = serial;
    // What came from the provider has been told already.
    const isTold = this.#provider !== undefined && reason !== 'clock-set-back' && !signedHere;
    if (isTold) return;
    if (!isHeard('refresh', this.#onRefresh)) return;
    const { source } = this.#native.summary();
    const message = { reason, expiresAt: toDate(expiresAt), source };
    announceLater('refresh', this.#onRefresh, message);
  }

  static {
    // Absent before Node 18.18.
    if (Symbol.dispose) {
      // biome-ignore lint/complexity/noThisInStatic: by its name, the published class would be called _KlingAuth in stack traces
      Object.defineProperty(this.prototype, Symbol.dispose, {
        /** @this {KlingAuth} */
        value() {
          this.#native.dispose();
        },
        configurable: true,
        writable: true,
      });
    }
  }
}

/** @param {number | null} millis */
function toDate(millis) {
  return millis === null ? null : new Date(millis);
}

/**
 * The two ways to call the constructor, as one.
 *
 * @param {string | import('..').KlingAuthOptions | null | undefined} first
 * @param {string | null | undefined} secretKey
 * @param {number | null | undefined} bufferSec
 * @returns {import('..').KlingAuthOptions}
 */
function toOptions(first, secretKey, bufferSec) {
  if (typeof first !== 'object' || first === null) {
    // Each member of an object of options has its price, given or not.
    return bufferSec == null
      ? { accessKey: first, secretKey }
      : { accessKey: first, secretKey, bufferSec };
  }
  if (secretKey != null || bufferSec != null) {
    refuseArgument(
      'KLING_INVALID_ARG_TYPE',
      'an options object must be the only argument: move secretKey and bufferSec into it',
    );
  }
  return first;
}

/**
 * What JavaScript acts on.
 *
 * @param {import('..').KlingAuthOptions} options
 */
function furtherOptions(options) {
  return {
    credentials: member(options, 'credentials'),
    now: member(options, 'now'),
    onRefresh: member(options, 'onRefresh'),
    fetch: member(options, 'fetch'),
    allowedOrigins: member(options, 'allowedOrigins'),
    baseUrl: member(options, 'baseUrl'),
  };
}

module.exports = { KlingAuth };

'use strict';

const { raise } = require('./error.js');
const native = require('./native.js');

/** @typedef {ReturnType<ReturnType<import('../native').NativeAuth['reader']>>} IssuedToken */

// The class is JavaScript, its data is not: accessors stand on the prototype, where subclasses
// find them, private fields refuse foreign receivers, and the secret stays on the other side.
class KlingAuth {
  /** @type {import('../native').NativeAuth} */
  #native;
  /** The option `now`. @type {(() => number) | undefined} */
  #now;
  // Bound on first use: most instances of a program with many tenants are never read.
  /** @type {((now?: number) => IssuedToken) | undefined} */
  #read;
  /** @type {((now?: number) => string) | undefined} */
  #refresh;
  /** What `fetch` and `verify` share. @type {import('./network.js').Network} */
  #network;
  /** @type {import('..').KlingFetch | undefined} */
  #fetch;

  /**
   * @param {string | import('..').KlingAuthOptions | null} [accessKey]
   * @param {string | null} [secretKey]
   * @param {number | null} [bufferSec]
   */
  constructor(accessKey, secretKey, bufferSec) {
    const options = toOptions(accessKey, secretKey, bufferSec);
    this.#native = new native.NativeAuth(options, process.env);
    this.#now = options.now ?? undefined;
    this.#network = { auth: this, native: this.#native, now: this.#now, fetch: options.fetch };
    if (options.baseUrl != null || options.allowedOrigins != null) {
      require('./network.js').configure(this.#network, options.allowedOrigins);
    }
  }

  get token() {
    return this.#current().token;
  }

  get headers() {
    return { Authorization: `Bearer ${this.token}`, 'Content-Type': 'application/json' };
  }

  get expiresAt() {
    return new Date(this.#current().expiresAt);
  }

  get refreshesAt() {
    return new Date(this.#current().refreshesAt);
  }

  get accessKey() {
    return this.#native.accessKey();
  }

  async getToken() {
    const { token, expiresAt } = this.#current();
    return { token, expiresAt: new Date(expiresAt) };
  }

  refresh() {
    this.#refresh ??= this.#native.refresher();
    const refresh = this.#refresh;
    const now = this.#now;
    return now === undefined ? refresh() : refresh(now());
  }

  get clockSkewSec() {
    return Math.round(this.#native.clockSkewMs() / 1000);
  }

  get fetch() {
    this.#fetch ??= require('./fetch.js').fetchFor(this.#network);
    return this.#fetch;
  }

  /** @param {import('..').VerifyOptions | null} [options] */
  async verify(options) {
    return require('./verify.js').verify(this.#network, options);
  }

  /** @param {string | null} [token] */
  invalidate(token) {
    this.#native.invalidate(token);
  }

  toJSON() {
    const { accessKey, expiresAt } = this.#native.summary();
    return { accessKey, expiresAt: expiresAt === undefined ? null : new Date(expiresAt) };
  }

  /**
   * @param {number} depth
   * @param {import('node:util').InspectOptions} options
   * @param {typeof import('node:util').inspect} inspect
   */
  [Symbol.for('nodejs.util.inspect.custom')](depth, options, inspect) {
    const name = this.constructor.name;
    // The prototype is inspected through this method too, and is no KlingAuth.
    if (!(#native in this)) return `${name} {}`;
    if (depth < 0) return `[${name}]`;
    const { accessKey, expiresAt } = this.toJSON();
    return accessKey === undefined
      ? `${name} { disposed }`
      : `${name} ${inspect({ accessKey, expiresAt }, options)}`;
  }

  get [Symbol.toStringTag]() {
    return 'KlingAuth';
  }

  #current() {
    this.#read ??= this.#native.reader();
    const read = this.#read;
    const now = this.#now;
    return now === undefined ? read() : read(now());
  }

  static {
    // Absent before Node 18.18.
    if (Symbol.dispose) {
      Object.defineProperty(KlingAuth.prototype, Symbol.dispose, {
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
    return { accessKey: first, secretKey, bufferSec };
  }
  if (secretKey != null || bufferSec != null) {
    raise(
      'TypeError',
      'KLING_INVALID_ARG_TYPE',
      'an options object must be the only argument: move secretKey and bufferSec into it',
    );
  }
  return first;
}

module.exports = { KlingAuth };

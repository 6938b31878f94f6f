'use strict';

const { raise } = require('./error.js');
const native = require('./native.js');

/** @typedef {ReturnType<ReturnType<import('../native').NativeAuth['reader']>> & { date?: Date }} IssuedToken */

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

  /**
   * @param {string | import('..').KlingAuthOptions | null} [accessKey]
   * @param {string | null} [secretKey]
   * @param {number | null} [bufferSec]
   */
  constructor(accessKey, secretKey, bufferSec) {
    const options = toOptions(accessKey, secretKey, bufferSec);
    this.#native = new native.NativeAuth(options, process.env);
    this.#now = options.now ?? undefined;
  }

  get token() {
    return this.#current().token;
  }

  get headers() {
    // `this.token` is for subclasses to override; a foreign object's must not pass for one.
    if (!(#native in this)) {
      raise('TypeError', 'KLING_INVALID_ARG_TYPE', 'headers belongs to a KlingAuth, not to this');
    }
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
    const issued = this.#current();
    // One Date for all callers of a token: making one takes as long as all the rest of this.
    if (issued.date?.getTime() !== issued.expiresAt) issued.date = new Date(issued.expiresAt);
    return { token: issued.token, expiresAt: issued.date };
  }

  refresh() {
    this.#refresh ??= this.#native.refresher();
    const refresh = this.#refresh;
    const now = this.#now;
    return now === undefined ? refresh() : refresh(now());
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
    // An object that only inherits from the class is inspected through this method too.
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

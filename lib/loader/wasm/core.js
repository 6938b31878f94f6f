'use strict';

const { KlingAuthError, raise } = require('../../error.js');
const { importsOf } = require('./imports.js');

/** In place of a result, as src/wasm/failure.rs has them. */
const ERROR = -1;
/** In place of a field's length, as src/wasm/output.rs has it. */
const ABSENT = 0xffffffff;

const platform = require('#platform');

const { TextDecoder } = platform.encoding();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * A list that no accessor of a shared prototype can get into.
 *
 * @returns {any[]}
 */
function bareList() {
  return Object.setPrototypeOf([], null);
}

/** @param {Uint8Array} bytes */
function* fieldsIn(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at < bytes.length; ) {
    const length = view.getUint32(at, true);
    at += 4;
    if (length === ABSENT) {
      yield undefined;
    } else {
      yield decoder.decode(bytes.subarray(at, at + length));
      at += length;
    }
  }
}

/**
 * What a call makes sure of on the stack, in frames of 2 KiB. The module and what it asks take a few of
 * them. The others are for V8: at the entry of a function that it has yet to compile it throws unless
 * 40 KiB are left. An import that was called before may be such a function, since V8 throws away code
 * that is not used for a while.
 */
const FRAMES = 32;
/** The same of what only looks at numbers, and asks nothing. */
const FEW_FRAMES = 1;

/**
 * What the rest of the package lends.
 *
 * @typedef {object} Lender
 * @property {() => WebAssembly.Module} module Asked when something is first called.
 * @property {(variable: string, path: string) => string} readFile
 */

/** One instance of the module, with its memory. */
class Core {
  /** The values of the running calls. @type {any[]} */
  values = bareList();
  /** Where those of the next call begin. */
  #begin = 0;
  /** Trapped: its memory may be half changed, and is never touched again. */
  isLost = false;
  /** @type {{ error: unknown } | undefined} */
  #thrown;
  /** @type {Record<string, any>} */
  #exports;
  #memory = new Uint8Array();
  /** What the last call has handed back. @type {unknown[]} */
  #given = bareList();

  /** Reads a file for a variable. @readonly */
  readFile;

  /** @param {Lender} lender */
  constructor({ module, readFile }) {
    this.readFile = readFile;
    const { exports } = new WebAssembly.Instance(module(), { js: importsOf(this) });
    this.#exports = /** @type {Record<string, any>} */ (exports);
  }

  /**
   * Puts a value where the next call finds it.
   *
   * @param {unknown} value
   * @returns {number} Its place.
   */
  put(value) {
    const place = this.values.length;
    this.values[place] = value;
    return place;
  }

  /**
   * Calls an export with numbers, among them places of values, and throws what it fails with.
   *
   * @param {string} name
   * @param {...number} numbers
   * @returns {number}
   */
  call(name, ...numbers) {
    const result = this.read(name, ...numbers);
    return result < 0 ? this.#fail(result) : result;
  }

  /**
   * Calls an export that neither fails nor changes nor asks anything, for a fraction of the price.
   *
   * @param {string} name
   * @param {...number} numbers
   * @returns {number}
   */
  peek(name, ...numbers) {
    if (this.isLost) this.#refuse();
    this.#exports.take_stack(FEW_FRAMES);
    try {
      return this.#exports[name](...numbers);
    } catch (error) {
      return this.#lose(error);
    }
  }

  /**
   * Calls an export that does not fail, whatever number it returns.
   *
   * @param {string} name
   * @param {...number} numbers
   * @returns {number}
   */
  read(name, ...numbers) {
    if (this.isLost) this.#refuse();
    this.#checkStack();
    // A getter that the call comes upon may make calls of its own, whose values stand behind these.
    const begin = this.#begin;
    this.#begin = this.values.length;
    let result;
    try {
      result = this.#exports[name](...numbers);
    } catch (error) {
      // No import throws, so this is a trap: a panic, or the end of a stack.
      return this.#lose(error);
    }
    this.#begin = begin;
    this.values.length = begin;
    return result;
  }

  /**
   * What the last call has left, each text or `undefined`. Read once: it is wiped.
   *
   * @returns {(string | undefined)[]}
   */
  fields() {
    const bytes = this.bytes(this.#exports.output_place(), this.#exports.output_length());
    const fields = Array.from(fieldsIn(bytes));
    bytes.fill(0);
    return fields;
  }

  /** @param {unknown} value Handed back to the caller. */
  give(value) {
    this.#given[this.#given.length] = value;
  }

  /** What the last call has handed back. */
  given() {
    const given = this.#given;
    this.#given = bareList();
    return given;
  }

  /**
   * @param {number} at
   * @param {number} length
   */
  bytes(at, length) {
    // Memory that has grown is another buffer. Places beyond 2 GiB come as negative numbers.
    if (this.#memory.length === 0) this.#memory = new Uint8Array(this.#exports.memory.buffer);
    return this.#memory.subarray(at >>> 0, (at >>> 0) + (length >>> 0));
  }

  /**
   * Keeps an exception until the module has returned.
   *
   * @param {unknown} error
   */
  keep(error) {
    this.#thrown ??= { error };
  }

  /**
   * The end of the stack within the module would be the end of the module. So V8's RangeError is let
   * out here, where nothing has been done yet.
   */
  #checkStack() {
    try {
      this.#exports.take_stack(FRAMES);
    } catch (error) {
      this.values.length = this.#begin;
      throw error;
    }
  }

  /** @param {number} result @returns {never} */
  #fail(result) {
    const thrown = this.#thrown;
    this.#thrown = undefined;
    if (result !== ERROR && thrown !== undefined) throw thrown.error;
    const [className = '', code = '', message = ''] = this.fields();
    return raise(className, code, platform.addRemedy(code, message));
  }

  /** @param {unknown} trap @returns {never} */
  #lose(trap) {
    this.isLost = true;
    this.values.length = 0;
    this.#thrown = undefined;
    throw new KlingAuthError('KLING_INTERNAL', 'internal error in kling-auth: please report it', {
      cause: trap,
    });
  }

  /** @returns {never} */
  #refuse() {
    this.values.length = 0;
    return raise(
      'KlingAuthError',
      'KLING_CORE_LOST',
      'an internal error has ended what this object works with: create a new one',
    );
  }
}

/**
 * The instance that is in use: a new one after a trap.
 *
 * @param {Lender} lender
 * @returns {() => Core}
 */
function coreOf(lender) {
  /** @type {Core | undefined} */
  let core;
  return () => {
    if (core === undefined || core.isLost) core = new Core(lender);
    return core;
  };
}

module.exports = { Core, coreOf };

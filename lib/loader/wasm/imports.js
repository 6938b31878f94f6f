'use strict';

// What the module asks of the values of a running call, each by its place in a list. Nothing here
// throws: an exception on its way through WebAssembly would leave Rust's data half changed. It is kept
// instead, the module is told that there is one, and it is thrown once the module has returned.

/** @typedef {InstanceType<typeof import('./core.js').Core>} Core */

/** In place of an answer. */
const THREW = -1;
/** In place of a place or a length: there is none. */
const NONE = -2;
/** Nobody derives options that often. A prototype that a `Proxy` makes up may have no end. */
const MOST_PROTOTYPES = 100;
/** Below this a string's room is estimated, since counting its bytes takes a second pass. */
const SHORT = 1 << 16;

const { TextDecoder, TextEncoder } = require('#platform').encoding();
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** As src/wasm/value.rs numbers them, in this order. */
const KINDS = ['undefined', 'null', 'boolean', 'number', 'string', 'symbol', 'function', 'bigint'];
const ARRAY = 8;
const OBJECT = 9;

/**
 * @param {Core} core
 * @returns {Record<string, (...numbers: number[]) => unknown>}
 */
function importsOf(core) {
  const { values } = core;
  /**
   * @param {(...numbers: any[]) => number} ask
   * @returns {(...numbers: number[]) => number}
   */
  const careful = (ask) => (a, b, c, d) => {
    try {
      return ask(a, b, c, d);
    } catch (error) {
      core.keep(error);
      return THREW;
    }
  };
  /** @param {unknown} value @returns {number} Its place. */
  const put = (value) => core.put(value);
  return {
    kind: careful((place) => {
      const value = values[place];
      if (value === null) return 1;
      if (typeof value === 'object') return Array.isArray(value) ? ARRAY : OBJECT;
      return KINDS.indexOf(typeof value);
    }),
    number: (place) => Number(values[/** @type {number} */ (place)]),
    date: (place) => {
      try {
        return Date.prototype.getTime.call(values[/** @type {number} */ (place)]);
      } catch {
        return Number.POSITIVE_INFINITY;
      }
    },
    length: careful((place) => values[place].length),
    element: careful((place, index) => put(values[place][index])),
    names: careful((place) => put(layersOf(values[place]).flatMap((layer) => Object.keys(layer)))),
    has_class: careful((place) => (layersOf(values[place]).length > 1 ? 1 : 0)),
    member: careful((place, at, length) => {
      const name = decoder.decode(core.bytes(at, length));
      const counts = layersOf(values[place]).some((layer) => Object.hasOwn(layer, name));
      return counts ? put(values[place][name]) : NONE;
    }),
    read: careful((place, at, length) =>
      put(values[place][decoder.decode(core.bytes(at, length))]),
    ),
    read_file: careful((at, length, pathAt, pathLength) => {
      const variable = decoder.decode(core.bytes(at, length));
      return put(core.readFile(variable, decoder.decode(core.bytes(pathAt, pathLength))));
    }),
    give: (place) => core.give(place === NONE ? undefined : values[/** @type {number} */ (place)]),
    text_room: (place) => utf8Room(values[/** @type {number} */ (place)]),
    text: (place, at, room) =>
      encoder.encodeInto(
        values[/** @type {number} */ (place)],
        core.bytes(/** @type {number} */ (at), /** @type {number} */ (room)),
      ).written,
    memory: (place) => {
      const buffer = bufferOf(values[/** @type {number} */ (place)]);
      if (buffer === undefined) return 0;
      return isShared(buffer) ? 2 : 1;
    },
    bytes_length: (place) => viewOf(values[/** @type {number} */ (place)])?.length ?? NONE,
    bytes: (place, at) => {
      const view = viewOf(values[/** @type {number} */ (place)]);
      if (view) core.bytes(/** @type {number} */ (at), view.length).set(view);
    },
    out_of_memory: () => core.keep(new RangeError('out of memory')),
  };
}

/**
 * An object and its prototypes without the last, which is the root; at least the object.
 *
 * @param {object} object
 */
function layersOf(object) {
  let layers = [object];
  let next = Object.getPrototypeOf(object);
  while (next !== null && layers.length < MOST_PROTOTYPES) {
    layers = [...layers, next];
    next = Object.getPrototypeOf(next);
  }
  return layers.length > 1 ? layers.slice(0, -1) : layers;
}

/** @param {string} text */
function utf8Room(text) {
  if (text.length < SHORT) return 3 * text.length;
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    // Half of a pair counts two, a lone one becomes three.
    if (unit > 0x7f) bytes += unit > 0x7ff ? 2 : 1;
  }
  return bytes;
}

/**
 * The memory behind a typed array, a `DataView` or an `ArrayBuffer`.
 *
 * @param {unknown} value
 * @returns {ArrayBufferLike | undefined}
 */
function bufferOf(value) {
  if (ArrayBuffer.isView(value)) return value.buffer;
  return hasBytes(value) ? value : undefined;
}

const byteLength = /** @type {PropertyDescriptor & { get: () => number }} */ (
  Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, 'byteLength')
).get;

/**
 * An `ArrayBuffer` of this realm or another.
 *
 * @param {unknown} value
 * @returns {value is ArrayBuffer}
 */
function hasBytes(value) {
  try {
    byteLength.call(value);
    return true;
  } catch {
    return false;
  }
}

/** @param {ArrayBufferLike} buffer */
function isShared(buffer) {
  return !hasBytes(buffer);
}

/**
 * @param {unknown} value
 * @returns {Uint8Array | undefined}
 */
function viewOf(value) {
  if (ArrayBuffer.isView(value)) {
    // Of a detached buffer nothing is left.
    return value.byteLength === 0
      ? new Uint8Array()
      : new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  }
  if (!hasBytes(value)) return undefined;
  return value.byteLength === 0 ? new Uint8Array() : new Uint8Array(value);
}

module.exports = { importsOf };

'use strict';

/**
 * A member of an options object: its own, or one of its class, which may have accessors. What stands
 * on the root of all objects is none: anything in the process can have put it there. The addon reads
 * by the same rule, src/node/raw/object.rs.
 *
 * @template {object} T
 * @template {keyof T} K
 * @param {T} options
 * @param {K} name
 * @returns {T[K] | undefined}
 */
function member(options, name) {
  // Most are not given, which one look at the object with all its prototypes tells.
  if (!(name in options)) return undefined;
  /** @type {object} */
  let layer = options;
  do {
    if (Object.hasOwn(layer, name)) return options[name];
    layer = Object.getPrototypeOf(layer);
  } while (layer !== null && Object.getPrototypeOf(layer) !== null);
  return undefined;
}

/**
 * The own members of all, of later ones rather than of earlier ones, in an object that inherits from
 * nothing: so that whoever it is handed to, such as the platform's `fetch`, finds no others in it.
 *
 * @param {...object} layers
 * @returns {any}
 */
function merged(...layers) {
  return Object.assign(Object.create(null), ...layers);
}

/**
 * Gives an object members of its own: to set them could call what stands on a prototype.
 *
 * @template {object} T
 * @template {object} M
 * @param {T} object
 * @param {M} members
 * @returns {T & M}
 */
function define(object, members) {
  for (const [name, value] of Object.entries(members)) {
    const descriptor = { value, enumerable: true, configurable: true, writable: true };
    Object.defineProperty(object, name, merged(descriptor));
  }
  return /** @type {T & M} */ (object);
}

const tagged = Object.prototype.toString;

/**
 * What kind of object it is, of whatever realm: `URL`, `Date`.
 *
 * @param {unknown} value
 */
function tagOf(value) {
  return tagged.call(value).slice(8, -1);
}

module.exports = { define, member, merged, tagOf };

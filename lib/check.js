'use strict';

const { merged } = require('./member.js');
const native = require('#native');

/**
 * How a table of options names a type of the typings.
 *
 * @template V
 * @typedef {[V] extends [boolean] ? 'boolean'
 *   : [V] extends [number] ? 'number'
 *   : [V] extends [string] ? 'string'
 *   : [V] extends [Function] ? 'function'
 *   : [V] extends [readonly unknown[]] ? 'array'
 *   : [V] extends [Date | number] ? 'date'
 *   : 'object'} TypeName
 */

/**
 * Each option that the typings declare, with its type, and no other: a table that says anything else
 * does not compile.
 *
 * @template T
 * @typedef {{ [K in keyof T]-?: TypeName<NonNullable<T[K]>> }} OptionTypes
 */

/**
 * Throws unless `options` is absent or an object with known members of the right types. Returns an
 * object with all of these, whatever stands on prototypes.
 *
 * @template {object} T
 * @param {string} argument
 * @param {T | null | undefined} options
 * @param {NoInfer<OptionTypes<T>>} types
 * @returns {T}
 */
function checkOptions(argument, options, types) {
  return native.checkOptions(argument, options, types);
}

/**
 * Throws unless a number is absent or within its range.
 *
 * @param {string} argument
 * @param {number | null | undefined} value
 * @param {{ from: number, to?: number, whole?: boolean, unit?: string }} range Without `to`,
 * `Infinity` fits too.
 */
function checkRange(argument, value, range) {
  if (value == null) return;
  const { from, to = Number.POSITIVE_INFINITY, whole = false, unit } = merged(range);
  const fits = value >= from && value <= to;
  if (fits && (!whole || Number.isInteger(value) || value === Number.POSITIVE_INFINITY)) return;
  const kind = `a${whole ? ' whole' : ''} number${unit ? ` of ${unit}` : ''}`;
  const bounds = Number.isFinite(to) ? `from ${from} to ${to}` : `of at least ${from}`;
  native.refuseNumber(argument, `${kind} ${bounds}`, value);
}

module.exports = { checkOptions, checkRange };

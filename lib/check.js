'use strict';

const native = require('#native');

/** @typedef {'array' | 'boolean' | 'date' | 'function' | 'number' | 'object' | 'string'} Type */

/**
 * Throws unless `options` is absent or an object with known members of the right types. Returns an
 * object with all of these, whatever stands on prototypes.
 *
 * @param {string} argument
 * @param {unknown} options
 * @param {Record<string, Type>} types
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
function checkRange(argument, value, { from, to = Number.POSITIVE_INFINITY, whole = false, unit }) {
  if (value == null) return;
  const fits = value >= from && value <= to;
  if (fits && (!whole || Number.isInteger(value) || value === Number.POSITIVE_INFINITY)) return;
  const kind = `a${whole ? ' whole' : ''} number${unit ? ` of ${unit}` : ''}`;
  const bounds = Number.isFinite(to) ? `from ${from} to ${to}` : `of at least ${from}`;
  native.refuseNumber(argument, `${kind} ${bounds}`, value);
}

module.exports = { checkOptions, checkRange };

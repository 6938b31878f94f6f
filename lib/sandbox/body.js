'use strict';

const { merged } = require('../member.js');

// What a JSON body holds, by its type. Nothing is converted: `String` and `Number` call what an
// object calls `toString` and `valueOf`, and a body can say what these are.

/**
 * An object with the members that the body has, and no others.
 *
 * @param {unknown} value
 * @returns {Record<string, unknown> | undefined}
 */
function object(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? merged(value)
    : undefined;
}

/** A text that says something. @param {unknown} value */
function text(value) {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A number, or a text that is one. @param {unknown} value */
function number(value) {
  if (typeof value !== 'number' && !text(value)) return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

/**
 * @param {unknown} value
 * @param {number} max
 */
function wholeNumber(value, max) {
  const whole = number(value);
  return whole !== undefined && Number.isInteger(whole) && whole >= 1 && whole <= max
    ? whole
    : undefined;
}

module.exports = { number, object, text, wholeNumber };

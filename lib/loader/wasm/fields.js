'use strict';

// Between the module's texts and JavaScript's values.

/** @param {string | undefined} field One that is always there. */
function text(field) {
  return /** @type {string} */ (field);
}

/** @param {string | undefined} field */
function number(field) {
  return field === undefined ? undefined : Number(field);
}

/** What was given as a time. What is none becomes NaN, which the core refuses. @param {unknown} time */
function millis(time) {
  return typeof time === 'number' ? time : Number.NaN;
}

module.exports = { millis, number, text };

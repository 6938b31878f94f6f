'use strict';

const { raise } = require('../error.js');

/**
 * The option `signal`, of which the addon has checked that it is an object.
 *
 * @param {{ signal?: AbortSignal | null | undefined } | null | undefined} options
 * @returns {AbortSignal | undefined}
 */
function signalOf(options) {
  const signal = options?.signal ?? undefined;
  if (signal !== undefined && typeof signal.addEventListener !== 'function') {
    raise(
      'TypeError',
      'KLING_INVALID_ARG_TYPE',
      'signal must be an AbortSignal, received an object',
    );
  }
  return signal;
}

module.exports = { signalOf };

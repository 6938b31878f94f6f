'use strict';

const native = require('#native');

/**
 * The option `signal`, of which the addon has checked that it is an object.
 *
 * @param {AbortSignal | undefined} signal
 * @returns {AbortSignal | undefined}
 */
function signalOf(signal) {
  if (signal !== undefined && typeof signal.addEventListener !== 'function') {
    native.refuseType('signal', 'an AbortSignal', signal);
  }
  return signal;
}

module.exports = { signalOf };

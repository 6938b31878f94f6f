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

/**
 * What an aborted signal rejects with. Some signals of jsdom know no reason.
 *
 * @param {AbortSignal} signal
 */
function reasonOf(signal) {
  return 'reason' in signal
    ? signal.reason
    : new DOMException('This operation was aborted', 'AbortError');
}

/**
 * `signal.throwIfAborted()`, which the signals of jsdom lack.
 *
 * @param {AbortSignal | null | undefined} signal
 */
function throwIfAborted(signal) {
  if (signal?.aborted) throw reasonOf(signal);
}

module.exports = { reasonOf, signalOf, throwIfAborted };

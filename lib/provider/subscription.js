'use strict';

const { refuseArgument } = require('../error.js');

/**
 * How to end a subscription, for as long as the source holds its listener: by this file alone
 * neither is held.
 *
 * @type {WeakMap<() => void, () => void>}
 */
const endings = new WeakMap();

/**
 * Asks a source of credentials to tell of news. What it holds for that holds no provider.
 *
 * @param {(listener: () => void) => unknown} subscribe
 * @param {WeakRef<{ news(): void }>} provider
 * @returns {WeakRef<() => void>} For `end`.
 */
function subscribe(subscribe, provider) {
  const listener = () => provider.deref()?.news();
  const unsubscribe = subscribe(listener);
  if (typeof unsubscribe === 'function') {
    endings.set(listener, /** @type {() => void} */ (unsubscribe));
  } else if (unsubscribe != null) {
    refuseArgument(
      'KLING_INVALID_ARG_TYPE',
      'credentials.subscribe must return a function that ends the subscription, or nothing',
    );
  }
  return new WeakRef(listener);
}

/** @param {WeakRef<() => void>} subscription */
function end(subscription) {
  const listener = subscription.deref();
  if (listener === undefined) return;
  const unsubscribe = endings.get(listener);
  endings.delete(listener);
  unsubscribe?.();
}

module.exports = { end, subscribe };

'use strict';

// The line on which the addon tells of its providers, one for all of them. It knows them by number
// and holds on to none, unless somebody waits.

const native = require('#native');
const { inBackground } = require('./async-context.js');
const { end } = require('./subscription.js');

/** @typedef {Parameters<ConstructorParameters<typeof import('../../native').ProviderEvents>[0]>} Event */

/**
 * @typedef {object} Listening A provider's JavaScript half.
 * @property {(...event: Event) => void} notify
 * @property {() => void} news
 */

/**
 * What is kept of a provider.
 *
 * @typedef {object} Link
 * @property {WeakRef<Listening>} provider
 * @property {WeakRef<() => void> | undefined} subscription
 */

/** @type {Map<number, Link>} */
const links = new Map();
let lastNumber = 0;
/** The providers that somebody waits for. @type {Set<object>} */
const awaited = new Set();
/** Made with the first provider. @type {import('../../native').ProviderEvents | undefined} */
let events;

/** What a new native half is connected to: the line, and its number on it. */
function connection() {
  events ??= new native.ProviderEvents((...event) => inBackground(() => notify(...event)));
  return { events, number: ++lastNumber };
}

/**
 * @param {number} number
 * @param {Listening} provider
 * @returns {Link}
 */
function linkTo(number, provider) {
  const link = { provider: new WeakRef(provider), subscription: undefined };
  links.set(number, link);
  return link;
}

/** @param {Event} event */
function notify(...event) {
  const [number, kind] = event;
  const link = links.get(number);
  if (kind !== 'ended') {
    link?.provider.deref()?.notify(...event);
    return;
  }
  links.delete(number);
  if (link?.subscription !== undefined) end(link.subscription);
}

/**
 * Nothing of ours keeps a process or an instance alive, except while somebody waits for a token.
 *
 * @param {object} provider
 * @param {boolean} isAwaited
 */
function keepAwake(provider, isAwaited) {
  const before = awaited.size;
  if (isAwaited) awaited.add(provider);
  else awaited.delete(provider);
  if (awaited.size !== before && Math.min(awaited.size, before) === 0) {
    events?.stayAwake(awaited.size > 0);
  }
}

module.exports = { connection, keepAwake, linkTo };

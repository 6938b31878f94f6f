'use strict';

// Refreshes and failures, told to a callback and to `node:diagnostics_channel`. Both hear of them in
// a turn of their own, so that nothing they do reaches the code that asked for a token.

const platform = require('#platform');

const { nextTick } = platform;

// Loaded with the package: what is loaded in a later turn, a test runner may have taken away together
// with its test. The channels are held: asking one for its subscribers is cheaper than asking by name.
const { channel } = platform.diagnostics();
const channels = { refresh: channel('kling-auth:refresh'), error: channel('kling-auth:error') };

/**
 * @param {'refresh' | 'error'} kind
 * @param {Function | null | undefined} callback
 */
function isHeard(kind, callback) {
  return callback != null || channels[kind].hasSubscribers;
}

/**
 * @param {'refresh' | 'error'} kind
 * @param {((message: any) => void) | null | undefined} callback
 * @param {unknown} message
 */
function announce(kind, callback, message) {
  if (!isHeard(kind, callback)) return;
  // What is thrown in here is an uncaught exception, as in any other listener's turn.
  if (callback != null) nextTick(callback, message);
  channels[kind].publish(message);
}

/** @type {typeof announce} From inside the program's own call. */
function announceLater(kind, callback, message) {
  nextTick(announce, kind, callback, message);
}

module.exports = { announce, announceLater, isHeard };

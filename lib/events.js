'use strict';

// Refreshes and failures, told to a callback and to `node:diagnostics_channel`. Both hear of them in
// a turn of their own, so that nothing they do reaches the code that asked for a token.

const platform = require('#platform');

const channels = platform.diagnostics();
const { nextTick } = platform;

/**
 * @param {'refresh' | 'error'} kind
 * @param {((message: any) => void) | null | undefined} callback
 * @param {unknown} message
 */
function announce(kind, callback, message) {
  // What is thrown in here is an uncaught exception, as in any other listener's turn.
  if (callback != null) nextTick(callback, message);
  const name = `kling-auth:${kind}`;
  if (channels.hasSubscribers(name)) channels.channel(name).publish(message);
}

/** @type {typeof announce} From inside the program's own call. */
function announceLater(kind, callback, message) {
  nextTick(announce, kind, callback, message);
}

module.exports = { announce, announceLater };

'use strict';

// Refreshes and failures, told to a callback and to `node:diagnostics_channel`. Both hear of them in
// a turn of their own, so that nothing they do reaches the code that asked for a token.

/** @type {typeof import('node:diagnostics_channel') | undefined} */
let channels;

/**
 * @param {'refresh' | 'error'} kind
 * @param {Function | null | undefined} callback
 */
function isHeard(kind, callback) {
  // Loaded on the first token, which is the first time that anything can be heard.
  channels ??= require('node:diagnostics_channel');
  return callback != null || channels.hasSubscribers(`kling-auth:${kind}`);
}

/**
 * @param {'refresh' | 'error'} kind
 * @param {((message: any) => void) | null | undefined} callback
 * @param {unknown} message
 */
function announce(kind, callback, message) {
  if (!isHeard(kind, callback)) return;
  // What is thrown in here is an uncaught exception, as in any other listener's turn.
  if (callback != null) process.nextTick(callback, message);
  channels?.channel(`kling-auth:${kind}`).publish(message);
}

module.exports = { announce, isHeard };

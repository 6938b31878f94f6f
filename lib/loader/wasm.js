'use strict';

const { authClass } = require('./wasm/auth.js');
const { coreOf } = require('./wasm/core.js');
const { ProviderEvents } = require('./wasm/feed.js');
const { nativeClass } = require('./wasm/native.js');
const { NativeTimer, elapsedMs } = require('./wasm/timer.js');
const { webhookClass } = require('./wasm/webhook.js');

/** As src/core/reply/envelope.rs has it; a test holds both together. */
const REPLY_BODY_LIMIT = 64 * 1024;

/**
 * What the addon exports, over WebAssembly.
 *
 * @param {() => WebAssembly.Module} module Asked when something is first called.
 */
function wasmNative(module) {
  /** @type {import('./wasm/core.js').Lender} */
  const lender = { module, readFile: () => '' };
  const currentCore = coreOf(lender);
  return {
    Native: nativeClass(currentCore, lender),
    NativeAuth: authClass(currentCore),
    NativeTimer,
    NativeWebhook: webhookClass(currentCore),
    ProviderEvents,
    REPLY_BODY_LIMIT,
    elapsedMs,
  };
}

module.exports = { wasmNative };

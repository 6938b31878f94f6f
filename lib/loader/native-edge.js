'use strict';

// `#native` in an edge runtime. The module comes later, from what has imported both: some bundlers
// import such a file asynchronously, so that nothing here may ask for it while it loads.

const errors = require('../error.js');
const platform = require('#platform');

// What is published has these classes in this file, and they are asked for while it loads.
Object.assign(module.exports, { errors, platform });

const { wasmNative } = require('./wasm.js');

/** @type {WebAssembly.Module | undefined} */
let core;
const { Native, ...others } = wasmNative(() => core ?? refuse());
const { KlingAuthError, KlingWebhookError } = errors;
const native = new Native(
  TypeError,
  RangeError,
  KlingAuthError,
  KlingWebhookError,
  platform.readFile,
);

/** @returns {never} */
function refuse() {
  return errors.raise(
    'KlingAuthError',
    'KLING_BINARY_MISSING',
    'the WebAssembly module of kling-auth was left out: import kling-auth itself, not a file in it, and ' +
      'let the bundler handle `import "….wasm?module"`',
  );
}

module.exports = Object.assign(native, {
  ...others,
  errors,
  platform,
  read: native.reader(),
  refresh: native.refresher(),
  wasmReason: 'an edge runtime loads no addons',
  /** @param {WebAssembly.Module} module */
  setCore(module) {
    core = module;
  },
});

'use strict';

// Object-literal shorthand: Node finds the names of `import { KlingAuth } from 'kling-auth'` in it.
const { KlingAuth } = require('./lib/auth.js');
const native = require('./lib/native.js');

// What a `KlingAuth` does not need is loaded on first use: each file takes a quarter of the time
// that the addon does.

/** @type {typeof import('.').decodeKlingToken} */
function decodeKlingToken(token) {
  return require('./lib/token.js').decodeKlingToken(token);
}

/** @type {typeof import('.').explainKlingReply} */
function explainKlingReply(reply) {
  return require('./lib/reply.js').explainKlingReply(reply);
}

/** @type {typeof import('.').generateKlingToken} */
function generateKlingToken(options) {
  return require('./lib/token.js').generateKlingToken(options);
}

/** @type {typeof import('.').verifyKlingToken} */
function verifyKlingToken(token, secretKey, options) {
  return require('./lib/token.js').verifyKlingToken(token, secretKey, options);
}

module.exports = {
  KlingAuth,
  decodeKlingToken,
  explainKlingReply,
  generateKlingToken,
  verifyKlingToken,
};

// Classes cannot be wrapped as functions can. Spelled out, in the form in which Node finds the name.
const lazy = {
  get KlingAuthError() {
    return native.errors().KlingAuthError;
  },
  get KlingWebhook() {
    return require('./lib/webhook/verifier.js').KlingWebhook;
  },
  get KlingWebhookError() {
    return native.errors().KlingWebhookError;
  },
};
Object.defineProperty(module.exports, 'KlingAuthError', {
  enumerable: true,
  get() {
    return lazy.KlingAuthError;
  },
});
Object.defineProperty(module.exports, 'KlingWebhook', {
  enumerable: true,
  get() {
    return lazy.KlingWebhook;
  },
});
Object.defineProperty(module.exports, 'KlingWebhookError', {
  enumerable: true,
  get() {
    return lazy.KlingWebhookError;
  },
});

'use strict';

// A table of contents: what the package exports, and from where. Functions and classes that a program
// may not need are loaded when it first asks for them, as each file costs a third of what the addon does.
const { KlingAuth } = require('./lib/auth.js');

/** @type {typeof import('.').decodeKlingToken} */
function decodeKlingToken(token) {
  return require('./lib/token.js').decodeKlingToken(token);
}

/** @type {typeof import('.').explainKlingReply} */
function explainKlingReply(reply) {
  return require('./lib/request/reply.js').explainKlingReply(reply);
}

/** @type {typeof import('.').generateKlingToken} */
function generateKlingToken(options) {
  return require('./lib/token.js').generateKlingToken(options);
}

/** @type {typeof import('.').verifyKlingToken} */
function verifyKlingToken(token, secretKey, options) {
  return require('./lib/token.js').verifyKlingToken(token, secretKey, options);
}

// Object-literal shorthand: Node finds the names of `import { KlingAuth } from 'kling-auth'` in it.
// @ts-expect-error TypeScript knows one way of exporting in a file, and the getters below are another.
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
    return require('./lib/error.js').KlingAuthError;
  },
  get KlingWebhook() {
    return require('./lib/webhook/verifier.js').KlingWebhook;
  },
  get KlingWebhookError() {
    return require('./lib/error.js').KlingWebhookError;
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

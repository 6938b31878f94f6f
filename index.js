'use strict';

// Object-literal shorthand: Node finds the names of `import { KlingAuth } from 'kling-auth'` in it.
const { KlingAuth } = require('./lib/auth.js');
const { KlingAuthError, KlingWebhookError } = require('./lib/error.js');
const { decodeKlingToken, generateKlingToken, verifyKlingToken } = require('./lib/token.js');

// Loaded on first use, as whatever no token needs.
/** @type {typeof import('.').explainKlingReply} */
function explainKlingReply(reply) {
  return require('./lib/reply.js').explainKlingReply(reply);
}

module.exports = {
  KlingAuth,
  KlingAuthError,
  KlingWebhookError,
  decodeKlingToken,
  explainKlingReply,
  generateKlingToken,
  verifyKlingToken,
};

// Loaded on first use: no token needs it.
const lazy = {
  get KlingWebhook() {
    return require('./lib/webhook/verifier.js').KlingWebhook;
  },
};
// In the form in which Node finds the name, as above.
Object.defineProperty(module.exports, 'KlingWebhook', {
  enumerable: true,
  get() {
    return lazy.KlingWebhook;
  },
});

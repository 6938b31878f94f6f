'use strict';

// A table of contents: what the package exports, and from where. Functions load what they need when
// they are first called, as each file costs a third of what the addon does.
const { KlingAuth } = require('./lib/auth.js');
const { KlingAuthError, KlingWebhookError } = require('#native').errors;
const { KlingWebhook } = require('./lib/webhook/verifier.js');

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

// Ordinary properties, the classes too, though they must be loaded for it: mocking tools replace
// members that are there (`jest.mock` leaves getters out, `sinon.stub` and `mock.method` refuse them).
// Shorthand: Node finds the names of `import { KlingAuth } from 'kling-auth'` in it.
module.exports = {
  KlingAuth,
  KlingAuthError,
  KlingWebhook,
  KlingWebhookError,
  decodeKlingToken,
  explainKlingReply,
  generateKlingToken,
  verifyKlingToken,
};

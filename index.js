'use strict';

// Object-literal shorthand: Node finds the names of `import { KlingAuth } from 'kling-auth'` in it.
const { KlingAuth } = require('./lib/auth.js');
const { KlingAuthError } = require('./lib/error.js');
const { decodeKlingToken, generateKlingToken, verifyKlingToken } = require('./lib/token.js');

// Loaded on first use, as whatever no token needs.
/** @type {typeof import('.').explainKlingReply} */
function explainKlingReply(reply) {
  return require('./lib/reply.js').explainKlingReply(reply);
}

module.exports = {
  KlingAuth,
  KlingAuthError,
  decodeKlingToken,
  explainKlingReply,
  generateKlingToken,
  verifyKlingToken,
};

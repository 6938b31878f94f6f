'use strict';

// Object-literal shorthand: Node finds the names of `import { KlingAuth } from 'kling-auth'` in it.
const { KlingAuth } = require('./lib/auth.js');
const { KlingAuthError } = require('./lib/error.js');
const { decodeKlingToken, generateKlingToken, verifyKlingToken } = require('./lib/token.js');

module.exports = {
  KlingAuth,
  KlingAuthError,
  decodeKlingToken,
  generateKlingToken,
  verifyKlingToken,
};

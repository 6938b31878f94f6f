'use strict';

const { KlingAuthError } = require('../error.js');

throw new KlingAuthError(
  'KLING_UNSUPPORTED_RUNTIME',
  'kling-auth must not run in a browser: a secret key must never reach one, where every visitor ' +
    'can read it. Sign on a server, and have the browser call that server instead of Kling.',
);

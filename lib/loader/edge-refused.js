'use strict';

const { KlingAuthError } = require('../error.js');

throw new KlingAuthError(
  'KLING_UNSUPPORTED_RUNTIME',
  'kling-auth/sandbox and kling-auth/credentials need Node.js: an edge runtime has neither servers of ' +
    "one's own nor files. kling-auth and kling-auth/webhook run there.",
);

'use strict';

const { KlingAuthError } = require('../error.js');

throw new KlingAuthError(
  'KLING_UNSUPPORTED_RUNTIME',
  'kling-auth cannot run in an edge runtime, which loads no native addons. What works there: a ' +
    "token that a Node.js function signed and handed over (in Next.js, `export const runtime = 'nodejs'` " +
    'in the route that signs), or signing with Web Crypto.',
);

'use strict';

/** Options that several commands have. */

/** @type {Record<string, import('./args.js').Option>} */
const STDIN = {
  stdin: {
    type: 'boolean',
    help: 'Read NAME=value lines from standard input instead of the environment.',
  },
  dotenv: {
    type: 'string',
    value: 'FILE',
    multiple: true,
    help: 'Read NAME=value lines from a file before the environment. May be repeated.',
  },
};

/** @type {Record<string, import('./args.js').Option>} */
const JSON_OUTPUT = { json: { type: 'boolean', help: 'Print JSON.' } };

/** @type {Record<string, import('./args.js').Option>} */
const HOST = {
  base: { type: 'string', value: 'URL', help: 'Base URL. Default: KLING_API_BASE, else --region.' },
  region: { type: 'string', value: 'REGION', help: 'global (default), cn or legacy.' },
};

/** @type {Record<string, import('./args.js').Option>} */
const TTL = {
  ttl: { type: 'string', value: 'SECONDS', help: 'Lifetime, 1 to 1800. Default: 1800.' },
};

/**
 * An instance for a command's options.
 *
 * @param {import('./main.js').Context} context
 * @param {import('../..').KlingAuthOptions} [options]
 */
function authOf({ values, env }, options) {
  const { KlingAuth } = require('../auth.js');
  const { base, region } = values;
  return new KlingAuth({
    env,
    ...(typeof base === 'string' && { baseUrl: base }),
    ...(typeof region === 'string' && {
      region: /** @type {import('../..').KlingRegion} */ (region),
    }),
    ...options,
  });
}

module.exports = { HOST, JSON_OUTPUT, STDIN, TTL, authOf };

'use strict';

const { number } = require('./args.js');
const { STDIN, TTL, authOf } = require('./options.js');
const { STATUS } = require('./status.js');

/** @type {import('./main.js').Command} */
module.exports = {
  summary: 'Print a token, and nothing else.',
  details: 'curl -H "Authorization: Bearer $(kling-auth token)" …',
  options: { ...TTL, ...STDIN },
  async run(context) {
    const ttlSec = number(context.values, 'ttl');
    context.output.disclose(authOf(context, { ttlSec }).token);
    return STATUS.ok;
  },
};

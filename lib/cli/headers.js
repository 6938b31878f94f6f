'use strict';

const { number } = require('./args.js');
const { JSON_OUTPUT, STDIN, TTL, authOf } = require('./options.js');
const { STATUS } = require('./status.js');

/** @type {import('./main.js').Command} */
module.exports = {
  summary: 'Print the headers of a request.',
  details: 'kling-auth headers | curl -H @- …',
  options: { ...JSON_OUTPUT, ...TTL, ...STDIN },
  async run(context) {
    const { headers } = authOf(context, { ttlSec: number(context.values, 'ttl') });
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
    context.output.disclose(context.json ? JSON.stringify(headers) : lines.join('\n'));
    return STATUS.ok;
  },
};

'use strict';

const { once } = require('node:events');
const { number } = require('./args.js');
const { JSON_OUTPUT } = require('./options.js');
const { STATUS } = require('./status.js');

/** @type {import('./main.js').Command} */
module.exports = {
  summary: 'Run a stand-in for Kling on this machine until Ctrl+C.',
  usage: '[--port N] [--json]',
  details: 'It prints the variables that make a program use it, with made-up credentials.',
  options: {
    port: { type: 'string', value: 'N', help: 'Port to listen on. Default: any that is free.' },
    ...JSON_OUTPUT,
  },
  async run({ values, output, json, io }) {
    const { startKlingSandbox } = require('../sandbox.js');
    const sandbox = await startKlingSandbox({
      port: number(values, 'port'),
      onRequest: ({ method, path, status, code }) => {
        output.note(`${method} ${path} ${status}${code === undefined ? '' : ` ${code}`}`);
      },
    });
    const variables = { ...sandbox.env, KLING_API_KEY: sandbox.apiKey };
    if (json) {
      output.disclose(JSON.stringify(variables));
    } else {
      const { KLING_API_KEY, ...pair } = variables;
      for (const [name, value] of Object.entries(pair)) output.disclose(`export ${name}=${value}`);
      output.disclose(`# or, instead of the pair: export KLING_API_KEY=${KLING_API_KEY}`);
      output.note('The sandbox is running. Ctrl+C ends it.');
    }
    await Promise.race([once(io, 'SIGINT'), once(io, 'SIGTERM')]);
    await sandbox.close();
    return STATUS.ok;
  },
};

'use strict';

const { once } = require('node:events');
const { number } = require('./args.js');
const { JSON_OUTPUT } = require('./options.js');
const { STATUS, UsageError } = require('./status.js');

/** @typedef {import('../../sandbox').KlingSandboxOptions} Options */

/** @type {import('./main.js').Command} */
module.exports = {
  summary: 'Run a stand-in for Kling on this machine until Ctrl+C.',
  details:
    'It prints the variables that make a program use it, with made-up credentials, and the address of its console: a page that shows what the sandbox sees.',
  options: {
    port: { type: 'string', value: 'N', help: 'Port to listen on. Default: any that is free.' },
    'console-port': { type: 'string', value: 'N', help: 'The same for the console.' },
    open: { type: 'boolean', help: 'Open the console in a browser.' },
    'no-console': {
      type: 'boolean',
      help: 'Leave the console out, as --json does unless --console-port or --open ask for it.',
    },
    ...JSON_OUTPUT,
  },
  async run({ values, output, json, io }) {
    /** @type {import('../../sandbox').KlingSandbox} */
    let sandbox;
    /** @type {Options} */
    const options = {
      port: number(values, 'port'),
      console: wantsConsole(values, json),
      consolePort: number(values, 'console-port'),
      onRequest: ({ method, path, status, code, note }) => {
        const reply = code === undefined ? status : `${status} ${code}`;
        output.note(`${method} ${path} ${reply}${note === undefined ? '' : ` (${note})`}`);
      },
      onRotate: () => show(sandbox, { output, json }),
    };
    sandbox = await start(options, output);
    try {
      show(sandbox, { output, json });
      const { consoleUrl } = sandbox;
      if (consoleUrl !== undefined) output.note(`Console: ${consoleUrl}`);
      if (!json) output.note('The sandbox is running. Ctrl+C ends it.');
      if (consoleUrl !== undefined && values.open) {
        const { openBrowser } = require('./browser.js');
        openBrowser(consoleUrl, (problem) => output.note(problem));
      }
      await Promise.race([once(io, 'SIGINT'), once(io, 'SIGTERM')]);
    } finally {
      await sandbox.close();
    }
    return STATUS.ok;
  },
};

/**
 * @param {import('./main.js').Context['values']} values
 * @param {boolean} json What reads JSON looks at no page.
 */
function wantsConsole({ 'no-console': no, 'console-port': port, open }, json) {
  if (!no) return !json || port !== undefined || open === true;
  for (const [name, value] of Object.entries({ 'console-port': port, open })) {
    if (value !== undefined) throw new UsageError(`--no-console leaves no room for --${name}`);
  }
  return false;
}

/**
 * The sandbox is wanted all the same where the console's port is taken.
 *
 * @param {Options} options
 * @param {import('./main.js').Context['output']} output
 */
async function start(options, output) {
  const { startKlingSandbox } = require('../sandbox.js');
  try {
    return await startKlingSandbox(options);
  } catch (error) {
    const { code, port } = /** @type {{ code?: string, port?: number }} */ (Object(error));
    const { consolePort } = options;
    if (code !== 'EADDRINUSE' || port !== consolePort || options.port === consolePort) throw error;
    output.note(`port ${port} is in use: the console gets another one`);
    return startKlingSandbox({ ...options, consolePort: null });
  }
}

/**
 * The credentials that are good now. They are shown here and nowhere else.
 *
 * @param {import('../../sandbox').KlingSandbox} sandbox
 * @param {Pick<import('./main.js').Context, 'output' | 'json'>} context
 */
function show(sandbox, { output, json }) {
  const variables = { ...sandbox.env, KLING_API_KEY: sandbox.apiKey };
  if (json) {
    output.show(JSON.stringify(variables));
    return;
  }
  const { KLING_ACCESS_KEY, KLING_SECRET_KEY, ...others } = variables;
  for (const [name, value] of Object.entries(others)) output.show(`export ${name}=${value}`);
  // Behind a comment: where both kinds are set, the API Key is used, and the pair would only confuse.
  output.show('# or, instead of the API Key, for the legacy endpoints:');
  output.show(`# export KLING_ACCESS_KEY=${KLING_ACCESS_KEY} KLING_SECRET_KEY=${KLING_SECRET_KEY}`);
}

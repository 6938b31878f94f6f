'use strict';

const { number } = require('./args.js');
const { HOST, JSON_OUTPUT, STDIN, authOf } = require('./options.js');
const { STATUS, UsageError } = require('./status.js');
const { ask, describeEndpoints, endpointsOf } = require('./trial.js');
const { describeCredentials, describeSkew } = require('./text.js');

/** @type {import('./main.js').Command} */
module.exports = {
  summary: 'Ask Kling whether the credentials work.',
  details: 'The call is free and creates nothing.',
  options: {
    ...HOST,
    sandbox: {
      type: 'boolean',
      help: 'Needs no key: goes the whole way with made-up ones, on a stand-in for Kling on this machine.',
    },
    timeout: { type: 'string', value: 'MS', help: 'Longest wait for a reply. Default: 10000.' },
    ...STDIN,
    ...JSON_OUTPUT,
  },
  async run(context) {
    const { values, output, json } = context;
    if (values.sandbox) {
      const { sandbox: _, json: __, ...others } = { ...values, ...context.lists };
      for (const name of Object.keys(others))
        throw new UsageError(`--sandbox leaves no room for --${name}`);
      const { rehearse } = require('./rehearsal.js');
      return rehearse(context);
    }
    const timeoutMs = number(values, 'timeout');
    const auth = authOf(context);
    const { verification, before } = await ask(auth, timeoutMs);
    const endpoints = verification.ok ? await endpointsOf(auth) : undefined;
    if (json) {
      output.json({ ...verification, ...(before && { before }), ...(endpoints && { endpoints }) });
    } else {
      if (before !== undefined) {
        const { status, code } = before;
        output.line(
          `- refused for the clock (HTTP ${status}, code ${code}): corrected by ${before.clockSkewSec} s, and tried once more`,
        );
      }
      show(output, verification, describeCredentials(auth), endpoints);
    }
    return verification.ok ? STATUS.ok : STATUS.refused;
  },
};

/**
 * @param {import('./main.js').Context['output']} output
 * @param {import('../..').KlingVerification} verification
 * @param {string} credentials
 * @param {Awaited<ReturnType<typeof endpointsOf>> | undefined} endpoints
 */
function show(output, verification, credentials, endpoints) {
  const { ok, status, code, message, hint, requestId, baseUrl, latencyMs } = verification;
  output.line(
    ok
      ? output.paint('green', '✓ Kling accepts the credentials')
      : output.paint('red', '✗ Kling refuses'),
  );
  output.table([
    ['reply', ok ? null : `HTTP ${status}${code === null ? '' : `, code ${code}`}`],
    ['message', ok ? null : message],
    ['hint', hint],
    ['request', ok ? null : requestId],
    ['host', baseUrl],
    ['sent', credentials],
    ['takes', endpoints === undefined ? null : describeEndpoints(endpoints)],
    ['latency', `${latencyMs} ms`],
    ['clock', describeSkew(verification.clockSkewSec)],
  ]);
}

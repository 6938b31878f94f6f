'use strict';

const { COMPARE, checklist } = require('./checks/checklist.js');
const { ALL_REGIONS, otherRegion, refuseOffline } = require('./checks/other-region.js');
const { HOST, JSON_OUTPUT, STDIN, authOf } = require('./options.js');
const { STATUS, statusOf } = require('./status.js');
const { further } = require('./further.js');
const { ask, describeEndpoints, endpointsOf } = require('./trial.js');
const { describeCredentials, describeSkew, printable, withoutSecrets } = require('./text.js');

/**
 * @typedef {object} Finding
 * @property {string} check
 * @property {boolean | null} ok `null` where it could not be looked at.
 * @property {string} detail
 * @property {string} [fix]
 * @property {number} [status] The exit status, if it is not that of a refusal.
 */

/** Beyond this the clock is worth mending. Kling’s samples tolerate as much. */
const TOLERATED_SKEW_SEC = 5;

/** @type {import('./main.js').Command} */
module.exports = {
  summary: 'Look for what may be wrong, and say what mends it.',
  details:
    'Looks at Node.js, the addon, the credentials, the clock and the way to Kling. Without credentials\nit asks Kling with made-up ones, which shows at least that the host answers.',
  options: {
    ...HOST,
    ...COMPARE,
    offline: { type: 'boolean', help: 'Look at all that needs no network, and at nothing else.' },
    ...ALL_REGIONS,
    ...STDIN,
    ...JSON_OUTPUT,
  },
  async run(context) {
    const { output, json } = context;
    refuseOffline(context.values);
    /** @type {number} */
    let status = STATUS.ok;
    const findings = [];
    for await (const finding of examine(context)) {
      const { status: _, ...shown } = finding;
      findings.push(shown);
      if (!json) show(output, finding);
      if (finding.ok === false) status = Math.max(status, finding.status ?? STATUS.refused);
    }
    if (json) output.json({ ok: status === STATUS.ok, findings });
    return status;
  },
};

/** @param {import('./main.js').Context} context */
async function* examine(context) {
  yield node();
  const found = addon();
  yield found;
  yield* variables(context.env);
  yield* checklist(context);
  if (found.ok) yield* credentials(context);
}

/** @returns {Finding} */
function node() {
  const { platform, arch, version } = process;
  return { check: 'node', ok: true, detail: `${version} on ${platform}-${arch}` };
}

/** @returns {Finding} */
function addon() {
  const { version } = require('../../package.json');
  /** @type {typeof import('../loader/native.js')} */
  let native;
  try {
    native = require('#native');
  } catch (error) {
    return { check: 'addon', ok: false, ...describe(error) };
  }
  if (native.wasmReason !== undefined) {
    const detail = `kling-auth ${version}, as WebAssembly: ${native.wasmReason}`;
    // Where nobody can help it, it is no fault.
    if (native.missing === undefined) return { check: 'addon', ok: true, detail };
    const [, remedy = ''] = / To mend it, (.*)\.$/.exec(native.missing) ?? [];
    return { check: 'addon', ok: null, detail, fix: remedy };
  }
  const file = Object.keys(require.cache).find((path) => path.endsWith('.node'));
  return { check: 'addon', ok: true, detail: `kling-auth ${version}, ${file}` };
}

/**
 * The variables that concern Kling, by name and length: of a name that is not ours, nobody knows
 * whether it holds a secret.
 *
 * @param {Record<string, string | undefined>} env
 * @returns {Finding[]}
 */
function variables(env) {
  const found = Object.entries(env).filter(([name]) => /^KLING(AI)?_/.test(name));
  if (found.length === 0) return [{ check: 'variables', ok: null, detail: 'no KLING_… is set' }];
  return found.map(([name, value = '']) => {
    const isUrl = name === 'KLING_API_BASE';
    const detail =
      value === '' ? 'empty' : isUrl ? withoutSecrets(value) : `${value.length} characters`;
    return { check: name, ok: value === '' ? null : true, detail };
  });
}

/**
 * The credentials, and what can only be seen by using them.
 *
 * @param {import('./main.js').Context} context
 * @returns {AsyncGenerator<Finding, void>}
 */
async function* credentials(context) {
  let auth;
  let refusal;
  try {
    auth = authOf(context);
    yield { check: 'credentials', ok: true, detail: describeCredentials(auth) };
  } catch (error) {
    refusal = error instanceof Error ? error.message : undefined;
    yield { check: 'credentials', ok: false, ...describe(error) };
  }
  const ofUser = auth !== undefined;
  yield* further(context, auth, refusal);
  if (context.values.offline) return;
  let verification;
  let before;
  try {
    // Without credentials a made-up pair shows at least whether the host answers.
    auth ??= authOf(context, { accessKey: 'AKdoctor', secretKey: 'made up by kling-auth doctor' });
    ({ verification, before } = await ask(auth));
  } catch (error) {
    yield { check: 'host', ok: false, status: statusOf(error), ...describe(error) };
    return;
  }
  const { ok, baseUrl, latencyMs, clockSkewSec, code, status, hint, message } = verification;
  yield { check: 'host', ok: true, detail: `${baseUrl} answered in ${latencyMs} ms` };
  const inStep = Math.abs(clockSkewSec) <= TOLERATED_SKEW_SEC;
  yield {
    check: 'clock',
    ok: inStep,
    detail: describeSkew(clockSkewSec),
    ...(!inStep && { fix: 'set the clock, or let NTP do it; KlingAuth makes up for it meanwhile' }),
  };
  if (!ofUser) return;
  if (before !== undefined) {
    yield {
      check: 'retry',
      ok: null,
      detail: `refused for the clock (HTTP ${before.status}, code ${before.code}), then tried once more with the corrected time`,
    };
  }
  yield {
    check: 'verify',
    ok,
    detail: ok
      ? 'Kling accepts the credentials'
      : `HTTP ${status}, code ${code}${message === null ? '' : `: ${message}`}`,
    ...(hint !== null && { fix: hint }),
  };
  if (!ok) {
    yield* otherRegion(context, verification);
    return;
  }
  const endpoints = await endpointsOf(auth);
  yield { check: 'endpoints', ok: true, detail: describeEndpoints(endpoints) };
}

/**
 * The sentence before a colon says what is wrong, the one after it what mends it.
 *
 * @param {unknown} error
 * @returns {{ detail: string, fix?: string }}
 */
function describe(error) {
  const message = error instanceof Error ? error.message : String(error);
  const [detail = '', ...rest] = message.split(': ');
  return rest.length === 0 ? { detail } : { detail, fix: rest.join(': ') };
}

/**
 * @param {import('./main.js').Context['output']} output
 * @param {Finding} finding
 */
function show(output, { check, ok, detail, fix }) {
  const mark =
    ok === null
      ? output.paint('yellow', '-')
      : ok
        ? output.paint('green', '✓')
        : output.paint('red', '✗');
  output.line(`${mark} ${output.paint('bold', check)}  ${printable(detail)}`);
  if (fix !== undefined) output.line(`  ${output.paint('dim', 'to mend it:')} ${printable(fix)}`);
}

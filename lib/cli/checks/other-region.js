'use strict';

const { authOf } = require('../options.js');
const { UsageError } = require('../status.js');
const { ask } = require('../trial.js');

/** @typedef {import('../doctor.js').Finding} Finding */

/** @type {Record<string, import('../args.js').Option>} */
const ALL_REGIONS = {
  'all-regions': {
    type: 'boolean',
    help: 'Ask Kling’s other region too where this one does not know the key.',
  },
};

/** @param {import('../main.js').Context['values']} values */
function refuseOffline(values) {
  if (values['all-regions'] && values.offline)
    throw new UsageError('--offline leaves no room for --all-regions');
}

/**
 * Whether the refusal says that nobody knows the key: 1002, or 1000 for a token, which Kling answers
 * to an unknown access key as well as to a wrong signature.
 *
 * @param {import('../../..').KlingVerification} verification
 */
function isUnknownKey({ ok, code, credential }) {
  return !ok && (code === 1002 || (code === 1000 && credential === 'jwt'));
}

/**
 * Asks the other region, from one of Kling's own hosts only: the key of a gateway
 * is none of Kling's business.
 *
 * @param {import('../main.js').Context} context
 * @param {import('../../..').KlingVerification} verification
 * @returns {AsyncGenerator<Finding, void>}
 */
async function* otherRegion(context, verification) {
  if (!context.values['all-regions'] || !isUnknownKey(verification)) return;
  const check = 'other region';
  const { host } = new URL(verification.baseUrl);
  const other = require('#native').otherRegionOf(host);
  if (other === undefined) {
    yield {
      check,
      ok: null,
      detail: 'not asked: the base URL is none of Kling’s, whose hosts see no key of a gateway',
    };
    return;
  }
  // The address takes the place of --base and --region, which led to the first host.
  const auth = authOf({ ...context, values: {} }, { baseUrl: `https://${other}` });
  try {
    yield { check, ...judged((await ask(auth)).verification, other, context) };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    yield { check, ok: null, detail };
  }
}

/**
 * @param {import('../../..').KlingVerification} verification
 * @param {string} host
 * @param {import('../main.js').Context} context
 * @returns {Omit<Finding, 'check'>}
 */
function judged(verification, host, { values, env }) {
  const { ok, status, code } = verification;
  if (ok) {
    const region = host === 'api-beijing.klingai.com' ? 'cn' : 'global';
    const place = values.base ? '--base' : env.KLING_API_BASE ? 'KLING_API_BASE' : undefined;
    return {
      ok: false,
      detail: `${host} accepts the credentials: they belong to that region`,
      fix: `use region: '${region}' (--region ${region})${place === undefined ? '' : ` in place of ${place}`}`,
    };
  }
  const reply = `HTTP ${status}, code ${code}`;
  const detail = isUnknownKey(verification)
    ? `${host} does not know the key either (${reply})`
    : `${host} does not tell whether it knows the key (${reply})`;
  return { ok: null, detail };
}

module.exports = { ALL_REGIONS, otherRegion, refuseOffline };

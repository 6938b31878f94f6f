'use strict';

const { object } = require('../body.js');

/** @typedef {import('../instance.js').Sandbox} Sandbox */

/** What a day, ahead or behind, makes of `Date`. */
const LIE_MS = 86_400_000;

/**
 * What the page's controls do, by name. What they are given was written by whoever sent it: the
 * sandbox's own methods check it.
 *
 * @type {Record<string, (sandbox: Sandbox, given: Record<string, any>, now: number) => unknown>}
 */
const ACTIONS = {
  fault: (sandbox, { what, code, times, path, delayMs, message }, now) => {
    const common = { times: times ?? 1, ...(path && { path }) };
    sandbox.fail({ ...common, ...faultOf(what, { code, delayMs, message, now }) });
  },
  recover: (sandbox) => sandbox.recover(),
  skew: (sandbox, { sec }) => {
    sandbox.clockSkewSec = sec;
  },
  rotate: (sandbox, { keepPrevious }) => sandbox.rotate({ keepPrevious }),
  rotateWebhook: (sandbox, { emergency }) => sandbox.rotateWebhookSecret({ emergency }),
  revoke: (sandbox) => sandbox.revoke(),
  failTask: (sandbox, { id }) => {
    if (!sandbox.failTask(String(id))) throw new RangeError('the task has ended already');
  },
  resend: async (sandbox, { id, how }) => {
    const sent = await sandbox.resendCallback(String(id), how);
    if (sent.length === 0) throw new RangeError('the callback is no longer kept');
  },
};

/**
 * @param {unknown} what
 * @param {{ code: any, delayMs: any, message: any, now: number }} given
 * @returns {import('../../../sandbox').KlingSandboxFault}
 */
function faultOf(what, { code, delayMs, message, now }) {
  switch (what) {
    case 'code':
      return { code };
    case 'delay':
      return { delayMs };
    case 'reset':
      return { reset: true };
    case 'lost':
      return { lost: true };
    case 'lostWithStatus':
      return { lost: true, code: 5002 };
    case 'date':
      return { date: now + LIE_MS };
    case 'taskFails':
      return { taskFails: message || 'Failure to pass the risk control system' };
    default:
      throw new RangeError('there is no such fault');
  }
}

/**
 * @param {Sandbox} sandbox
 * @param {unknown} order
 * @param {number} now
 * @returns {Promise<string | undefined>} What was wrong with it, where something was.
 */
async function act(sandbox, order, now) {
  const { do: name, ...given } = object(order) ?? {};
  const action =
    typeof name === 'string' && Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
  if (action === undefined) return 'there is no such control';
  try {
    await action(sandbox, given, now);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

module.exports = { act };

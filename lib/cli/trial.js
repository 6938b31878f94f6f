'use strict';

// What can only be seen by asking. None of these calls creates anything.

/** @typedef {Pick<import('../..').KlingAuth, 'verify' | 'fetch' | 'explain'>} KlingAuth */
/** @typedef {import('../..').KlingVerification} KlingVerification */

/**
 * Asks Kling, and once more with the corrected clock where that is what was wrong.
 *
 * @param {KlingAuth} auth
 * @param {number} [timeoutMs]
 * @returns {Promise<{ verification: KlingVerification, before: KlingVerification | undefined }>}
 */
async function ask(auth, timeoutMs) {
  const verification = await auth.verify({ timeoutMs });
  if (verification.kind !== 'clock' || verification.credential !== 'jwt') {
    return { verification, before: undefined };
  }
  return { verification: await auth.verify({ timeoutMs }), before: verification };
}

/** One call of each kind of endpoint: the legacy ones live under `/v1/`, the newer do not. */
const CALLS = {
  legacy: '/v1/videos/text2video?pageNum=1&pageSize=1',
  newer: '/tasks?task_ids=0',
};

/**
 * Which kinds of endpoints take these credentials; `null` where no reply tells.
 *
 * @param {KlingAuth} auth
 * @returns {Promise<Record<keyof typeof CALLS, boolean | null>>}
 */
async function endpointsOf(auth) {
  return { legacy: await works(auth, CALLS.legacy), newer: await works(auth, CALLS.newer) };
}

/**
 * @param {KlingAuth} auth
 * @param {string} path
 */
async function works(auth, path) {
  try {
    const response = await auth.fetch(path);
    const { ok, kind, status, code } = await auth.explain(response);
    await response.body?.cancel();
    // Parameters are looked at after the credentials.
    if (ok || (status === 400 && code !== null)) return true;
    return kind === 'auth' || kind === 'permission' ? false : null;
  } catch {
    return null;
  }
}

/** @param {Record<keyof typeof CALLS, boolean | null>} endpoints */
function describeEndpoints({ legacy, newer }) {
  const words = (/** @type {boolean | null} */ works) =>
    works === null ? 'not known' : works ? 'yes' : 'no';
  return `legacy (/v1/…): ${words(legacy)}, newer (/tasks, /text-to-video/…): ${words(newer)}`;
}

module.exports = { ask, describeEndpoints, endpointsOf };

'use strict';

/** Keys are to be replaced each quarter. */
const MAX_AGE_DAYS = 90;
const DAY_MS = 24 * 60 * 60 * 1000;
const VARIABLE = 'KLING_KEYS_CREATED';

/**
 * How old the keys are, by the day that their owner has noted: nothing else tells it.
 *
 * @param {Record<string, string | undefined>} env
 * @param {readonly string[]} prefixes
 * @param {number} now Milliseconds since the epoch.
 * @returns {import('../doctor.js').Finding[]}
 */
function keysAge(env, prefixes, now) {
  return prefixes.flatMap((prefix) => ageOf(env, prefix, now));
}

/**
 * @param {Record<string, string | undefined>} env
 * @param {string} prefix
 * @param {number} now
 * @returns {import('../doctor.js').Finding[]}
 */
function ageOf(env, prefix, now) {
  const check = `${prefix}${VARIABLE}`;
  const value = env[check];
  if (!value) return [];
  const created = dayOf(value);
  if (created === undefined) {
    const fix = 'write the day on which the keys were made, such as 2026-11-01';
    return [{ check, ok: false, detail: 'not a day', fix }];
  }
  const days = Math.floor((now - created) / DAY_MS);
  // A day begins earlier east of here.
  if (days < -1) {
    const fix = 'write the day on which the keys were made';
    return [{ check, ok: false, detail: 'a day that has not come yet', fix }];
  }
  const detail = `the keys are ${Math.max(days, 0)} days old`;
  if (days <= MAX_AGE_DAYS) return [{ check, ok: true, detail }];
  const fix = `create new ones in Kling's console each quarter, put them in place, disable the old ones, and write down the day`;
  return [{ check, ok: false, detail: `${detail}, more than ${MAX_AGE_DAYS}`, fix }];
}

/**
 * The beginning of a day in UTC.
 *
 * @param {string} value
 */
function dayOf(value) {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(value)) return undefined;
  const millis = Date.parse(value);
  // The engine takes 30 February for 2 March.
  const isDay = !Number.isNaN(millis) && new Date(millis).toISOString().startsWith(value);
  return isDay ? millis : undefined;
}

module.exports = { keysAge };

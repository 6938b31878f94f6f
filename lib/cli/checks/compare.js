'use strict';

const { NAMES } = require('../../credentials/secret.js');
const { UsageError } = require('../status.js');

/** The variables that hold a key. */
const VARIABLES = [
  ...new Set(NAMES.flatMap((names) => Object.values(names)).filter((name) => /^KLING/.test(name))),
  'KLING_WEBHOOK_SECRET',
];

/**
 * The option `--compare`, taken apart.
 *
 * @param {string | boolean | undefined} given
 * @returns {string[] | undefined}
 */
function prefixesOf(given) {
  if (typeof given !== 'string') return undefined;
  const prefixes = [...new Set(given.split(',').map((prefix) => prefix.trim()))];
  if (prefixes.length < 2 || !prefixes.every((prefix) => /^([A-Za-z_]\w*)?$/.test(prefix))) {
    throw new UsageError(
      '--compare takes two or more beginnings of variables, such as STAGING_,PROD_',
    );
  }
  return prefixes;
}

/**
 * Whether one key serves two environments: then what leaks from one opens the other.
 *
 * @param {Record<string, string | undefined>} env
 * @param {readonly string[]} prefixes
 * @returns {import('../doctor.js').Finding}
 */
function compared(env, prefixes) {
  /** @type {Map<string, Map<string, string>>} The first variable of each prefix, by the key. */
  const places = new Map();
  const without = [];
  const unread = [];
  for (const prefix of prefixes) {
    let isSet = false;
    for (const name of VARIABLES.map((variable) => `${prefix}${variable}`)) {
      const { key, problem } = keyIn(env, name);
      if (problem !== undefined) unread.push(problem);
      if (key === undefined) continue;
      isSet = true;
      const byPrefix = places.get(key) ?? new Map();
      if (!byPrefix.has(prefix)) byPrefix.set(prefix, name);
      places.set(key, byPrefix);
    }
    if (!isSet) without.push(prefix === '' ? 'without a prefix' : `under ${prefix}`);
  }
  const check = 'compare';
  const shared = [...places.values()].filter((byPrefix) => byPrefix.size > 1);
  if (shared.length > 0) {
    const names = shared.map((byPrefix) => [...byPrefix.values()].join(' and '));
    return {
      check,
      ok: false,
      detail: `the same key in ${names.join(', and in ')}`,
      fix: 'create a key for each environment, so that what leaks from one opens no other',
    };
  }
  if (unread.length > 0) return { check, ok: null, detail: `not all could be read: ${unread[0]}` };
  if (without.length > 0) return { check, ok: null, detail: `no key is set ${without.join(', ')}` };
  return { check, ok: true, detail: `no key is under two of ${prefixes.join(', ')}` };
}

/**
 * @param {Record<string, string | undefined>} env
 * @param {string} name
 * @returns {{ key?: string, problem?: string }}
 */
function keyIn(env, name) {
  if (env[name]) return { key: env[name] };
  const path = env[`${name}_FILE`];
  if (!path) return {};
  try {
    const { readFileNow } = require('../../credentials/read-file.js');
    return { key: readFileNow(path, `${name}_FILE`) };
  } catch (error) {
    return { problem: /** @type {Error} */ (error).message };
  }
}

module.exports = { compared, prefixesOf };

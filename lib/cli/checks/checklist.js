'use strict';

const { compared, prefixesOf } = require('./compare.js');
const { envFiles } = require('./env-files.js');
const { keysAge } = require('./keys-age.js');

/** @typedef {import('../doctor.js').Finding} Finding */

/** @type {Record<string, import('../args.js').Option>} */
const COMPARE = {
  compare: {
    type: 'string',
    value: 'PREFIXES',
    help: 'Look for one key under two prefixes, such as STAGING_,PROD_.',
  },
};

/**
 * What those who keep keys are to heed: not in git, one for each environment, new each quarter.
 *
 * @param {import('../main.js').Context} context
 * @returns {Finding[]}
 */
function checklist({ env, values }) {
  const prefixes = prefixesOf(values.compare);
  return [
    ...envFiles(process.cwd()),
    ...keysAge(env, prefixes ?? [''], Date.now()),
    ...(prefixes === undefined ? [] : [compared(env, prefixes)]),
  ];
}

module.exports = { COMPARE, checklist };

'use strict';

const { decode } = require('../credentials/decode.js');
const { UsageError } = require('./status.js');

/** More than any token or file of variables has. */
const MAX_INPUT_BYTES = 2 ** 20;

/**
 * Standard input to its end.
 *
 * @param {AsyncIterable<Buffer | string>} stdin
 */
async function readAll(stdin) {
  const chunks = [];
  let size = 0;
  for await (const chunk of stdin) {
    size += chunk.length;
    if (size > MAX_INPUT_BYTES) throw new Error('standard input is too long: more than 1 MiB');
    chunks.push(Buffer.from(chunk));
  }
  return decode(Buffer.concat(chunks));
}

/**
 * Variables in what was handed in. A key without its name is told apart from none.
 *
 * @param {string} text
 */
function variablesOf(text) {
  const { parseVariables } = require('../credentials/variables.js');
  const variables = parseVariables(text);
  if (text.trim() === '' || Object.keys(variables).length > 0) return variables;
  const { looksLike } = require('#native').describeKey('KLING_API_KEY', text.trim(), '');
  const known = looksLike === undefined || looksLike.startsWith('no ') ? '' : `, but ${looksLike}`;
  throw new UsageError(
    `standard input has no line such as KLING_API_KEY=…${known}: write the name and "=" before each key`,
  );
}

/**
 * What stands in files such as `.env`, of which a later one goes before an earlier one.
 *
 * @param {readonly string[]} files
 * @returns {Record<string, string>}
 */
function variablesIn(files) {
  const { readFileSync } = require('node:fs');
  const { parseVariables } = require('../credentials/variables.js');
  const found = files.map((file) => {
    try {
      return parseVariables(decode(readFileSync(file)));
    } catch (error) {
      const { code } = /** @type {{ code?: string }} */ (error);
      throw new UsageError(`a file of --dotenv cannot be read (${code}): check its path`);
    }
  });
  return Object.assign({}, ...found);
}

/**
 * Whether a `.env` lies in the folder that nobody has asked to be read.
 *
 * @param {import('./main.js').Context['values']} values
 * @param {import('./main.js').Context['lists']} lists
 */
function isDotenvUnread(values, lists) {
  const { existsSync } = require('node:fs');
  return lists.dotenv === undefined && !values.stdin && existsSync('.env');
}

module.exports = { isDotenvUnread, readAll, variablesIn, variablesOf };

'use strict';

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
  return Buffer.concat(chunks).toString();
}

/**
 * Variables as they stand in a `.env` file: `NAME=value` lines, quotes around a value, `export`
 * before a name, comments.
 *
 * @param {string} text
 */
function parseVariables(text) {
  /** @type {Record<string, string>} */
  const variables = {};
  for (const line of text.replace(/^\uFEFF/, '').split(/\r?\n/)) {
    const [, name, raw = ''] = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (name === undefined) continue;
    const [, , quoted] = /^(["'])(.*?)\1/.exec(raw) ?? [];
    variables[name] = quoted ?? raw.replace(/\s#.*$/, '').trimEnd();
  }
  return variables;
}

module.exports = { parseVariables, readAll };

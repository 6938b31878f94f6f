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

module.exports = { readAll };

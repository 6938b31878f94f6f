'use strict';

/**
 * The text of a file. Editors on Windows begin it with a byte order mark, and what its PowerShell 5 writes
 * with `>` is UTF-16: neither is part of a key.
 *
 * @param {Buffer} bytes
 */
function decode(bytes) {
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  return bytes.toString(isUtf16 ? 'utf16le' : 'utf8').replace(/^\uFEFF/, '');
}

module.exports = { decode };

'use strict';

const { closeSync, openSync, readSync } = require('node:fs');

/** The program header that names the loader (ELF specification, `PT_INTERP`). */
const PT_INTERP = 3;

/**
 * Whether this executable asks for musl's loader. 64-bit, little-endian ELF, as on x64 and arm64.
 */
function usesMusl() {
  const file = openSync(process.execPath, 'r');
  /** @param {number} offset @param {number} length */
  const read = (offset, length) => {
    const bytes = Buffer.alloc(length);
    readSync(file, bytes, 0, length, offset);
    return bytes;
  };
  try {
    const header = read(0, 64);
    const size = header.readUInt16LE(54);
    const headers = read(Number(header.readBigUInt64LE(32)), size * header.readUInt16LE(56));
    for (let at = 0; at < headers.length; at += size) {
      if (headers.readUInt32LE(at) !== PT_INTERP) continue;
      const [offset, length] = [headers.readBigUInt64LE(at + 8), headers.readBigUInt64LE(at + 32)];
      return read(Number(offset), Number(length)).includes('/ld-musl-');
    }
    return false;
  } finally {
    closeSync(file);
  }
}

module.exports = { usesMusl };

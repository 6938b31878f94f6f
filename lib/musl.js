'use strict';

const { closeSync, openSync, readSync } = require('node:fs');

/** Whether this executable names musl's loader, as a dynamically linked one does in its head. */
function usesMusl() {
  const head = Buffer.alloc(4096);
  const file = openSync(process.execPath, 'r');
  try {
    readSync(file, head, 0, head.length, 0);
  } finally {
    closeSync(file);
  }
  return head.includes('/ld-musl-');
}

module.exports = { usesMusl };

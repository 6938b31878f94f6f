'use strict';

// Preloaded into a program: it waits for no time, and ends itself as a crash would at one of its own
// steps, of which waiting is one and putting a file in its place are two.
const fs = require('node:fs');
const timers = require('node:timers/promises');
const { syncBuiltinESMExports } = require('node:module');

const { KILL_AT, WAITS } = process.env;
let steps = 0;

function step() {
  steps += 1;
  if (steps === Number(KILL_AT)) process.kill(process.pid, 'SIGKILL');
}

timers.setTimeout = async (ms) => {
  fs.appendFileSync(WAITS, `${ms}\n`);
  step();
};

const { rename } = fs.promises;
fs.promises.rename = async (...paths) => {
  step();
  await rename(...paths);
  step();
};
syncBuiltinESMExports();

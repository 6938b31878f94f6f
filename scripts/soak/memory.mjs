// Memory stays flat: 5 million reads, a million signatures and 300,000 errors after a warm-up.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { setImmediate } from 'node:timers/promises';

const { KlingAuth, generateKlingToken, verifyKlingToken } = createRequire(import.meta.url)(
  '../../index.js',
);
const keys = { accessKey: 'ak-0123456789', secretKey: 'sk-0123456789' };
const misled = new KlingAuth({ ...keys, now: () => 5 });
const throwing = {
  get ttlSec() {
    throw new Error('mine');
  },
};
const SLACK = 4 << 20; // what the allocator keeps back from one round to the next

const WORK = {
  reads: [5_000_000, (auth) => auth.token],
  signatures: [1_000_000, (auth, i) => (i % 2 ? auth.refresh() : generateKlingToken(keys))],
  errors: [
    300_000,
    (auth, i) => {
      try {
        // The core's own, by either way out of the addon, and what a getter throws.
        if (i % 3 === 0) verifyKlingToken(auth, keys.secretKey);
        else if (i % 3 === 1) misled.token;
        else new KlingAuth(throwing);
      } catch {
        return;
      }
      assert.fail('no error was thrown');
    },
  ],
};

function perform([count, work]) {
  const auth = new KlingAuth({ ...keys });
  for (let i = 0; i < count; i++) work(auth, i);
}

async function memory() {
  for (let i = 0; i < 3; i++) {
    gc();
    await setImmediate(); // finalizers run in a turn of their own
  }
  const { rss, heapUsed } = process.memoryUsage();
  return { rss, heapUsed };
}

// The heaps of JavaScript and of the allocator take all of it once to reach their sizes.
for (const part of Object.values(WORK)) perform(part);
const before = await memory();
for (const [name, part] of Object.entries(WORK)) {
  perform(part);
  const after = await memory();
  for (const kind of ['rss', 'heapUsed']) {
    const grown = after[kind] - before[kind];
    const [above, base] = [grown, before[kind]].map((bytes) => (bytes / 1024).toFixed(0));
    console.log(`${part[0]} ${name}: ${kind} ${above} KiB above ${base} KiB after warm-up`);
    assert.ok(grown < SLACK, `${kind} grew by ${grown} bytes`);
  }
}

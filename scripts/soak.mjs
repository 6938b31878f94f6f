// Memory stays flat: 5 million reads, a million signatures and 100,000 errors after a warm-up.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';

if (!globalThis.gc) {
  const { status } = spawnSync(process.execPath, ['--expose-gc', ...process.argv.slice(1)], {
    stdio: 'inherit',
  });
  process.exit(status ?? 1);
}

const { KlingAuth, generateKlingToken, verifyKlingToken } = createRequire(import.meta.url)(
  '../index.js',
);
const keys = { accessKey: 'ak-0123456789', secretKey: 'sk-0123456789' };
const SLACK = 8 << 20; // what the allocator keeps back from one round to the next

const WORK = {
  reads: [5_000_000, (auth) => auth.token],
  signatures: [1_000_000, (auth, i) => (i % 2 ? auth.refresh() : generateKlingToken(keys))],
  errors: [
    100_000,
    (auth, i) => {
      try {
        if (i % 2) verifyKlingToken(auth, keys.secretKey);
        else new KlingAuth({ ...keys, acessKey: '' });
      } catch {
        return;
      }
      assert.fail('no error was thrown');
    },
  ],
};

function round(share) {
  const auth = new KlingAuth({ ...keys });
  for (const [count, work] of Object.values(WORK)) {
    for (let i = 0; i < count * share; i++) work(auth, i);
  }
}

function resident() {
  for (let i = 0; i < 3; i++) gc();
  return process.memoryUsage().rss;
}

round(0.1);
const before = resident();
for (const [name, [count, work]] of Object.entries(WORK)) {
  const auth = new KlingAuth({ ...keys });
  for (let i = 0; i < count; i++) work(auth, i);
  const grown = resident() - before;
  console.log(
    `${count} ${name}: resident memory ${(grown / 1024).toFixed(0)} KiB above the ${(before / 1024).toFixed(0)} KiB after warm-up`,
  );
  assert.ok(grown < SLACK, `resident memory grew by ${grown} bytes`);
}

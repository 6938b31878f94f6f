// 20,000 disposed and 20,000 dropped instances whose provider reaches them: all are collected, and what
// they took is given back.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { setTimeout as pause } from 'node:timers/promises';

const { KlingAuth } = createRequire(import.meta.url)('../../index.js');

const COUNT = 20_000;
/** At a time: those that are alive at once are not what is measured. */
const BATCH = 500;
/** The last ones may still stand on a stack. */
const ON_STACK = 2;

let alive = 0;
const registry = new FinalizationRegistry(() => alive--);

class Service {
  constructor() {
    this.auth = new KlingAuth({ credentials: () => this.load() });
    alive++;
    registry.register(this, undefined);
  }

  load() {
    return { accessKey: 'ak', secretKey: 'sk' };
  }
}

async function settle() {
  for (let i = 0; i < 2000 && alive > ON_STACK; i++) {
    gc();
    await pause(1);
  }
}

async function perform(end) {
  for (let i = 0; i < COUNT; i += BATCH) {
    const batch = Array.from({ length: BATCH }, async () => {
      const service = new Service();
      await service.auth.ready();
      end(service.auth);
    });
    await Promise.all(batch);
  }
  await settle();
}

// Absent before Node 18.18.
const dispose = (auth) => auth[Symbol.dispose]?.();
await perform(dispose);
const { rss } = process.memoryUsage();
for (const [name, end] of [
  ['disposed', dispose],
  ['dropped', () => {}],
]) {
  await perform(end);
  const grown = (process.memoryUsage().rss - rss) / 1024;
  console.log(
    `${COUNT} ${name} provider instances: ${alive} not collected, rss ${grown.toFixed(0)} KiB above`,
  );
  assert.ok(alive <= ON_STACK, `${alive} instances were not collected`);
  assert.ok(grown < 16 << 10, `resident memory grew by ${grown} KiB`);
}

// That memory stays flat however many requests make instances of their own.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

const REQUESTS = 10_000;
const AT_ONCE = 20;
/** Ten instances a request would be 100 MB if they were kept. */
const TOLERANCE_KB = 40_000;

/** Resident memory of a program, in kB. @param {number} pid */
function resident(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s*(\d+)/m.exec(status)?.[1]);
}

/** What `REQUESTS` requests take, in kB. */
async function growth({ url, pid }, path) {
  const before = resident(pid);
  const some = async () => {
    for (let i = 0; i < REQUESTS / AT_ONCE; i++) {
      const { value } = await (await fetch(new URL(path, url))).json();
      assert.equal(value, true);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, some));
  return resident(pid) - before;
}

/**
 * Compares with requests that make none: the runtime's own memory grows for a while.
 *
 * @param {() => Promise<{ url: string, pid: number, stop(): void }>} start
 */
export async function compareMemory(start) {
  const grown = [];
  for (const path of ['/none', '/many']) {
    const runtime = await start();
    grown.push(await growth(runtime, path));
    runtime.stop();
  }
  const [none, many] = grown;
  assert.ok(many - none < TOLERANCE_KB, `${many} kB with instances, ${none} without`);
  return `${REQUESTS} requests: ${many} kB with ten instances each, ${none} kB without`;
}

// What providers cost everybody else: promises beside providers that hang, and many providers started
// together.
import { spawnSync } from 'node:child_process';
import { summary } from './measure.mjs';
import { folder } from './released.mjs';

const HUNG = [0, 1, 100, 1_000];
const STARTED = [5_000, 10_000];
const ROUNDS = 9;

/** 20,000 awaits beside so many providers that hang; the others go on hanging after their time-out. */
const hung = (count) => `
  const { KlingAuth } = require('kling-auth');
  const kept = [];
  (async () => {
    for (let i = 0; i < ${count}; i++) {
      const auth = new KlingAuth({ credentials: () => new Promise(() => {}), providerTimeoutMs: i % 2 ? 1 : 600_000 });
      kept.push(auth);
      auth.getToken().catch(() => {});
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
    const samples = [];
    for (let round = 0; round < 30; round++) {
      const start = process.hrtime.bigint();
      for (let i = 0; i < 20_000; i++) await null;
      samples.push(Number(process.hrtime.bigint() - start) / 1e6);
    }
    console.log(Math.min(...samples));
    process.exit();
  })();`;

/** So many providers, all wanted at once; each takes `ms`. */
const started = (count, ms) => `
  const { KlingAuth } = require('kling-auth');
  const pair = { accessKey: 'ak', secretKey: 'sk' };
  const credentials = ${ms === 0 ? '() => pair' : `() => new Promise((resolve) => setTimeout(resolve, ${ms}, pair))`};
  (async () => {
    await new KlingAuth({ credentials: () => pair }).ready();
    const start = process.hrtime.bigint();
    await Promise.all(Array.from({ length: ${count} }, () => new KlingAuth({ credentials }).ready()));
    console.log(Number(process.hrtime.bigint() - start) / 1e6);
    process.exit();
  })();`;

/** Programs of a process each, in turn. */
function times(programs) {
  const samples = programs.map(() => []);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, program] of programs.entries()) {
      const { stdout, stderr, status } = spawnSync(process.execPath, ['-e', program], {
        cwd: folder,
        encoding: 'utf8',
      });
      if (status !== 0) throw new Error(stderr);
      samples[i].push(Number(stdout));
    }
  }
  return samples.map(summary);
}

const number = (value) => value.toLocaleString('en');

export async function run() {
  const awaits = times(HUNG.map(hung));
  const together = times(STARTED.map((count) => started(count, 0)));
  const slow = times([2_000, 4_000].map((count) => started(count, 200)));
  return [
    [
      '### 20,000 awaits beside providers that hang',
      '',
      '| providers | ratio | minimum, ms | median, ms |',
      '| ---: | ---: | ---: | ---: |',
      ...awaits.map(
        ({ min, median }, i) =>
          `| ${number(HUNG[i])} | ${(min / awaits[0].min).toFixed(2)} | ${min.toFixed(2)} | ${median.toFixed(2)} |`,
      ),
      '',
    ].join('\n'),
    [
      '### Providers started together',
      '',
      '| providers | each takes, ms | all ready after, ms | ratio |',
      '| ---: | ---: | ---: | ---: |',
      ...together.map(
        ({ min }, i) =>
          `| ${number(STARTED[i])} | 0 | ${min.toFixed(0)} | ${(min / together[0].min).toFixed(2)} |`,
      ),
      ...slow.map(
        ({ min }, i) =>
          `| ${number([2_000, 4_000][i])} | 200 | ${min.toFixed(0)} | ${(min / slow[0].min).toFixed(2)} |`,
      ),
      '',
    ].join('\n'),
  ];
}

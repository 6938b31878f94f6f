// Many instances, each with its own pair: what building them takes, and what comes back.
import { spawnSync } from 'node:child_process';
import { folder } from './released.mjs';

const COUNTS = [1_000, 10_000, 100_000, 1_000_000];
const ROUNDS = 3;

const child = (count) => `
  const { KlingAuth } = require('kling-auth');
  const MB = 1e6;
  const settle = async () => { for (let i = 0; i < 20; i++) { gc(); await new Promise(setImmediate); } };
  const build = () => {
    const all = [];
    const start = process.hrtime.bigint();
    for (let i = 0; i < ${count}; i++) all.push(new KlingAuth('access-key-' + i, 'secret-key-' + i));
    return { all, ms: Number(process.hrtime.bigint() - start) / 1e6 };
  };
  (async () => {
    new KlingAuth('ak', 'sk').token;
    await settle();
    const start = process.memoryUsage();
    let { all, ms } = build();
    await settle();
    const full = process.memoryUsage();
    all = undefined;
    await settle();
    const empty = process.memoryUsage();
    ({ all } = build());
    await settle();
    const again = process.memoryUsage();
    console.log(JSON.stringify({
      ms,
      grown: (full.rss - start.rss) / MB,
      heapBack: (full.heapUsed - empty.heapUsed) / (full.heapUsed - start.heapUsed),
      rssBack: (full.rss - empty.rss) / (full.rss - start.rss),
      again: (again.rss - start.rss) / MB,
      kept: all.length,
    }));
  })();`;

export async function run() {
  const rows = COUNTS.map((count) => {
    const samples = Array.from({ length: ROUNDS }, () => {
      const { stdout, stderr, status } = spawnSync(
        process.execPath,
        ['--expose-gc', '-e', child(count)],
        {
          cwd: folder,
          encoding: 'utf8',
        },
      );
      if (status !== 0) throw new Error(stderr);
      return JSON.parse(stdout);
    });
    const best = samples.sort((a, b) => a.ms - b.ms)[0];
    const percent = (share) => `${(share * 100).toFixed(0)} %`;
    const row = `| ${[
      count.toLocaleString('en'),
      best.ms.toFixed(0),
      ((best.ms * 1000) / count).toFixed(1),
      best.grown.toFixed(1),
      percent(best.heapBack),
      percent(best.rssBack),
      best.again.toFixed(1),
    ].join(' | ')} |`;
    return { row, bytes: (best.grown * 1e6) / count };
  });
  return [
    [
      '### Many tenants, an instance each',
      '',
      '| instances | built in, ms | µs each | more resident memory, MB | JavaScript heap given back | resident memory given back to the system at once | the same number built again, MB over the start |',
      '| ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
      ...rows.map(({ row }) => row),
      '',
      `Building one takes the same until the garbage collector, which looks at each, counts. Memory is the limit: ${(rows.at(-1).bytes / 1000).toFixed(1)} kB each.\n`,
    ].join('\n'),
  ];
}

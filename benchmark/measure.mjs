// Times alternatives side by side: rounds interleaved, so that a busy machine slows all of them.
import { cpus } from 'node:os';

/**
 * @param {Record<string, () => unknown>} alternatives
 * @param {{ rounds?: number, targetMs?: number }} [options]
 * @returns {Promise<Record<string, { min: number, median: number }>>} nanoseconds a call
 */
export async function measure(alternatives, { rounds = 30, targetMs = 15 } = {}) {
  const entries = Object.entries(alternatives).map(([name, run]) => ({
    name,
    loop: loopOf(run),
    run,
    ns: [],
    n: 0,
  }));
  for (const entry of entries) entry.n = await calibrate(entry, targetMs);
  for (let round = 0; round < rounds; round++) {
    for (const { loop, run, ns, n } of entries) {
      const start = process.hrtime.bigint();
      await loop(run, n);
      ns.push(Number(process.hrtime.bigint() - start) / n);
    }
  }
  return Object.fromEntries(entries.map(({ name, ns }) => [name, summary(ns)]));
}

/** A loop function of its own for each alternative: a shared one would see all their types. */
function loopOf(run) {
  return run() instanceof Promise
    ? new Function(
        'run',
        'n',
        'return (async () => { for (let i = 0; i < n; i++) await run(); })()',
      )
    : new Function('run', 'n', 'let last; for (let i = 0; i < n; i++) last = run(); return last;');
}

async function calibrate({ loop, run }, targetMs) {
  for (let n = 1; ; n *= 2) {
    const start = process.hrtime.bigint();
    await loop(run, n);
    const ms = Number(process.hrtime.bigint() - start) / 1e6;
    if (ms > targetMs / 2 || n >= 1 << 24) return n;
  }
}

export function summary(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return { min: sorted[0], median: sorted[Math.floor(sorted.length / 2)] };
}

/** A Markdown table in which every row is related to `base`. */
export function table(title, results, base, unit = 'ns') {
  const digits = (value) => (value >= 100 ? value.toFixed(0) : value.toFixed(1));
  const rows = Object.entries(results).map(([name, { min, median }]) => {
    const ratio = min / results[base].min;
    return `| ${name} | ${ratio.toFixed(2)} | ${digits(min)} | ${digits(median)} |`;
  });
  return [
    `### ${title}`,
    '',
    `| | ratio | minimum, ${unit} | median, ${unit} |`,
    '| --- | ---: | ---: | ---: |',
    ...rows,
    '',
  ].join('\n');
}

export function machine() {
  const [cpu] = cpus();
  return `${cpu?.model.trim()}, ${cpus().length} cores, ${process.platform}-${process.arch}, Node.js ${process.version}`;
}

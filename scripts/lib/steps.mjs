// Named steps with their durations, how far a script is, and a scratch folder that goes with the process.
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { root } from './sh.mjs';

/** How long each step took when it last ran here, in seconds, by script. */
const DURATIONS = join(root, 'target', 'durations.json');

/** @returns {Record<string, Record<string, number>>} */
function durations() {
  try {
    return JSON.parse(readFileSync(DURATIONS, 'utf8'));
  } catch {
    return {};
  }
}

/**
 * Shows on a terminal how far a script is, and, from the times of its last run, how long it will take.
 *
 * @param {string} script
 * @param {string[]} [names] of its steps; else those of its last run
 */
export function progress(script, names) {
  const last = durations()[script] ?? {};
  const all = names ?? Object.keys(last);
  /** @type {Record<string, number>} */
  const took = {};
  let current = '';
  let start = 0n;
  return {
    /** @param {string} name */
    begin(name) {
      [current, start] = [name, process.hrtime.bigint()];
      if (!process.stderr.isTTY) return;
      const position = all.indexOf(name);
      const known = position >= 0 ? ` ${position + 1} of ${all.length}` : '';
      const ahead = position >= 0 ? all.slice(position) : [];
      const left = ahead.every((step) => step in last)
        ? ahead.reduce((sum, step) => sum + (last[step] ?? 0), 0)
        : 0;
      const time = left > 0 ? `, about ${inWords(left)} left` : '';
      process.stderr.write(`-- ${script}:${known}${time}: ${name}\n`);
    },
    /** @returns {number} seconds */
    end() {
      const seconds = Number(process.hrtime.bigint() - start) / 1e9;
      took[current] = Math.round(seconds * 10) / 10;
      mkdirSync(join(root, 'target'), { recursive: true });
      const whole = { ...durations(), [script]: { ...last, ...took } };
      writeFileSync(DURATIONS, JSON.stringify(whole));
      return seconds;
    },
  };
}

/** @param {number} seconds */
function inWords(seconds) {
  return seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`;
}

const steps = progress(basename(process.argv[1] ?? '', '.mjs'));

export async function step(name, work) {
  steps.begin(name);
  process.stdout.write(`== ${name}\n`);
  const result = await work();
  process.stdout.write(`   ${steps.end().toFixed(1)} s\n`);
  return result;
}

export function note(text) {
  process.stdout.write(`   ${text}\n`);
}

/** A folder outside the repository, where nothing of it is found by accident. */
export function scratch(name) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), `kling-auth-${name}-`)));
  // Some of what runs in it gives up the rights of the user that made it.
  chmodSync(folder, 0o755);
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

// The fuzz crate is built, and each of its targets runs on the inputs that were found worth keeping. On
// a stable compiler, without the instrumentation with which `cargo fuzz run` finds new ones.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { attempt, root, run } from './lib/sh.mjs';
import { note, step } from './lib/steps.mjs';

const target = join(root, 'target', 'fuzz');
const manifest = join(root, 'fuzz', 'Cargo.toml');

await step('the fuzz crate', () =>
  run('cargo', [
    'build',
    '--locked',
    '--quiet',
    `--manifest-path=${manifest}`,
    `--target-dir=${target}`,
  ]),
);

await step('each target on its corpus', () => {
  for (const name of readdirSync(join(root, 'fuzz', 'corpus'))) {
    const corpus = join(root, 'fuzz', 'corpus', name);
    const { status, stderr } = attempt(join(target, 'debug', name), ['-runs=0', corpus]);
    assert.equal(status, 0, stderr);
    const runs = Number(/Done (\d+) runs/.exec(stderr)?.[1]);
    assert.ok(runs >= readdirSync(corpus).length, stderr);
    note(`${name}: ${runs} runs`);
  }
});

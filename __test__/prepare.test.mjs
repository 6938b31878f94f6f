import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { cleanEnv, root } from './helpers/run.mjs';

test('npm install in a clone without Rust says in a sentence what is missing', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/prepare.mjs'], {
    cwd: root,
    env: cleanEnv({ PATH: '' }),
    encoding: 'utf8',
  });
  assert.equal(status, 1);
  assert.equal(stdout, '');
  assert.equal(
    stderr,
    'kling-auth: building from source needs Rust, and `cargo` was not found: install it from https://rustup.rs and run npm install again.\n',
  );
});

// `npm install` in a clone: builds the addon, or says what is missing. Users of the published
// package never run this.
import { spawnSync } from 'node:child_process';

if (spawnSync('cargo', ['--version']).status !== 0) {
  console.error(
    'kling-auth: building from source needs Rust, and `cargo` was not found: install it from https://rustup.rs and run npm install again.',
  );
  process.exit(1);
}
const { status } = spawnSync('npm', ['run', 'build'], { stdio: 'inherit', shell: true });
process.exit(status ?? 1);

// The standard library built with the addon instead of the compiled one that comes with Rust: without
// the code that prints backtraces, which a stripped addon has no names for, and optimized for size.
// A quarter of the file. For WebAssembly there is none that comes with Rust.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { debianRust, hasDebianRust } from './debian-rust.mjs';
import { capture } from './sh.mjs';

/**
 * @param {string} [crates] Those that are built.
 * @returns {Record<string, string>} the environment for cargo
 */
export function rustFromSource(crates = 'std,panic_unwind') {
  const sysroot = capture(process.env.RUSTC ?? 'rustc', ['--print=sysroot']).trim();
  const source = join(sysroot, 'lib', 'rustlib', 'src', 'rust', 'library');
  if (!existsSync(source) && !hasDebianRust()) {
    throw new Error('the source of the standard library is missing: rustup component add rust-src');
  }
  return {
    // Where rustup cannot fetch the source, Debian's compiler and its source.
    ...(!existsSync(source) && debianRust()),
    // `build-std` is all that is asked for; crates that look for unstable features (thiserror does)
    // find them too, as cargo takes no other value.
    RUSTC_BOOTSTRAP: '1',
    CARGO_UNSTABLE_BUILD_STD: crates,
    CARGO_UNSTABLE_BUILD_STD_FEATURES: 'optimize_for_size',
  };
}

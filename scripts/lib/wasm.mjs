// Builds the core as WebAssembly, into the file that lib/loader loads. Two builds of one commit are
// identical on one machine, whatever folder they are made in.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { remapped } from './build.mjs';
import { rustFromSource } from './rust-src.mjs';
import { capture, root, run } from './sh.mjs';
import { wasmTools } from './tools.mjs';

const TARGET = 'wasm32-unknown-unknown';
export const MODULE = join(root, 'lib', 'loader', 'kling-auth.wasm');

const RUSTFLAGS = [
  // What the deepest call takes many times over; below it lies nothing, so an overflow is a trap.
  '-Clink-arg=-zstack-size=262144',
  // A panic is a trap: there is nobody to print what it says, and a third of the module says it.
  '-Zunstable-options',
  '-Cpanic=immediate-abort',
  '-Zlocation-detail=none',
  // SHA-256 in a loop instead of a row: a thirtieth of the module.
  '--cfg=sha2_backend_soft="compact"',
];

/** @param {{ features?: string[], file?: string }} [options] */
export function buildWasm({ features = [], file = MODULE } = {}) {
  const env = { ...rustFromSource('std,panic_abort'), ...linker() };
  const folder = join(root, 'target', 'wasm');
  run(
    'cargo',
    [
      'build',
      '--locked',
      '--release',
      '--package=kling-auth-wasm',
      `--target=${TARGET}`,
      `--target-dir=${folder}`,
      ...builtForSpeed().map((name) => `--config=profile.release.package.${name}.opt-level="z"`),
      ...features.map((feature) => `--features=${feature}`),
    ],
    {
      env: {
        ...env,
        RUSTFLAGS: [...remapped(env), ...RUSTFLAGS].join(' '),
        // A tenth less than "s" makes: it is sent to every edge, and a token is signed once in 25
        // minutes.
        CARGO_PROFILE_RELEASE_OPT_LEVEL: 'z',
      },
    },
  );
  optimize(join(folder, TARGET, 'release', 'kling_auth_wasm.wasm'), file);
}

/** What the addon has for speed, which makes a hundredth of the module and a thirtieth of a signature. */
function builtForSpeed() {
  const manifest = readFileSync(join(root, 'Cargo.toml'), 'utf8');
  return [...manifest.matchAll(/^\[profile\.release\.package\.(.*)\]/gm)].map(([, name]) => name);
}

/** A twentieth of the module. The features are those that Rust's target has. */
function optimize(from, to) {
  const features = [
    'bulk-memory',
    'multivalue',
    'mutable-globals',
    'nontrapping-float-to-int',
    'reference-types',
    'sign-ext',
  ].map((feature) => `--enable-${feature}`);
  const strip = ['--strip-producers', '--strip-target-features'];
  const wasmOpt = join(wasmTools(), 'node_modules', 'binaryen', 'bin', 'wasm-opt');
  // Loops built anew, then twice over it: a hundredth.
  const passes = ['--flatten', '--rereloop', '-Oz', '-Oz'];
  run(process.execPath, [wasmOpt, ...passes, ...features, ...strip, from, '-o', to]);
}

/** The linker that rustup's Rust brings along; Debian's for web engines has none of its own. */
function linker() {
  const sysroot = capture('rustc', ['--print=sysroot']).trim();
  const [, host] = /^host: (.*)$/m.exec(capture('rustc', ['-vV'])) ?? [];
  const lld = join(sysroot, 'lib', 'rustlib', String(host), 'bin', 'rust-lld');
  return existsSync(lld) ? { CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER: lld } : {};
}

// Builds the addon in such a way that two builds of one commit are identical on one machine,
// whatever folder they are made in.
import { homedir } from 'node:os';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { rustFromSource } from './rust-src.mjs';
import { capture, root, run } from './sh.mjs';
import { cargoTool, pathWith, pythonTools } from './tools.mjs';

/** Flags that keep this machine's folders out of panic messages, and so out of the binary. */
export function remapped(env) {
  const sysroot = capture(env.RUSTC ?? process.env.RUSTC ?? 'rustc', ['--print=sysroot'], { env });
  const folders = {
    [resolve(root)]: '/kling-auth',
    [process.env.CARGO_HOME ?? join(homedir(), '.cargo')]: '/cargo',
    [sysroot.trim()]: '/rust',
  };
  // Cargo names what lies in this folder, as a standard library from target/tools does, without it.
  const inside = relative(root, sysroot.trim());
  if (!inside.startsWith('..') && !isAbsolute(inside)) folders[inside] = '/rust';
  // RUSTFLAGS has no way to quote a blank.
  return Object.entries(folders)
    .filter(([folder]) => !/\s/.test(folder))
    .map(([folder, name]) => `--remap-path-prefix=${folder}=${name}`);
}

/** 20 where `opt-level = "z"` has 5: a hundredth smaller. The benchmarks were run with it. */
const INLINE_MORE = '-Cllvm-args=-inline-threshold=20';

/**
 * Without them each function that is optimized for size says at every push where its frame lies: these
 * tables for unwinding weigh more than the registers that it saves.
 */
const FRAME_POINTERS = '-Cforce-frame-pointers=yes';

/**
 * A panic prints what it says without the line that it comes from, as in WebAssembly: the table of these
 * lines, with where the loader has to put them right, is a twentieth of the addon, and JavaScript gets
 * "internal error" either way. Only where an unstable compiler is at work anyway.
 */
const NO_LOCATIONS = '-Zlocation-detail=none';

/**
 * @param {string[]} options of `napi build`
 * @param {{ auditable?: boolean, buildStd?: boolean, zig?: boolean, debug?: boolean, env?: Record<string, string>, rustflags?: string[] }} [settings]
 *   auditable: with the list of crates inside, as `cargo audit bin` reads it;
 *   buildStd: with a standard library of its own, see rust-src.mjs;
 *   zig: link with zig; the target may then end in a version of glibc (`….2.17`)
 */
export function buildAddon(options = [], settings = {}) {
  const { auditable = false, buildStd = false, zig = false, debug = false } = settings;
  const env = { ...(buildStd && rustFromSource()), ...settings.env };
  const rustflags = [
    INLINE_MORE,
    FRAME_POINTERS,
    ...(buildStd ? [NO_LOCATIONS] : []),
    ...(settings.rustflags ?? []),
  ];
  const napi = join(root, 'node_modules', '@napi-rs', 'cli', 'cli.mjs');
  const args = ['--platform', '--no-js', '--dts=native.d.ts', ...options];
  if (!debug) args.unshift('--release');
  if (zig) args.push('--cross-compile');
  const lister = auditable ? cargoTool('cargo-auditable', '0.7.7') : '';
  run(process.execPath, [napi, 'build', ...args, '--', '--locked'], {
    env: {
      RUSTFLAGS: [process.env.RUSTFLAGS, ...remapped(env), ...rustflags].filter(Boolean).join(' '),
      PATH: pathWith(...(zig ? [pythonTools()] : []), ...(auditable ? [dirname(lister)] : [])),
      ...(auditable && {
        // By name: the path of a wrapper goes into the names of symbols, and they into the order of
        // functions.
        RUSTC_WORKSPACE_WRAPPER: basename(lister),
        CARGO_AUDITABLE_ORIG_ARGS: '{"offline":false,"locked":true,"frozen":false,"config":[]}',
      }),
      ...env,
    },
  });
}

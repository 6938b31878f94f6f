// Debian's compiler for web engines, with the source of its standard library, for where rustup cannot
// fetch that.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { attempt, capture, root } from './sh.mjs';

const folder = join(root, 'target', 'tools', 'debian-rust');

/** Unpacks Debian packages into a folder, without installing them. */
export function unpackDebs(target, packages, options = []) {
  const debs = join(target, 'debs');
  mkdirSync(debs, { recursive: true });
  capture('apt-get', [...options, 'download', '-q', ...packages], { cwd: debs });
  for (const deb of readdirSync(debs))
    capture('dpkg', ['-x', join(debs, deb), join(target, 'root')]);
  return join(target, 'root');
}

/**
 * Options of apt for another Debian than this one, so that this one stays as it is.
 *
 * @param {string} folder for the lists of its packages
 * @param {{ suite: string, processor?: string }} other
 */
export function otherDebian(folder, { suite, processor }) {
  const sources = join(folder, 'sources.list');
  mkdirSync(join(folder, 'lists', 'partial'), { recursive: true });
  writeFileSync(
    sources,
    `deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian ${suite} main\n`,
  );
  const options = [
    `Dir::Etc::SourceList=${sources}`,
    'Dir::Etc::SourceParts=-',
    `Dir::State::Lists=${join(folder, 'lists')}`,
    'Dir::Cache::pkgcache=',
    'Dir::Cache::srcpkgcache=',
    ...(processor ? [`APT::Architecture=${processor}`, `APT::Architectures=${processor}`] : []),
  ].flatMap((option) => ['-o', option]);
  capture('apt-get', [...options, 'update', '-q']);
  return options;
}

/** @returns {Record<string, string>} the environment for cargo */
export function debianRust() {
  const wrapper = join(folder, 'rustc');
  if (!existsSync(wrapper)) {
    const [, libstd] = /Depends: (libstd-rust-web-[\d.]+)/.exec(
      capture('apt-cache', ['depends', 'libstd-rust-web-dev']),
    );
    const [, llvm] = /Depends: (libllvm\d+)/.exec(capture('apt-cache', ['depends', libstd]));
    const unpacked = unpackDebs(folder, [
      'rustc-web',
      libstd,
      llvm,
      'libstd-rust-web-dev',
      'rust-web-src',
    ]);
    const usr = join(unpacked, 'usr');
    writeFileSync(
      wrapper,
      `#!/bin/sh\nLD_LIBRARY_PATH=${usr}/lib/x86_64-linux-gnu exec ${usr}/bin/rustc "$@"\n`,
    );
    chmodSync(wrapper, 0o755);
  }
  return { RUSTC: wrapper };
}

/** Whether this is a Debian that has it; a list of packages that knows an older one is fetched anew. */
export function hasDebianRust() {
  if (!/^ID=debian$/m.test(osRelease())) return false;
  return isKnown() || (attempt('apt-get', ['update', '-q']).status === 0 && isKnown());
}

/** Whether there is a version that the crates can be compiled with. */
function isKnown() {
  const wanted = /^rust-version = "1\.(\d+)/m.exec(readFileSync(join(root, 'Cargo.toml'), 'utf8'));
  const { stdout } = attempt('apt-cache', ['policy', 'rust-web-src']);
  const found = /^ *Candidate: 1\.(\d+)/m.exec(stdout ?? '');
  return Number(found?.[1]) >= Number(wanted?.[1]);
}

function osRelease() {
  return existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
}

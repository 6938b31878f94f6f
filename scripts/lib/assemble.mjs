// The published form of the JavaScript: what is loaded at once stands in as few files as possible, since
// each costs a third of what loading the addon does. Names of functions stay, and each part is headed by
// its file's name, so that a stack trace can be read.
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { buildSync } from 'esbuild';
import { stripComments } from './strip.mjs';

/** Which files take in which others, that would be loaded at the same time anyway. */
const TAKES_IN = {
  'index.js': ['lib/auth.js', 'lib/events.js', 'lib/member.js', 'lib/uncloneable.js'],
  'lib/webhook/verifier.js': ['lib/member.js', 'lib/uncloneable.js', 'lib/webhook/headers.js'],
};

/** The entries of edge runtimes, which share what both need, and whose paths differ from Node.js's. */
const EDGE = ['lib/loader/edge.mjs', 'lib/loader/edge-webhook.mjs'];

/**
 * What is left of a file that others require too: where its only copy is, or nothing for a file that
 * stays as it is, since it holds nothing of which there must be one. Nothing is asked for through
 * index.js, in whose place a test may have put a mock.
 */
const STANDS_IN = {
  'lib/auth.js': undefined,
  'lib/events.js': undefined,
  'lib/member.js': undefined,
  'lib/webhook/headers.js': undefined,
};

/**
 * Assembles the files of a package, in place.
 *
 * @param {string} folder
 */
export function assemble(folder) {
  const { imports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  assembleEdge(folder);
  for (const file of javascript(folder)) directly(folder, file, imports);
  stripComments(folder);
  const all = javascript(folder);
  for (const [entry, inside] of Object.entries(TAKES_IN)) {
    buildSync({
      absWorkingDir: folder,
      entryPoints: [entry],
      outfile: entry,
      allowOverwrite: true,
      bundle: true,
      platform: 'node',
      target: 'node18',
      format: 'cjs',
      keepNames: true, // esbuild gives parts that use the same names other ones
      // By path: esbuild writes such a `require` anew, as seen from the file that it ends up in.
      external: [
        'kling-auth-*',
        '*.node',
        '*.json',
        ...all.filter((file) => !inside.includes(file)).map((file) => `./${file}`),
      ],
    });
  }
  for (const [file, source] of Object.entries(STANDS_IN)) {
    if (source !== undefined) writeFileSync(join(folder, file), source);
  }
  const taken = new Set(Object.values(TAKES_IN).flat());
  for (const file of taken) if (!(file in STANDS_IN)) rmSync(join(folder, file));
}

/**
 * The entries of edge runtimes with all that they need. Bundlers take these in anyway; and so the rest
 * of the package can name the files of Node.js.
 */
function assembleEdge(folder) {
  buildSync({
    absWorkingDir: folder,
    entryPoints: EDGE.filter((file) => existsSync(join(folder, file))),
    outdir: 'lib/loader',
    outExtension: { '.js': '.mjs' },
    chunkNames: 'edge-[hash]',
    allowOverwrite: true,
    bundle: true,
    splitting: true,
    platform: 'neutral',
    conditions: ['workerd'],
    target: 'es2022',
    format: 'esm',
    // Bundlers that take this in would do the same; names of classes and functions stay.
    minify: true,
    keepNames: true,
    external: ['node:*', '*.wasm', '*?module'],
  });
}

/**
 * Puts the paths of Node.js in place of names such as `#native`: to look one up in the manifest's
 * `imports` takes longer than the addon does.
 */
function directly(folder, file, imports) {
  const path = join(folder, file);
  const source = readFileSync(path, 'utf8');
  const direct = source.replace(/require\('(#[\w-]+)'\)/g, (_, name) => {
    const target = imports[name].default ?? imports[name];
    const relative = posix.relative(posix.dirname(file), posix.normalize(target));
    return `require('${relative.startsWith('.') ? relative : `./${relative}`}')`;
  });
  if (direct !== source) writeFileSync(path, direct);
}

function javascript(folder, below = '') {
  return readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry) => {
    const path = posix.join(below, entry.name);
    if (entry.isDirectory()) return javascript(folder, path);
    return entry.name.endsWith('.js') ? [path] : [];
  });
}

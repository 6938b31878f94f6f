// The published form of the JavaScript: what is loaded at once stands in as few files as possible, since
// each costs a third of what loading the addon does. Names of functions stay, and each part is headed by
// its file's name, so that a stack trace can be read.
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { buildSync } from 'esbuild';
import { stripComments } from './strip.mjs';

/** Which files take in which others, that would be loaded at the same time anyway. */
const TAKES_IN = {
  'index.js': ['lib/auth.js', 'lib/member.js'],
  'lib/loader/native.js': ['lib/error.js'],
  'lib/loader/browser.js': ['lib/error.js'],
  'lib/loader/edge.js': ['lib/error.js'],
  'lib/webhook/verifier.js': ['lib/member.js'],
};

/**
 * What is left of a file that others require too: where its only copy is, or nothing for a file that
 * stays as it is, since it holds nothing of which there must be one.
 */
const STANDS_IN = {
  'lib/error.js': `module.exports = require('#native').errors;\n`,
  'lib/member.js': undefined,
};

/**
 * Assembles the files below a folder, in place.
 *
 * @param {string} folder
 */
export function assemble(folder) {
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
        '#*',
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

function javascript(folder, below = '') {
  return readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry) => {
    const path = posix.join(below, entry.name);
    if (entry.isDirectory()) return javascript(folder, path);
    return entry.name.endsWith('.js') ? [path] : [];
  });
}

// The published form of the JavaScript: what is loaded at once stands in one file, since each file costs
// a third of what loading the addon does. Names of functions stay, and each part is headed by its file's
// name, so that a stack trace can be read. index.js is a part as well: `import` loads the one file, past
// index.js itself, which is there for `require` and for who looks for the names of its exports.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { buildSync, transformSync } from 'esbuild';
import { stripComments } from './strip.mjs';

/** Beside the loader, which finds files from its own folder. */
const AT_ONCE = 'lib/loader/at-once.js';

/** The entries of edge runtimes, which share what both need, and whose paths differ from Node.js's. */
const EDGE = ['lib/loader/edge.mjs', 'lib/loader/edge-webhook.mjs'];

/** What refuses to be loaded, where nothing that Node.js has may be asked for: each with all that it needs. */
const REFUSALS = ['lib/loader/browser.js', 'lib/loader/edge-refused.js'];

/**
 * Assembles the files of a package, in place.
 *
 * @param {string} folder
 */
export function assemble(folder) {
  const { imports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  assembleEdge(folder);
  stripComments(folder);
  const files = new Map(
    javascript(folder).map((file) => [
      file,
      withPaths(file, readFileSync(join(folder, file), 'utf8'), imports),
    ]),
  );
  const parts = [...loadedAtOnce('index.js', files), 'index.js'];
  const direct = (file, source) =>
    replaceRequires(file, source, (path) =>
      parts.includes(path) ? partOf(file, path) : requireOf(file, path),
    );
  for (const [file, source] of files) {
    writeFileSync(
      join(folder, file),
      parts.includes(file) ? inItsPlace(file, source) : direct(file, source),
    );
  }
  writeFileSync(join(folder, AT_ONCE), together(parts, files));
  const entry = join(folder, 'index.mjs');
  const { code } = transformSync(readFileSync(entry, 'utf8'), { minifyWhitespace: true });
  writeFileSync(entry, code.replace('("./index.js")', `("./${AT_ONCE}")["index.js"].exports`));
}

/**
 * What a part's own file is left with. The last line of index.js does nothing: it is where Node.js looks for
 * the names of an import.
 */
function inItsPlace(file, source) {
  if (file !== 'index.js') return `module.exports = ${partOf(file, file)};\n`;
  const [named] = /module\.exports = \{[\w ,]+\}(?=;\n$)/.exec(source) ?? [];
  return `"use strict";\nconst { exports: whole } = ${requireOf(file, AT_ONCE)}["${file}"];\nmodule.exports = whole;\n0 && (${named});\n`;
}

/**
 * The files that a file requires as soon as it is loaded, and those that these require, each after all
 * that it requires itself.
 *
 * @param {string} file
 * @param {Map<string, string>} files
 * @param {string[]} [found]
 */
function loadedAtOnce(file, files, found = []) {
  for (const [, specifier] of files
    .get(file)
    .matchAll(/^(?:const .*|\} )= require\("(\..*?)"\)/gm)) {
    const path = posix.join(posix.dirname(file), specifier);
    if (found.includes(path)) continue;
    loadedAtOnce(path, files, found);
    found.push(path);
  }
  return found;
}

/**
 * Each part with a `module` of its own, as Node.js gives to files, which others can ask for while it is
 * being loaded. As a function that is called on the spot, which V8 then does not read twice.
 */
function together(parts, files) {
  const bodies = parts.map((part) => {
    const source = files.get(part).replace('"use strict";\n', '');
    const body = replaceRequires(part, source, (path) =>
      parts.includes(path) ? `part("${path}")` : requireOf(AT_ONCE, path),
    );
    return `// ${part}\n(function (module) {\n${body}})(parts["${part}"] = { exports: {} });\n`;
  });
  return `"use strict";
const parts = module.exports = {};
const part = (file) => parts[file].exports;

${bodies.join('\n')}`;
}

/** Nothing is asked for through index.js, in whose place a test may have put a mock. */
const partOf = (file, path) => `${requireOf(file, AT_ONCE)}["${path}"].exports`;

function requireOf(file, path) {
  const relative = posix.relative(posix.dirname(file), path);
  return `require("${relative.startsWith('.') ? relative : `./${relative}`}")`;
}

/** @param {(path: string) => string} replacement for a path from the package's folder */
function replaceRequires(file, source, replacement) {
  return source.replace(/require\("(\.[^"]*)"\)/g, (_, specifier) =>
    replacement(posix.join(posix.dirname(file), specifier)),
  );
}

/**
 * Puts the paths of Node.js in place of names such as `#native`: to look one up in the manifest's
 * `imports` takes longer than the addon does.
 */
function withPaths(file, source, imports) {
  return source.replace(/require\("(#[\w-]+)"\)/g, (_, name) =>
    requireOf(file, posix.normalize(imports[name].default ?? imports[name])),
  );
}

/**
 * The entries of edge runtimes with all that they need, and what refuses elsewhere. Bundlers take these in
 * anyway; and so the rest of the package can name the files of Node.js.
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
  buildSync({
    absWorkingDir: folder,
    entryPoints: REFUSALS.filter((file) => existsSync(join(folder, file))),
    outdir: 'lib/loader',
    allowOverwrite: true,
    bundle: true,
    platform: 'neutral',
    target: 'es2022',
    format: 'cjs',
    keepNames: true,
  });
}

function javascript(folder, below = '') {
  return readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry) => {
    const path = posix.join(below, entry.name);
    if (entry.isDirectory()) return javascript(folder, path);
    return entry.name.endsWith('.js') ? [path] : [];
  });
}

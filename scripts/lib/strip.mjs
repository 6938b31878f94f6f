// The JavaScript as it is published: without comments, which are a third of it. Each statement keeps
// lines of its own, so that a stack trace and the line that an uncaught error prints can be read.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { transformSync } from 'esbuild';

// Twice: esbuild keeps comments between the members of a class unless it takes white space out too.
const minified = (source) =>
  transformSync(source, { target: 'node18', minifyWhitespace: true }).code;
const readable = (source) => transformSync(source, { target: 'node18' }).code;

/** Takes the comments out of every JavaScript file below a folder, in place. */
export function stripComments(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) stripComments(path);
    else if (entry.name.endsWith('.js')) {
      writeFileSync(path, readable(minified(readFileSync(path, 'utf8'))));
    }
  }
}

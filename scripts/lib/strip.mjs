// The JavaScript as it is published: without comments, which are a quarter of it. Names and lines
// stay, so that a stack trace and the line that an uncaught error prints can be read.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { transformSync } from 'esbuild';

/** Takes the comments out of every JavaScript file below a folder, in place. */
export function stripComments(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) stripComments(path);
    else if (entry.name.endsWith('.js')) {
      writeFileSync(path, transformSync(readFileSync(path, 'utf8'), { target: 'node18' }).code);
    }
  }
}

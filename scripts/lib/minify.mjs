// The JavaScript as it is published: comments and indentation are half of it. File names, names and
// short lines stay, so that a stack trace and the line that an uncaught error prints can be read.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { transformSync } from 'esbuild';

const LONGEST_LINE = 100;

/** Minifies every JavaScript file below a folder, in place. */
export function minify(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) minify(path);
    else if (entry.name.endsWith('.js')) {
      const { code } = transformSync(readFileSync(path, 'utf8'), {
        target: 'node18',
        minifyWhitespace: true,
        lineLimit: LONGEST_LINE,
      });
      writeFileSync(path, code);
    }
  }
}

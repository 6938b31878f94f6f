// The codes that the sources raise, the typings declare and the docs list are the same.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from './helpers/run.mjs';

const read = (file) => readFileSync(join(root, file), 'utf8');

function filesUnder(folder, end) {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'tests' ? [] : filesUnder(path, end);
    return entry.name.endsWith(end) ? [path] : [];
  });
}

/** Codes in quotes: what is written otherwise names one in passing, or is a variable. */
const quoted = (text) => new Set([...text.matchAll(/['"](KLING_[A-Z_]+)['"]/g)].map((m) => m[1]));

/** A union of the typings. */
function union(type) {
  const [, body] = read('index.d.ts').match(new RegExp(`export type ${type} =([^;]*);`));
  return quoted(body);
}

const declared = new Set(
  ['KlingAuthErrorCode', 'KlingArgumentErrorCode', 'KlingWebhookErrorCode'].flatMap((type) => [
    ...union(type),
  ]),
);

/** What the core's table of errors makes of its variants. */
const fromCore = quoted(
  ['src/core/error.rs', 'src/core/webhook/refusal.rs']
    .map((file) => read(file).replace(/^\s*\/\/.*$/gm, ''))
    .flatMap((text) => [...text.matchAll(/pub const fn code\([\s\S]*?\n {4}\}/g)].map(([m]) => m))
    .join('\n'),
);

/** What JavaScript hands to `raise` or to a constructor of an error. */
const fromJavaScript = new Set(
  ['lib', 'bin'].flatMap((folder) =>
    filesUnder(folder, '.js').flatMap((file) =>
      [
        ...read(file).matchAll(
          /(?:raise\(\s*['"]\w+['"]|Kling\w*Error\(|refuseArgument\(|make\(\s*['"]\w+['"]),?\s*['"](KLING_[A-Z_]+)['"]/g,
        ),
      ].map((match) => match[1]),
    ),
  ),
);

test('every code that is raised is declared, and every declared one is raised', () => {
  assert.ok(fromCore.size > 20 && fromJavaScript.size > 5, 'the sources were read');
  const raised = new Set([...fromCore, ...fromJavaScript]);
  assert.deepEqual([...raised].sort(), [...declared].sort());
});

test('argument errors are made in one place of lib/', () => {
  const others = filesUnder('lib', '.js').filter((file) => {
    if (
      /lib[\\/](error\.js|loader[\\/](?:wasm|at-once|browser|edge-refused)|cli|sandbox[\\/])/.test(
        file,
      )
    )
      return false;
    // What rejects as `fetch` does is no matter of an argument.
    const isOfNetwork = /lib[\\/]request[\\/](redirect|no-reply|verify-credentials)\.js$/.test(
      file,
    );
    return (
      /raise\(\s*'(Type|Range)Error'|new RangeError/.test(read(file)) ||
      (!isOfNetwork && /new TypeError/.test(read(file)))
    );
  });
  assert.deepEqual(others, []);
});

test('every declared code stands in a table of the docs, and no other does', () => {
  const docs = ['README.md', ...filesUnder('docs', '.md')].map(read).join('\n');
  const listed = [...docs.matchAll(/^\| `(KLING_[A-Z_]+)` +\|/gm)].map((match) => match[1]);
  const variables =
    /^KLING_(API_KEY|ACCESS_KEY|SECRET_KEY|API_BASE|WEBHOOK_SECRET|AUTH_BINARY)(_FILE)?$/;
  const codes = listed.filter((name) => !variables.test(name));
  assert.deepEqual([...new Set(codes)].sort(), [...declared].sort());
});

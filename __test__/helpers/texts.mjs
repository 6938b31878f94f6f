// What the typings and the documents say, taken out of their text.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './run.mjs';

export const read = (file) => readFileSync(join(root, file), 'utf8');
export const typings = read('index.d.ts');

/** The members of an interface and of what it extends, each with its comment. */
export function membersOf(name, text = typings) {
  const declaration = `^(?:export )?interface ${name}(?:<.*?>)?(?: extends ([^{]+?))? \\{(\\n.*?^)?\\}`;
  const [found, parents = '', body = ''] = text.match(new RegExp(declaration, 'ms')) ?? [];
  assert.ok(found, `${name} is declared`);
  const members = parents
    .split(', ')
    .filter((parent) => new RegExp(`interface ${parent} `).test(text))
    .map((parent) => membersOf(parent, text));
  const own = body.matchAll(/^ {2}(?:\/\*\*((?:(?!\*\/).)*)\*\/\s+)?(?:readonly )?(\w+)\??: /gms);
  for (const [, comment = '', member] of own) {
    members.push({ [member]: comment.replaceAll(/\s*\n\s*\* ?/g, ' ').trim() });
  }
  return Object.assign({}, ...members);
}

/** The rows of the tables below a heading, up to the next one: cells. */
export function rowsBelow(heading, file) {
  const text = `\n${read(file)}`;
  const at = text.indexOf(`\n${heading}\n`);
  assert.notEqual(at, -1, `${file} has ${heading}`);
  const [section] = text.slice(at + heading.length + 2).split(/^#+ /m);
  return section
    .split('\n')
    .filter((line) => /^\|(?! *-)/.test(line))
    .map((row) => row.replaceAll('\\|', '/').split('|').slice(1, -1))
    .map((cells) => cells.map((cell) => cell.trim()));
}

/** The names that stand in backquotes. */
export const namesIn = (text) => [...text.matchAll(/`(\w+)`/g)].map(([, name]) => name);

export const sorted = (names) => [...names].sort();

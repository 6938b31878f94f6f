'use strict';

/**
 * Variables as they stand in a `.env` file: `NAME=value` lines, quotes around a value, `export`
 * before a name, comments.
 *
 * @param {string} text
 */
function parseVariables(text) {
  /** @type {Record<string, string>} */
  const variables = {};
  for (const line of text.replace(/^\uFEFF/, '').split(/\r?\n/)) {
    const [head, name] = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=/.exec(line) ?? [];
    if (head === undefined || name === undefined) continue;
    const raw = line.slice(head.length).trim();
    const [, , quoted] = /^(["'])(.*?)\1/.exec(raw) ?? [];
    // Searched by hand: a pattern that begins with blanks takes quadratic time on many of them.
    variables[name] = quoted ?? withoutComment(raw);
  }
  return variables;
}

/**
 * A number sign begins a comment where a blank stands before it.
 *
 * @param {string} value
 */
function withoutComment(value) {
  let at = value.indexOf('#', 1);
  while (at !== -1 && !/\s/.test(value.charAt(at - 1))) at = value.indexOf('#', at + 1);
  return at === -1 ? value : value.slice(0, at).trimEnd();
}

/**
 * Whether a text is that of a `.env` file: nothing but assignments and comments, one at least.
 *
 * @param {string} text
 */
function looksLikeVariables(text) {
  const lines = text.split(/\r?\n/).filter((line) => !/^\s*(?:#|$)/.test(line));
  return lines.length > 0 && lines.every((line) => /^\s*(?:export\s+)?[A-Za-z_]\w*\s*=/.test(line));
}

module.exports = { looksLikeVariables, parseVariables };

'use strict';

/** @param {number} sec How far Kling's clock is ahead. */
function describeSkew(sec) {
  if (sec === 0) return 'no difference to Kling’s was seen';
  return `${Math.abs(sec)} s ${sec > 0 ? 'behind' : 'ahead of'} Kling’s`;
}

/**
 * What drives a terminal, turns the direction of writing or takes no room: C0, DEL, C1, formats such
 * as U+202E, separators of lines, halves of a pair and fillers that are drawn as nothing.
 */
const UNPRINTABLE =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u115f\u1160\u180e\u3164\uffa0]|\u034f|\u17b4|\u17b5|\u180b|\u180c|\u180d|\u180f/gu;

/** @param {string} char */
function escaped(char) {
  let text = '';
  for (let at = 0; at < char.length; at++) {
    text += `\\u${char.charCodeAt(at).toString(16).padStart(4, '0')}`;
  }
  return text;
}

/**
 * Text from a server, a token or a variable, in which escapes stand for what would not be seen, or
 * would be obeyed.
 *
 * @param {string} text
 */
function printable(text) {
  return text.replace(UNPRINTABLE, escaped);
}

/**
 * The same for what is printed whole, which has lines and colours of its own. Within JSON, where the
 * rest can only stand in strings, it stays JSON.
 *
 * @param {string} text
 */
function printableLines(text) {
  return text.replace(UNPRINTABLE, (char, at) => {
    if (char === '\n') return char;
    const isColour = char === '\x1b' && /^\[\d{1,2}m/.test(text.slice(at + 1, at + 5));
    return isColour ? char : escaped(char);
  });
}

/** No path of an API is as long as a key. */
const LONGEST_SEGMENT = 24;

/**
 * A URL without what may be secret in it.
 *
 * @param {string} text
 */
function withoutSecrets(text) {
  const url = /^https?:\/\/[^/\\]/i.test(text.trim()) ? parsed(text) : undefined;
  if (url === undefined)
    return `${text.length} characters that are no URL: write it as https://host`;
  const { protocol, username, password, host, pathname } = url;
  const isLong = (/** @type {string} */ part) => part.length > LONGEST_SEGMENT;
  // A name has dots; what is long and has none was pasted in its place.
  const shownHost = host.split('.').some((label) => label.length > 40) ? '…' : host;
  const shownPath = pathname.split('/').some(isLong) ? '/…' : pathname.replace(/\/$/, '');
  return `${protocol}//${username || password ? '…@' : ''}${shownHost}${shownPath}`;
}

/** @param {string} text */
function parsed(text) {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

/**
 * Which credentials an instance has, without their value.
 *
 * @param {Pick<import('../..').KlingAuth, 'kind' | 'source'>} auth
 */
function describeCredentials({ kind, source }) {
  return `${kind === 'jwt' ? 'access key and secret key' : 'API key'} from ${source}`;
}

module.exports = { describeCredentials, describeSkew, printable, printableLines, withoutSecrets };

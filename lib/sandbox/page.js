'use strict';

const { merged } = require('../member.js');
const { number, object, text, wholeNumber } = require('./body.js');

/** @typedef {import('./tasks.js').Task} Task */

/**
 * A query by cursor (documented): either the cursor of the page before, which stands for everything
 * else, or the beginning.
 *
 * @typedef {object} Query
 * @property {number} from Milliseconds since the epoch.
 * @property {number} to
 * @property {number} limit
 * @property {Record<string, string[]>} filters What of each key is wanted; all if it is empty.
 * @property {string} [after] The last task of the page before.
 */

const MAX_LIMIT = 500;

/**
 * @param {unknown} body
 * @param {{ limit: number, keys: string[], from?: number, to?: number }} defaults Without `from` and
 * `to` the body has to say them.
 * @returns {Query | string} What is wrong with it, where something is.
 */
function readQuery(body, { limit, keys, from, to }) {
  const asked = object(body ?? {});
  if (asked === undefined) return 'The body must be a JSON object';
  const { cursor } = asked;
  if (text(cursor) !== undefined) return decode(cursor) ?? 'cursor is invalid';
  const query = {
    from: number(asked.start_time) ?? from,
    to: number(asked.end_time) ?? to,
    limit: asked.limit == null ? limit : wholeNumber(asked.limit, MAX_LIMIT),
    filters: filters(asked.filters ?? [], keys),
  };
  if (query.from === undefined || query.to === undefined) {
    return 'start_time and end_time must be milliseconds since the epoch';
  }
  if (query.from >= query.to) return 'start_time must be earlier than end_time';
  if (query.limit === undefined) return `limit must be 1 to ${MAX_LIMIT}`;
  if (query.filters === undefined) return `filters must be key and values of ${keys.join(', ')}`;
  return /** @type {Query} */ (query);
}

/** @param {unknown} given @param {string[]} keys */
function filters(given, keys) {
  if (!Array.isArray(given)) return undefined;
  /** @type {Record<string, string[]>} */
  const found = {};
  for (const filter of given) {
    const { key, values } = object(filter) ?? {};
    if (typeof key !== 'string' || !keys.includes(key) || !Array.isArray(values)) return undefined;
    found[key] = [...(found[key] ?? []), ...values];
  }
  return found;
}

/**
 * One page of tasks, newest first.
 *
 * @param {Query} query
 * @param {readonly Task[]} tasks All of them, newest first.
 * @param {(task: Task) => Record<string, string>} traits What the filters go by.
 */
function page(query, tasks, traits) {
  const { from, to, limit, after } = merged(query);
  const wanted = tasks.filter((task) => {
    if (task.createdAt < from || task.createdAt > to) return false;
    const has = traits(task);
    return Object.entries(query.filters).every(
      ([key, values]) => values.length === 0 || values.includes(has[key] ?? ''),
    );
  });
  const start = after === undefined ? 0 : wanted.findIndex(({ id }) => id === after) + 1;
  const shown = wanted.slice(start, start + limit);
  const more = start + limit < wanted.length;
  const last = shown.at(-1)?.id;
  return {
    shown,
    counts: {
      count: shown.length,
      ...(more && {
        next_cursor: encode({ ...query, ...(last !== undefined && { after: last }) }),
      }),
      has_more: more,
    },
  };
}

/** @param {Query} query */
function encode(query) {
  return Buffer.from(JSON.stringify(query)).toString('base64url');
}

/** @param {unknown} cursor @returns {Query | undefined} */
function decode(cursor) {
  try {
    const query = object(JSON.parse(Buffer.from(String(cursor), 'base64url').toString()));
    const values = Object.values(object(query?.filters) ?? { none: 0 });
    return text(query?.after) === undefined || !values.every(Array.isArray)
      ? undefined
      : /** @type {Query} */ (/** @type {unknown} */ (query));
  } catch {
    return undefined;
  }
}

module.exports = { page, readQuery };

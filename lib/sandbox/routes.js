'use strict';

const account = require('./account.js');
const { KINDS } = require('./kinds.js');
const legacy = require('./legacy.js');
const newer = require('./newer.js');

/**
 * What a handler is given.
 *
 * @typedef {object} Call
 * @property {URLSearchParams} query
 * @property {unknown} body The JSON body; `undefined` if there is none.
 * @property {string} argument The part of the path that the route leaves open.
 * @property {InstanceType<typeof import('./tasks.js').Tasks>} tasks
 * @property {InstanceType<typeof import('./packs.js').Packs>} packs
 * @property {import('./create.js').CreateTask} createTask
 * @property {string} files The origin of what tasks have made.
 * @property {number} now Milliseconds since the epoch, by the sandbox's clock.
 */

/** @typedef {{ code: number, message?: string, data?: unknown }} Answer */

/**
 * @typedef {object} Route
 * @property {boolean} newer Whether it takes API Keys only.
 * @property {boolean} creates Whether it is to create a task.
 * @property {string} argument
 * @property {(call: Call) => Answer} handle
 */

/** @typedef {Record<string, { newer?: boolean, handle: (call: Call) => Answer }>} Methods */

/** What is no collection of one kind, by path and method. @type {Record<string, Methods>} */
const PATHS = {
  '/account/costs': { GET: { handle: account.costs } },
  '/account/billing/balance': { POST: { newer: true, handle: account.balance } },
  '/account/billing/package': { POST: { newer: true, handle: account.units } },
  '/tasks': {
    GET: { newer: true, handle: newer.query },
    POST: { newer: true, handle: newer.list },
  },
};

/**
 * @param {string} method
 * @param {string} path
 * @returns {Route | { code: number } | undefined} The code where the path exists and the method does
 * not; `undefined` where the sandbox does not know the path.
 */
function match(method, path) {
  const methods = Object.hasOwn(PATHS, path) ? PATHS[path] : undefined;
  if (methods !== undefined) {
    const found = Object.hasOwn(methods, method) ? methods[method] : undefined;
    return found === undefined
      ? { code: 1202 }
      : { newer: false, creates: false, argument: '', ...found };
  }
  return matchKind(method, path);
}

/** @param {string} method @param {string} path */
function matchKind(method, path) {
  const whole = KINDS.get(path);
  if (whole !== undefined && !whole.newer) {
    if (method === 'POST') return route(whole, '', legacy.create, true);
    return method === 'GET' ? route(whole, '', legacy.list) : { code: 1202 };
  }
  const [, collection = '', argument = ''] = /^(.+)\/([^/]+)$/.exec(path) ?? [];
  const kind = KINDS.get(collection);
  if (kind === undefined) return undefined;
  if (kind.newer) {
    return method === 'POST' ? route(kind, argument, newer.create, true) : { code: 1202 };
  }
  return method === 'GET' ? route(kind, argument, legacy.query) : { code: 1202 };
}

/**
 * @param {import('./kinds.js').Kind} kind
 * @param {string} argument
 * @param {(kind: import('./kinds.js').Kind, call: Call) => Answer} handle
 * @param {boolean} [creates]
 * @returns {Route}
 */
function route(kind, argument, handle, creates = false) {
  return { newer: kind.newer, creates, argument, handle: (call) => handle(kind, call) };
}

/**
 * @param {Route | { code: number }} found
 * @returns {found is Route}
 */
function isRoute(found) {
  return Object.hasOwn(found, 'handle');
}

module.exports = { isRoute, match };

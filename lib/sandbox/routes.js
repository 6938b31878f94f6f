'use strict';

const video = require('./video.js');

/**
 * What a handler is given.
 *
 * @typedef {object} Call
 * @property {URLSearchParams} query
 * @property {unknown} body The JSON body; `undefined` if there is none.
 * @property {string} argument The part of the path that the route leaves open.
 * @property {InstanceType<typeof import('./tasks.js').Tasks>} tasks
 * @property {string} origin
 */

/** @typedef {{ code: number, message?: string, data?: unknown }} Answer */

/**
 * @typedef {object} Route
 * @property {string} method
 * @property {RegExp} path
 * @property {boolean} [newer] Whether it takes API Keys only.
 * @property {(call: Call) => Answer} handle
 */

/** Kling names the collections after what goes in and what comes out. */
const LEGACY = '(text2video|image2video)';
const NEWER = '(text-to-video|image-to-video)';

/** @type {Route[]} */
const ROUTES = [
  { method: 'GET', path: /^\/account\/costs$/, handle: costs },
  { method: 'POST', path: new RegExp(`^/v1/videos/${LEGACY}$`), handle: createLegacy },
  { method: 'GET', path: new RegExp(`^/v1/videos/${LEGACY}$`), handle: listLegacy },
  { method: 'GET', path: new RegExp(`^/v1/videos/(${LEGACY}/[^/]+)$`), handle: queryLegacy },
  { method: 'POST', path: new RegExp(`^/${NEWER}/[^/]+$`), newer: true, handle: createNewer },
  { method: 'GET', path: /^\/tasks$/, newer: true, handle: queryNewer },
];

/**
 * @param {string} method
 * @param {string} path
 * @returns {{ route: Route, argument: string } | { route?: undefined, code: number }} The code
 * where there is none.
 */
function match(method, path) {
  let code = 1203;
  for (const route of ROUTES) {
    const found = route.path.exec(path);
    if (found === null) continue;
    if (route.method === method) return { route, argument: found[1] ?? '' };
    code = 1202;
  }
  return { code };
}

/** @param {Call} call @returns {Answer} */
function costs({ query }) {
  for (const name of ['start_time', 'end_time']) {
    if (!/^\d+$/.test(query.get(name) ?? '')) {
      return { code: 1201, message: `${name} must be milliseconds since the epoch` };
    }
  }
  return { code: 0, data: { code: 0, msg: 'success', resource_pack_subscribe_infos: [] } };
}

/** @param {Call} call @returns {Answer} */
function createLegacy({ argument: kind, body, tasks }) {
  const order = object(body);
  if (order === undefined) return { code: 1200, message: 'The body must be a JSON object' };
  const needed = kind === 'text2video' ? 'prompt' : 'image';
  if (!order[needed]) return { code: 1201, message: `${needed} must not be empty` };
  const task = tasks.create({
    kind,
    duration: String(order.duration ?? 5),
    ...ids(order),
  });
  return { code: 0, data: legacyTask(task) };
}

/** @param {Call} call @returns {Answer} */
function listLegacy({ argument: kind, query, tasks, origin }) {
  const page = wholeNumber(query.get('pageNum') ?? '1', 1000);
  const size = wholeNumber(query.get('pageSize') ?? '30', 500);
  if (page === undefined) return { code: 1201, message: 'pageNum must be 1 to 1000' };
  if (size === undefined) return { code: 1201, message: 'pageSize must be 1 to 500' };
  const shown = tasks.list(kind).slice((page - 1) * size, page * size);
  return { code: 0, data: shown.map((task) => legacyTask(task, origin)) };
}

/** @param {Call} call @returns {Answer} */
function queryLegacy({ argument, tasks, origin }) {
  const [kind = '', encoded = ''] = argument.split('/');
  const id = decoded(encoded);
  const task = tasks.poll(id, kind);
  return task === undefined ? unknownTask(id) : { code: 0, data: legacyTask(task, origin) };
}

/** @param {Call} call @returns {Answer} */
function createNewer({ argument: kind, body, tasks }) {
  const order = object(body);
  if (order === undefined) return { code: 1200, message: 'The body must be a JSON object' };
  const needed = kind === 'text-to-video' ? 'prompt' : 'contents';
  if (!order[needed]) return { code: 1201, message: `${needed} cannot be empty` };
  const task = tasks.create({
    kind,
    duration: String(object(order.settings)?.duration ?? 5),
    ...ids(object(order.options) ?? {}),
  });
  return { code: 0, data: newerTask(task) };
}

/** @param {Call} call @returns {Answer} */
function queryNewer({ query, tasks, origin }) {
  const asked = query.get('task_ids') ?? query.get('external_task_ids');
  if (!asked) return { code: 1201, message: 'task_ids or external_task_ids must be given' };
  const found = [];
  for (const id of asked.split(',')) {
    const task = tasks.poll(id);
    if (task === undefined) return unknownTask(id);
    found.push(newerTask(task, origin));
  }
  return { code: 0, data: found };
}

/** Observed: not 404. @param {string} id @returns {Answer} */
function unknownTask(id) {
  return { code: 1201, message: `Task not found: ${id.slice(0, 64)}` };
}

/**
 * The shape of the legacy endpoints (documented), which say `succeed`.
 *
 * @param {import('./tasks.js').Task} task
 * @param {string} [origin] Not given where the task is created: nothing is known of it yet.
 */
function legacyTask(task, origin) {
  return {
    task_id: task.id,
    task_status: task.status,
    ...(task.externalId !== undefined && { task_info: { external_task_id: task.externalId } }),
    created_at: task.createdAt,
    updated_at: task.updatedAt,
    ...(origin && { task_status_msg: '' }),
    ...(origin && task.status === 'succeed' && { task_result: { videos: [output(task, origin)] } }),
  };
}

/**
 * The shape of the newer endpoints (observed), which say `succeeded`.
 *
 * @param {import('./tasks.js').Task} task
 * @param {string} [origin] Not given where the task is created.
 */
function newerTask(task, origin) {
  return {
    id: task.id,
    status: task.status === 'succeed' ? 'succeeded' : task.status,
    message: '',
    ...(task.externalId !== undefined && { external_id: task.externalId }),
    create_time: task.createdAt,
    update_time: task.updatedAt,
    ...(origin &&
      task.status === 'succeed' && { outputs: [{ type: 'video', ...output(task, origin) }] }),
  };
}

/** @param {import('./tasks.js').Task} task @param {string} origin */
function output({ id, duration }, origin) {
  return { id, url: video.url(origin, id), duration };
}

/** @param {Record<string, unknown>} order */
function ids({ external_task_id: externalId, callback_url: callbackUrl }) {
  return {
    ...(typeof externalId === 'string' && externalId !== '' && { externalId }),
    ...(typeof callbackUrl === 'string' && callbackUrl !== '' && { callbackUrl }),
  };
}

/**
 * @param {unknown} value
 * @returns {Record<string, unknown> | undefined}
 */
function object(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? /** @type {Record<string, unknown>} */ (value)
    : undefined;
}

/** @param {string} text */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * @param {string} text
 * @param {number} max
 */
function wholeNumber(text, max) {
  const number = Number(text);
  return Number.isInteger(number) && number >= 1 && number <= max ? number : undefined;
}

/**
 * What a callback says: the task in the shape of the endpoint that it was created on.
 *
 * @param {import('./tasks.js').Task} task
 * @param {string} origin
 */
function news(task, origin) {
  return new RegExp(`^${LEGACY}$`).test(task.kind)
    ? legacyTask(task, origin)
    : newerTask(task, origin);
}

module.exports = { match, news };

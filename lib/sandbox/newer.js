'use strict';

// The newer endpoints: the model in the path, one collection of all tasks, pages by cursor.

const { isTask } = require('./create.js');
const { object } = require('./body.js');
const { page, readQuery } = require('./page.js');
const { newerStatus, newerTask } = require('./shape.js');

/** @typedef {import('./routes.js').Call} Call */
/** @typedef {import('./routes.js').Answer} Answer */

const MAX_IDS = 20;
const MONTH_MS = 30 * 86_400_000;

/** @param {import('./kinds.js').Kind} kind @param {Call} call @returns {Answer} */
function create(kind, { argument, body, createTask }) {
  const given = object(body);
  if (given === undefined) return { code: 1200, message: 'The body must be a JSON object' };
  const made = createTask(kind, {
    given,
    missing: (name) => `${name} cannot be empty`,
    model: argument,
    duration: object(given.settings)?.duration,
    ids: object(given.options) ?? {},
  });
  return isTask(made) ? { code: 0, data: newerTask(made) } : made;
}

/** @param {Call} call @returns {Answer} */
function query({ query, tasks, files }) {
  const ids = split(query.get('task_ids'));
  const externalIds = split(query.get('external_task_ids'));
  if (ids.length > 0 && externalIds.length > 0) {
    return { code: 1201, message: 'task_ids and external_task_ids cannot be used together' };
  }
  const by = ids.length > 0 ? 'id' : 'externalId';
  const asked = ids.length > 0 ? ids : externalIds;
  if (asked.length === 0) {
    return { code: 1201, message: 'task_ids or external_task_ids is required' };
  }
  if (asked.length > MAX_IDS) {
    return { code: 1201, message: `at most ${MAX_IDS} ids can be queried at a time` };
  }
  // Recorded: those that do not exist are left out.
  const data = asked.flatMap((id) => {
    const task = tasks.poll(id, { by });
    return task === undefined ? [] : [newerTask(task, files)];
  });
  return { code: 0, data };
}

/** @param {string | null} ids */
function split(ids) {
  return (ids ?? '').split(',').filter((id) => id !== '');
}

/** @param {Call} call @returns {Answer} */
function list({ body, tasks, files, now }) {
  const { end_time: end } = object(body) ?? {};
  const to = typeof end === 'number' ? end : now;
  const keys = ['status', 'product_type'];
  const asked = readQuery(body, { limit: 100, keys, from: to - MONTH_MS, to: now });
  if (typeof asked === 'string') return { code: 1201, message: asked };
  const { shown, counts } = page(asked, tasks.all, (task) => ({
    status: newerStatus(task),
    product_type: task.kind.makes,
  }));
  const result = shown.map((task) => newerTask(task, files));
  // Recorded: the list is absent, not empty.
  return { code: 0, data: { ...(result.length > 0 && { result }), ...counts } };
}

module.exports = { create, list, query };

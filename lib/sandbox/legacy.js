'use strict';

// The legacy endpoints: a collection for each kind of task, pages by number.

const { isTask } = require('./create.js');
const { object, text, wholeNumber } = require('./body.js');
const { legacyTask } = require('./shape.js');

/** @typedef {import('./routes.js').Call} Call */
/** @typedef {import('./routes.js').Answer} Answer */
/** @typedef {import('./kinds.js').Kind} Kind */

/** @param {Kind} kind @param {Call} call @returns {Answer} */
function create(kind, { body, createTask }) {
  const given = object(body);
  if (given === undefined) return { code: 1200, message: 'The body must be a JSON object' };
  const made = createTask(kind, {
    given,
    missing: (name) => `${name} must not be empty`,
    model: text(given.model_name) ?? '',
    duration: given.duration,
    ids: given,
  });
  return isTask(made) ? { code: 0, data: legacyTask(made) } : made;
}

/** @param {Kind} kind @param {Call} call @returns {Answer} */
function list(kind, { query, tasks, files }) {
  const page = wholeNumber(query.get('pageNum') ?? '1', 1000);
  const size = wholeNumber(query.get('pageSize') ?? '30', 500);
  if (page === undefined) return { code: 1201, message: 'pageNum must be 1 to 1000' };
  if (size === undefined) return { code: 1201, message: 'pageSize must be 1 to 500' };
  const shown = tasks.list(kind).slice((page - 1) * size, page * size);
  return { code: 0, data: shown.map((task) => legacyTask(task, files)) };
}

/** @param {Kind} kind @param {Call} call @returns {Answer} */
function query(kind, { argument, tasks, files }) {
  const id = decoded(argument);
  const task = tasks.poll(id, { kind });
  if (task !== undefined) return { code: 0, data: legacyTask(task, files) };
  // Recorded: not 404.
  return { code: 1201, message: `Task not found by id/external id: ${id.slice(0, 64)}` };
}

/** @param {string} segment Of a path. */
function decoded(segment) {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

module.exports = { create, list, query };

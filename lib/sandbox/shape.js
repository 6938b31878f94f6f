'use strict';

const { merged } = require('../member.js');
const files = require('./files.js');

/** @typedef {import('./tasks.js').Task} Task */

/**
 * A task as its endpoints show it: those that it was created on, which callbacks follow too.
 *
 * @param {Task} task
 * @param {string} origin Of the files.
 */
function callbackBody(task, origin) {
  if (task.kind.newer) return newerTask(task, origin);
  const shown = legacyTask(task, origin);
  const { task_result: result } = merged(shown);
  // Recorded: in a callback the other lists are there too.
  return result === undefined
    ? shown
    : { ...shown, task_result: { images: [], videos: [], audios: [], ...result } };
}

/**
 * The shape of the legacy endpoints (documented), which say `succeed`.
 *
 * @param {Task} task
 * @param {string} [origin] Not given where the task is created: nothing is known of it yet.
 */
function legacyTask(task, origin) {
  const { id, status, message, externalId, createdAt, updatedAt } = task;
  return {
    task_id: id,
    task_status: status,
    // Recorded: there, and empty, where the caller gave no id.
    task_info: externalId === undefined ? {} : { external_task_id: externalId },
    created_at: createdAt,
    updated_at: updatedAt,
    ...(origin && { task_status_msg: message }),
    ...(origin && status === 'succeed' && { task_result: result(task, origin) }),
  };
}

/** @param {Task} task @param {string} origin */
function result(task, origin) {
  const url = files.url(origin, task);
  return task.kind.makes === 'image'
    ? { images: [{ index: 0, url }] }
    : { videos: [{ id: task.outputId, url, duration: task.duration }] };
}

/**
 * The shape of the newer endpoints (documented), which say `succeeded`.
 *
 * @param {Task} task
 * @param {string} [origin] Not given where the task is created.
 */
function newerTask(task, origin) {
  const { id, message, externalId, createdAt, updatedAt } = task;
  return {
    id,
    status: newerStatus(task),
    message,
    ...(externalId !== undefined && { external_id: externalId }),
    create_time: createdAt,
    update_time: updatedAt,
    ...(origin && outcome(task, origin)),
  };
}

/** @param {Task} task @param {string} origin */
function outcome(task, origin) {
  if (task.status !== 'succeed') return { outputs: [] };
  const { makes } = task.kind;
  const url = files.url(origin, task);
  const output = makes === 'image' ? {} : { id: task.outputId, duration: task.duration };
  return {
    outputs: [{ type: makes, ...output, url }],
    billing: [{ charge_type: 'unit', amount: String(task.units), package_type: makes }],
  };
}

/** @param {Task} task */
function newerStatus({ status }) {
  return status === 'succeed' ? 'succeeded' : status;
}

module.exports = { callbackBody, legacyTask, newerStatus, newerTask };

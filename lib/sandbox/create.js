'use strict';

const { number, text } = require('./body.js');

/** @typedef {import('./tasks.js').Task} Task */

/**
 * What the body of a create asks for, wherever its kind of endpoint has it.
 *
 * @typedef {object} CreateRequest
 * @property {Record<string, unknown>} given
 * @property {(name: string) => string} missing What is said where something is.
 * @property {string} model
 * @property {unknown} duration In seconds.
 * @property {Record<string, unknown>} ids
 */

/**
 * Creates the task that a body asks for, or says why not.
 *
 * @typedef {(kind: import('./kinds.js').Kind, request: CreateRequest) =>
 *   Task | { code: number, message?: string }} CreateTask
 */

/**
 * @param {object} means
 * @param {InstanceType<typeof import('./tasks.js').Tasks>} means.tasks
 * @param {InstanceType<typeof import('./packs.js').Packs>} means.packs
 * @param {string | undefined} means.failure Why the task is going to fail, if it is.
 * @returns {CreateTask}
 */
function creator({ tasks, packs, failure }) {
  return (kind, { given, missing, model, duration, ids }) => {
    const [name] = kind.needs.find((group) => !group.some((name) => given[name])) ?? [];
    if (name !== undefined) return { code: 1201, message: missing(name) };
    const seconds = number(duration ?? 5);
    if (seconds === undefined) return { code: 1201, message: 'duration must be a number' };
    const externalId = text(ids.external_task_id);
    const callbackUrl = text(ids.callback_url);
    if (externalId !== undefined && tasks.withExternalId(externalId) !== undefined) {
      return { code: 1201, message: `external_task_id ${externalId.slice(0, 64)} already exists` };
    }
    const pack = packs.payer(kind.makes, tasks.spentOn(kind.makes));
    if (pack === undefined) return { code: 1102 };
    return tasks.create({
      kind,
      model,
      pack,
      // Recorded: a little longer than what was asked for.
      duration: (Math.trunc(seconds) + 0.1).toFixed(1),
      externalId,
      callbackUrl,
      failure,
    });
  };
}

/**
 * @param {Task | { code: number }} made
 * @returns {made is Task}
 */
function isTask(made) {
  return Object.hasOwn(made, 'kind');
}

module.exports = { isTask, creator };

'use strict';

// The endpoints of the account: what is left in its packs, and what was paid from them.

const { page, readQuery } = require('./page.js');

/** @typedef {import('./routes.js').Call} Call */
/** @typedef {import('./routes.js').Answer} Answer */

/** @param {Call} call @returns {Answer} */
function costs({ query, tasks, packs, now }) {
  for (const name of ['start_time', 'end_time']) {
    if (!/^\d+$/.test(query.get(name) ?? '')) {
      return { code: 1201, message: `${name} must be milliseconds since the epoch` };
    }
  }
  const list = packs.list(tasks.all, now);
  // Recorded: absent, not empty.
  const infos = list.length > 0 && { resource_pack_subscribe_infos: list };
  return { code: 0, data: { code: 0, msg: 'success', ...infos } };
}

/** What was paid in money: nothing, as the sandbox pays from packs. @param {Call} call */
function balance({ body }) {
  return ledger(body, ['api_key_name'], []);
}

/** What was paid from packs. @param {Call} call */
function units({ body, tasks }) {
  const keys = ['api_key_name', 'product_type', 'package_name', 'package_id'];
  return ledger(body, keys, tasks.all);
}

/**
 * @param {unknown} body
 * @param {string[]} keys
 * @param {readonly import('./tasks.js').Task[]} tasks
 * @returns {Answer}
 */
function ledger(body, keys, tasks) {
  const asked = readQuery(body, { limit: 500, keys });
  if (typeof asked === 'string') return { code: 1201, message: asked };
  const paid = tasks.filter(({ status }) => status === 'succeed');
  const { shown, counts } = page(asked, paid, ({ kind, pack }) => ({
    api_key_name: 'sandbox',
    product_type: kind.makes,
    package_name: pack.name,
    package_id: pack.id,
  }));
  const detail = shown.map(({ kind, pack, ...task }) => ({
    package_id: pack.id,
    product_type: kind.makes,
    task_id: task.id,
    api_key_name: 'sandbox',
    product_function: kind.name,
    model_name: task.model,
    ...(kind.makes === 'video' && { duration: task.duration }),
    deduction_time: String(task.updatedAt),
    deduction_amount: task.units,
  }));
  const { count, ...rest } = counts;
  return { code: 0, data: { result: { detail, count }, ...rest } };
}

module.exports = { balance, costs, units };

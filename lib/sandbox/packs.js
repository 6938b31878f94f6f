'use strict';

const { createHash } = require('node:crypto');
const { checkOptions, checkRange } = require('../check.js');
const native = require('#native');

/** @typedef {import('../../sandbox').KlingSandboxPack} Pack */
/** @typedef {import('./tasks.js').Task} Task */

/** Documented: the quantities that Kling shows lag by this much. */
const LAG_MS = 12 * 3_600_000;
const YEAR_MS = 365 * 86_400_000;

const PLENTY = 10_000;

/** Resource packs: what tasks are paid with. One of videos does not pay for images. */
class Packs {
  /** When they were bought: as soon as somebody looks. */
  #since = Number.NaN;
  #packs;

  /** @param {readonly Pack[] | null | undefined} given */
  constructor(given) {
    this.#packs = (given ?? [{ makes: 'video' }, { makes: 'image' }]).map(checked);
  }

  /**
   * The pack that pays for the next task of this kind, if any does.
   *
   * @param {'video' | 'image'} makes
   * @param {number} spent What all that were created have cost.
   */
  payer(makes, spent) {
    let total = 0;
    for (const pack of this.#packs) {
      if (pack.makes !== makes) continue;
      total += pack.units;
      if (spent + 1 <= total) return pack;
    }
    return undefined;
  }

  /**
   * What `/account/costs` says.
   *
   * @param {readonly Task[]} tasks
   * @param {number} now
   */
  list(tasks, now) {
    if (Number.isNaN(this.#since)) this.#since = now;
    const seen = tasks.filter(({ createdAt }) => createdAt <= now - LAG_MS);
    return ['video', 'image'].flatMap((makes) => {
      let spent = spentOn(makes, seen);
      return this.#packs.flatMap((pack) => {
        if (pack.makes !== makes) return [];
        const used = Math.min(spent, pack.units);
        spent -= used;
        return [this.#shown(pack, used)];
      });
    });
  }

  /** @param {ReturnType<typeof checked>} pack @param {number} used */
  #shown({ name, id, units }, used) {
    return {
      resource_pack_name: name,
      resource_pack_id: id,
      resource_pack_type: 'decreasing_total',
      total_quantity: units,
      remaining_quantity: units - used,
      purchase_time: this.#since,
      effective_time: this.#since,
      invalid_time: this.#since + YEAR_MS,
      status: used < units ? 'online' : 'runOut',
    };
  }
}

/** A failed task costs nothing. @param {string} makes @param {readonly Task[]} tasks */
function spentOn(makes, tasks) {
  return tasks
    .filter(({ kind, status }) => kind.makes === makes && status !== 'failed')
    .reduce((sum, { units }) => sum + units, 0);
}

/** @param {Pack} given @param {number} index */
function checked(given, index) {
  /** @type {Pack} */
  const { makes, units } = checkOptions(`packs[${index}]`, given, {
    makes: 'string',
    units: 'number',
  });
  if (makes !== 'video' && makes !== 'image') {
    native.refuseType(`packs[${index}].makes`, '"video" or "image"', makes);
  }
  checkRange(`packs[${index}].units`, units, { from: 0 });
  const name = `${makes === 'video' ? 'Video' : 'Image'} Generation (sandbox)`;
  const id = createHash('sha256').update(`${name}${index}`).digest('hex').slice(0, 32);
  return { name, id, makes, units: units ?? PLENTY };
}

module.exports = { Packs };

'use strict';

const { explainKlingReply } = require('../../request/reply.js');
const { authorization, conceal, partsOf, shortened } = require('./conceal.js');

/** @typedef {import('../tasks.js').Task} Task */
/** @typedef {import('../callbacks.js').Delivered} Delivered */
/** @typedef {import('../../../sandbox').KlingSandboxFault} Fault */

/**
 * A request with all that the public record of it leaves out.
 *
 * @typedef {object} Exchange
 * @property {import('../../../sandbox').KlingSandboxRequest} seen
 * @property {Date | undefined} notBefore The token's `nbf`.
 * @property {import('node:http').IncomingHttpHeaders} headers
 * @property {Buffer} sent The body, or its beginning.
 * @property {number} size Of the whole body.
 * @property {import('../reply.js').Reply} reply
 * @property {Fault | undefined} fault
 */

/** What is kept for the page. */
const KEPT = 500;
const KEPT_TEXT = 64 * 1024;

/**
 * What the page shows: everything is concealed before it is kept, so that nothing that must not be
 * seen can get out by another way.
 */
class Feed {
  #secrets;
  /** Newest first. @type {{ row: Record<string, unknown>, detail: Record<string, unknown> }[]} */
  #requests = [];
  /** Newest first. @type {Record<string, unknown>[]} */
  #callbacks = [];
  #seen = 0;
  #delivered = 0;
  #listener = () => {};

  /** @param {() => string[]} secrets All credentials that the sandbox has or had. */
  constructor(secrets) {
    this.#secrets = secrets;
  }

  /** @param {() => void} listener Called whenever there is news. */
  listen(listener) {
    this.#listener = listener;
  }

  changed() {
    this.#listener();
  }

  /** @param {Exchange} exchange */
  request({ seen, notBefore, headers, sent, size, reply, fault }) {
    this.#seen += 1;
    const { at, accessKey, expiresAt, credential, note } = seen;
    const secrets = [...this.#secrets(), ...partsOf(headers.authorization)];
    /** @param {string} text */
    const shown = (text) => conceal(text, secrets);
    const row = {
      n: this.#seen,
      at: at.getTime(),
      method: shown(seen.method),
      path: shown(seen.path.slice(0, 2000)),
      status: seen.status,
      code: seen.code ?? null,
      credential,
      key: accessKey === undefined ? null : shown(shortened(accessKey)),
      from: notBefore?.getTime() ?? null,
      to: expiresAt?.getTime() ?? null,
      hint: note ?? hint(seen, headers, reply),
      fate: fate(fault),
    };
    const detail = {
      headers: Object.entries(headers).map(([name, value]) => [
        shown(name),
        /authorization$/.test(name) ? authorization(String(value)) : shown(String(value)),
      ]),
      body: shown(sent.subarray(0, KEPT_TEXT).toString()),
      cut: size > KEPT_TEXT ? size : null,
      reply: shown(String(reply.body).slice(0, KEPT_TEXT)),
      type: reply.type,
    };
    keep(this.#requests, { row, detail });
    this.#listener();
  }

  /** @param {Delivered} delivered */
  callback({ callback, how, headers, latencyMs }) {
    this.#delivered += 1;
    const secrets = this.#secrets();
    /** @param {string} text */
    const shown = (text) => conceal(text, secrets);
    keep(this.#callbacks, {
      n: this.#delivered,
      id: callback.id,
      at: callback.at.getTime(),
      url: shown(callback.url),
      how,
      status: callback.status ?? null,
      error: callback.error === undefined ? null : shown(callback.error),
      ms: latencyMs,
      headers: Object.entries(headers).map(([name, value]) => [name, shown(value)]),
      body: shown(JSON.stringify(callback.payload)),
    });
    this.#listener();
  }

  /**
   * What came after what the page has.
   *
   * @param {{ requests: number, callbacks: number }} has
   */
  since(has) {
    const requests = this.#requests.map(({ row }) => row);
    return {
      requests: requests.filter(({ n }) => Number(n) > has.requests),
      callbacks: this.#callbacks.filter(({ n }) => Number(n) > has.callbacks),
      totals: { requests: this.#seen, callbacks: this.#delivered, kept: KEPT },
    };
  }

  /** @param {number} n */
  detail(n) {
    return this.#requests.find(({ row }) => row.n === n)?.detail;
  }

  /** @param {Task} task */
  task({ id, kind, model, status, message, polls, externalId, callbackUrl, createdAt }) {
    const secrets = this.#secrets();
    /** @param {string} text */
    const shown = (text) => conceal(text.slice(0, 300), secrets);
    return {
      id,
      at: createdAt,
      kind: shown(model === '' ? kind.name : `${kind.name} ${model}`),
      status,
      message: shown(message),
      polls,
      external: externalId === undefined ? null : shown(externalId),
      callback: callbackUrl === undefined ? null : shown(callbackUrl),
    };
  }
}

/** @template T @param {T[]} list @param {T} item */
function keep(list, item) {
  list.unshift(item);
  if (list.length > KEPT) list.pop();
}

/**
 * What would mend a refused request.
 *
 * @param {import('../../../sandbox').KlingSandboxRequest} seen
 * @param {import('node:http').IncomingHttpHeaders} headers
 * @param {import('../reply.js').Reply} reply
 */
function hint({ method, path, status, code }, headers, { body }) {
  if (status < 400 && (code ?? 0) === 0) return null;
  const url = `http://${headers.host ?? 'localhost'}${path}`;
  const given = { status, headers: {}, body: String(body), url, method };
  return explainKlingReply(given).hint;
}

/** What a fault has done to a reply. @param {Fault | undefined} fault */
function fate(fault) {
  if (fault === undefined) return null;
  const { reset, lost, truncate, delayMs, until, date, withoutDate, taskFails } = fault;
  const parts = [
    lost && 'made, but the reply is lost',
    reset && 'connection cut',
    truncate && 'cut off halfway',
    delayMs != null && `${delayMs} ms late`,
    until != null && 'held back',
    date != null && `Date says ${new Date(date).toUTCString()}`,
    withoutDate && 'without Date',
    taskFails != null && 'its task will fail',
    (fault.code != null || fault.status != null) && 'as asked for',
  ];
  return parts.filter(Boolean).join(', ') || null;
}

module.exports = { Feed };

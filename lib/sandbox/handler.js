'use strict';

const { randomUUID } = require('node:crypto');
const { merged } = require('../member.js');
const files = require('./files.js');
const { creator } = require('./create.js');
const { envelope, hold, readBody, replacement, send, unknownPath } = require('./reply.js');
const { isRoute, match } = require('./routes.js');

/** @typedef {import('node:http').IncomingMessage} Incoming */
/** @typedef {import('node:http').ServerResponse} Outgoing */
/** @typedef {import('./console/feed.js').Exchange} Exchange */

const KEPT_BODY_BYTES = 2 ** 20;

const UNKNOWN_PATH = 'the sandbox does not know this path; Kling may: see docs/sandbox.md';

/**
 * What handling a request needs of its sandbox.
 *
 * @typedef {object} Context
 * @property {() => number} clock Milliseconds since the epoch.
 * @property {() => string} filesUrl
 * @property {InstanceType<typeof import('./bearer.js').Bearer>} bearer
 * @property {InstanceType<typeof import('./faults.js').Faults>} faults
 * @property {InstanceType<typeof import('./tasks.js').Tasks>} tasks
 * @property {InstanceType<typeof import('./packs.js').Packs>} packs
 * @property {(exchange: Exchange) => void} record Called once a reply is decided.
 */

/** Answers requests: those to the API, and those for files. */
class Handler {
  #context;

  /** @param {Context} context */
  constructor(context) {
    this.#context = context;
  }

  /**
   * @param {Incoming} request
   * @param {Outgoing} response
   */
  async serve(request, response) {
    const { method = '', url = '/' } = request;
    // Not by `URL`, which refuses some targets and changes others.
    const [pathname = '', search = ''] = url.split(/\?(.*)/s);
    const { bearer, faults, tasks, packs, clock, filesUrl } = this.#context;
    const { body, sent, size } = await readBody(request);
    const now = clock();
    tasks.look();
    const requestId = randomUUID();
    const headers = merged(request.headers);
    const route = match(method, pathname);
    const known = route !== undefined && isRoute(route) ? route : undefined;
    const judged = bearer.judge(headers.authorization, known?.newer ?? false, now);
    const { code, message, notBefore, ...caller } = merged(judged);
    const fault = faults.take(pathname, known?.creates ?? false);

    const answer = () => {
      if (route === undefined) return unknownPath(pathname, UNKNOWN_PATH, new Date(now));
      if (known === undefined) return envelope(/** @type {{ code: number }} */ (route), requestId);
      if (code !== 0) return envelope({ code, message }, requestId);
      const handled = known.handle({
        query: new URLSearchParams(search),
        body,
        argument: known.argument,
        tasks,
        packs,
        createTask: creator({ tasks, packs, failure: fault?.taskFails ?? undefined }),
        files: filesUrl(),
        now,
      });
      return envelope(handled, requestId);
    };
    // A reply that is lost was made all the same.
    const made = fault?.lost ? answer() : undefined;
    const reply = replacement(fault, requestId) ?? made ?? answer();

    await this.#finish(response, {
      seen: {
        method,
        path: url,
        ...(body !== undefined && size <= KEPT_BODY_BYTES && { body }),
        ...caller,
        status: reply.status,
        ...(Object.hasOwn(reply, 'code') && { code: reply.code }),
        requestId,
        at: new Date(now),
        ...(route === undefined && { note: UNKNOWN_PATH }),
      },
      notBefore,
      headers,
      sent,
      size,
      reply,
      fault,
    });
  }

  /**
   * @param {Incoming} request
   * @param {Outgoing} response
   */
  async serveFile(request, response) {
    const { method = '', url = '/' } = request;
    const headers = merged(request.headers);
    request.resume();
    const { bearer, clock } = this.#context;
    const now = clock();
    const judged = bearer.judge(headers.authorization, false, now);
    const { code, message, notBefore, ...caller } = judged;
    const { note, ...reply } = files.reply(url, headers.authorization !== undefined);
    await this.#finish(response, {
      seen: {
        method,
        path: url,
        ...caller,
        status: reply.status,
        requestId: randomUUID(),
        at: new Date(now),
        ...(note !== undefined && { note }),
      },
      notBefore,
      headers,
      sent: Buffer.alloc(0),
      size: 0,
      reply,
      fault: undefined,
    });
  }

  /** @param {Outgoing} response @param {Exchange} exchange */
  async #finish(response, exchange) {
    const { record, clock } = this.#context;
    record(exchange);
    await hold(exchange.fault);
    send(response, exchange.reply, new Date(clock()), exchange.fault);
  }
}

module.exports = { Handler };

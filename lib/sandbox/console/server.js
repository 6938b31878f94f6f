'use strict';

const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { LoopbackServer } = require('../server.js');
const { TABLE } = require('../table.js');
const { act } = require('./actions.js');
const { HEADERS, intruder } = require('./guard.js');

/** @typedef {import('node:http').IncomingMessage} Incoming */
/** @typedef {import('node:http').ServerResponse} Outgoing */

/** Read when the console starts, once. @type {Record<string, [file: string, type: string]>} */
const FILES = {
  '/': ['page.html', 'text/html; charset=utf-8'],
  '/page.js': ['page.js', 'text/javascript; charset=utf-8'],
  '/style.css': ['style.css', 'text/css; charset=utf-8'],
};

const KEPT_TASKS = 200;
/** News is gathered for this long, so that many requests are one event. */
const GATHER_MS = 100;
const MAX_ORDER_BYTES = 16 * 1024;

/**
 * @typedef {object} Watcher A page that listens.
 * @property {Outgoing} response
 * @property {{ requests: number, callbacks: number }} has
 * @property {Map<string, string>} tasks What it knows of each, by id.
 */

/** The page that shows what the sandbox sees, on a port of its own. */
class Console {
  #server = new LoopbackServer();
  #sandbox;
  #feed;
  #inside;
  /** @type {Set<Watcher>} */
  #watchers = new Set();
  /** @type {NodeJS.Timeout | undefined} */
  #timer;
  #files = new Map(
    Object.entries(FILES).map(([path, [file, type]]) => [
      path,
      { type, bytes: readFileSync(join(__dirname, file)) },
    ]),
  );

  /**
   * @param {import('../instance.js').Sandbox} sandbox
   * @param {InstanceType<typeof import('./feed.js').Feed>} feed
   * @param {object} inside What the sandbox does not show to everybody.
   * @param {() => number} inside.now
   * @param {() => readonly import('../tasks.js').Task[]} inside.tasks
   * @param {() => Record<string, unknown>} inside.state
   */
  constructor(sandbox, feed, inside) {
    this.#sandbox = sandbox;
    this.#feed = feed;
    this.#inside = inside;
    feed.listen(() => this.#gather());
    this.#server.handle((request, response) => this.#serve(request, response));
  }

  /** @param {number} port */
  listen(port) {
    return this.#server.listen(port);
  }

  get url() {
    return this.#server.url;
  }

  /** @param {boolean} keepsAlive */
  keepAlive(keepsAlive) {
    this.#server.keepAlive(keepsAlive);
  }

  close() {
    clearTimeout(this.#timer);
    this.#feed.listen(() => {});
    return this.#server.close();
  }

  /** @param {Incoming} request @param {Outgoing} response */
  async #serve(request, response) {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    const { method, url = '/' } = request;
    const refusal = intruder(request, this.#server.port);
    if (refusal !== undefined) return answer(response, 403, { error: refusal });
    const [path = '', search = ''] = url.split(/\?(.*)/s);
    if (path === '/do') {
      if (method !== 'POST') return answer(response, 405, { error: 'POST is needed' });
      return this.#do(request, response);
    }
    if (method !== 'GET') return answer(response, 405, { error: 'GET is needed' });
    if (path === '/events') return this.#watch(response);
    if (path === '/request') {
      const detail = this.#feed.detail(Number(new URLSearchParams(search).get('n')));
      return detail === undefined
        ? answer(response, 404, { error: 'this request is no longer kept' })
        : answer(response, 200, detail);
    }
    const file = this.#files.get(path);
    if (file === undefined) return answer(response, 404, { error: 'there is no such page' });
    response.writeHead(200, { 'Content-Type': file.type });
    response.end(file.bytes);
  }

  /** @param {Incoming} request @param {Outgoing} response */
  async #do(request, response) {
    let text = '';
    for await (const chunk of request.setEncoding('utf8')) {
      text += chunk;
      if (text.length > MAX_ORDER_BYTES)
        return answer(response, 413, { error: 'this is too much' });
    }
    let order;
    try {
      order = JSON.parse(text);
    } catch {
      return answer(response, 400, { error: 'JSON is needed' });
    }
    const error = await act(this.#sandbox, order, this.#inside.now());
    this.#gather();
    return answer(response, error === undefined ? 200 : 400, error === undefined ? {} : { error });
  }

  /** @param {Outgoing} response */
  #watch(response) {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    /** @type {Watcher} */
    const watcher = {
      response,
      has: { requests: 0, callbacks: 0 },
      tasks: new Map(),
    };
    this.#watchers.add(watcher);
    response.on('close', () => this.#watchers.delete(watcher));
    response.on('drain', () => this.#gather());
    const codes = [...TABLE].map(([code, { status, message }]) => [code, status, message]);
    event(response, 'hello', { codes });
    this.#tell(watcher);
  }

  #gather() {
    if (this.#watchers.size === 0 || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      for (const watcher of this.#watchers) this.#tell(watcher);
    }, GATHER_MS);
    this.#timer.unref();
  }

  /** Sends what a page does not have yet. @param {Watcher} watcher */
  #tell(watcher) {
    const { response, has } = watcher;
    // A page that does not read gets it all at once when it does.
    if (response.writableNeedDrain || response.destroyed) return;
    const news = this.#feed.since(has);
    const tasks = this.#news(watcher);
    const state = { ...this.#inside.state(), now: this.#inside.now() };
    watcher.has = { requests: news.totals.requests, callbacks: news.totals.callbacks };
    event(response, 'news', { ...news, tasks, state });
  }

  /** The tasks that have changed for a page. @param {Watcher} watcher */
  #news({ tasks }) {
    const latest = this.#inside.tasks().slice(0, KEPT_TASKS);
    const views = latest.map((task) => this.#feed.task(task));
    const changed = views.filter((view) => tasks.get(view.id) !== JSON.stringify(view));
    tasks.clear();
    for (const view of views) tasks.set(view.id, JSON.stringify(view));
    return changed;
  }
}

/** @param {Outgoing} response @param {string} name @param {unknown} data */
function event(response, name, data) {
  response.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
}

/** @param {Outgoing} response @param {number} status @param {unknown} body */
function answer(response, status, body) {
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(body));
}

module.exports = { Console };

'use strict';

const http = require('node:http');

const HOST = '127.0.0.1';

/**
 * @typedef {(request: import('node:http').IncomingMessage,
 *   response: import('node:http').ServerResponse) => Promise<void>} Serve
 */

/** An HTTP server on the loopback interface that goes away when it is told to. */
class LoopbackServer {
  #scheme;
  #server;
  /** @type {Set<import('node:net').Socket>} */
  #sockets = new Set();
  #keepsAlive = true;
  #port = 0;
  /** @type {Promise<void> | undefined} */
  #closed;

  /** @type {Serve} */
  #serve = async () => {};

  /** @param {{ key: string | Uint8Array, cert: string | Uint8Array }} [tls] */
  constructor(tls) {
    /** @type {import('node:http').RequestListener} */
    const listener = (request, response) => {
      this.#serve(request, response).catch((error) => fail(response, error));
    };
    this.#scheme = tls === undefined ? 'http' : 'https';
    this.#server =
      tls === undefined
        ? http.createServer(listener)
        : require('node:https').createServer(
            { key: Buffer.from(tls.key), cert: Buffer.from(tls.cert) },
            listener,
          );
    // A connection that ends for being idle may end while a request is on its way: on a busy machine,
    // where a test's client and this server wait for each other's turn, that test would fail.
    this.#server.keepAliveTimeout = 0;
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
      if (!this.#keepsAlive) socket.unref();
    });
  }

  /** @param {Serve} serve */
  handle(serve) {
    this.#serve = serve;
  }

  /**
   * @param {number} port 0 for any that is free.
   * @returns {Promise<void>}
   */
  listen(port) {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, HOST, () => {
        this.#server.off('error', reject);
        const address = this.#server.address();
        if (typeof address === 'object' && address !== null) this.#port = address.port;
        resolve();
      });
    });
  }

  get port() {
    return this.#port;
  }

  get url() {
    return `${this.#scheme}://${HOST}:${this.#port}`;
  }

  /** @param {boolean} keepsAlive */
  keepAlive(keepsAlive) {
    this.#keepsAlive = keepsAlive;
    for (const handle of [this.#server, ...this.#sockets]) {
      if (keepsAlive) handle.ref();
      else handle.unref();
    }
  }

  /** Ends open connections too: those that callers keep for later would hold it up. */
  close() {
    this.#closed ??= new Promise((resolve) => {
      this.#server.close(() => resolve());
      for (const socket of this.#sockets) socket.destroy();
    });
    return this.#closed;
  }
}

/**
 * Says what went wrong in a clock or a listener of the user's. Where the caller has hung up, nobody
 * reads it.
 *
 * @param {import('node:http').ServerResponse} response
 * @param {unknown} error
 */
function fail(response, error) {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(500, { 'Content-Type': 'text/plain; charset=utf-8' });
  response.end(`The sandbox failed: ${error instanceof Error ? error.message : error}\n`);
}

module.exports = { LoopbackServer };

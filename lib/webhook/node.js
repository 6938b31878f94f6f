'use strict';

const { byteLength, concat, nextTick } = require('#platform');
const { checkOptions } = require('../check.js');
const { define, member } = require('../member.js');
const native = require('#native');
const { OPTIONS, Receiver, raiseBodyRead } = require('./receive.js');

/** @typedef {import('node:http').IncomingMessage} IncomingMessage */
/** @typedef {IncomingMessage & { body?: unknown, rawBody?: unknown, klingWebhook?: unknown }} Request */

/** @type {typeof import('../../webhook').nodeWebhook} */
function nodeWebhook(options) {
  const receiver = new Receiver(checkOptions('options', options, OPTIONS));
  return (req, res, next) => {
    // At the first request rather than at the first that is genuine.
    if (typeof next !== 'function') native.refuseType('next', 'a function', next);
    if (typeof req?.headers !== 'object' || req.headers === null) {
      native.refuseType('req', 'a request of Node.js', req);
    }
    // In a turn of its own: what the next handler throws is its exception, and no rejection of ours.
    handle(receiver, req, res).then(
      (accepted) => accepted && nextTick(next),
      (error) => nextTick(next, error),
    );
  };
}

/**
 * @param {InstanceType<typeof Receiver>} receiver
 * @param {Request} req
 * @param {import('node:http').ServerResponse} res
 * @returns {Promise<boolean>} Whether the delivery is genuine; if not, it has been answered.
 */
async function handle(receiver, req, res) {
  const received = await receiver.receive(headersOf(req), () => readBody(receiver, req), req);
  if (received.status === undefined) {
    define(req, { klingWebhook: received.event });
    return true;
  }
  res.writeHead(received.status, { 'Content-Length': 0 }).end();
  return false;
}

/**
 * As they were sent: `headers` shows some that came twice once. What only looks like a request of
 * Node's (serverless-http, node-mocks-http) has no `rawHeaders`, or none in it.
 *
 * @param {Pick<IncomingMessage, 'headers' | 'rawHeaders'>} req
 */
function headersOf(req) {
  const rawHeaders = member(req, 'rawHeaders');
  return Array.isArray(rawHeaders) && rawHeaders.length > 0 ? rawHeaders : req.headers;
}

/**
 * @param {InstanceType<typeof Receiver>} receiver
 * @param {Request} req
 * @returns {unknown}
 */
function readBody(receiver, req) {
  // Left by express.raw() and express.text(), and by Google Cloud Functions in `rawBody`.
  for (const body of [member(req, 'rawBody'), member(req, 'body')]) {
    if (ArrayBuffer.isView(body) || typeof body === 'string') {
      receiver.checkSize(typeof body === 'string' ? byteLength(body) : body.byteLength);
      return body;
    }
  }
  if (req.readableDidRead || req.readableEnded) {
    raiseBodyRead('put nodeWebhook() before express.json() and other body parsers');
  }
  return readStream(receiver, req);
}

/**
 * @param {InstanceType<typeof Receiver>} receiver
 * @param {IncomingMessage} req
 * @returns {Promise<Uint8Array>}
 */
function readStream(receiver, req) {
  receiver.checkSize(Number(member(req.headers, 'content-length') ?? 0));
  return new Promise((resolve, reject) => {
    // Of a sender that hung up before, no event tells any more.
    if (req.destroyed) {
      reject(aborted());
      return;
    }
    /** @type {Uint8Array[]} */
    const chunks = [];
    let size = 0;
    /** @param {Uint8Array} chunk */
    const onData = (chunk) => {
      size += chunk.length;
      try {
        receiver.checkSize(size);
        chunks.push(chunk);
      } catch (error) {
        // What else comes is dropped, as Node does with a body that nobody reads: a connection
        // closed in the middle of it could take the reply along.
        req.off('data', onData).resume();
        reject(error);
      }
    };
    req.on('data', onData);
    req.on('end', () => resolve(concat(chunks)));
    req.on('error', reject);
    // Not every request that ends early has an error to tell.
    req.on('close', () => {
      if (!req.readableEnded) reject(aborted());
    });
  });
}

/** What Node says of a connection that ends in the middle of a request. */
function aborted() {
  return define(new Error('aborted'), { code: 'ECONNRESET' });
}

module.exports = { headersOf, nodeWebhook, readStream };

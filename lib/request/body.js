'use strict';

const { member } = require('../member.js');
const platform = require('#platform');
const { deadline } = require('./timer.js');

/** A refusal of Kling's is a line; who has not sent it by now is somebody else. */
const PATIENCE_MS = 5_000;

/**
 * The beginning of a reply's or a request's body, however long that is; the rest is let go of, also
 * where reading it took too long. A copy that is neither read nor let go of holds the connection.
 *
 * @param {Pick<Response, 'body'> & Partial<Pick<Response, 'text'>>} message
 * @param {number} limit In bytes. A little more is read, which shows that there was more.
 * @param {Promise<never>} [over] Rejects when it is too late.
 * @returns {Promise<string | Uint8Array>}
 */
async function beginningOf(message, limit, over) {
  const body = member(message, 'body');
  if (typeof body?.getReader === 'function') return readWeb(body.getReader(), limit, over);
  // Of an option `fetch`, and of requests of other implementations.
  if (body != null && member(body, Symbol.asyncIterator) !== undefined)
    return readIterable(body, limit, over);
  const read = member(message, 'text');
  if (typeof read !== 'function') return '';
  const text = await within(Reflect.apply(read, message, []), over);
  return typeof text === 'string' ? text.slice(0, limit + 1) : '';
}

/**
 * @template T
 * @param {T | Promise<T>} work
 * @param {Promise<never> | undefined} over
 */
function within(work, over) {
  return over === undefined ? work : Promise.race([work, over]);
}

/**
 * @param {ReadableStreamDefaultReader<any>} reader
 * @param {number} limit
 * @param {Promise<never>} [over]
 */
async function readWeb(reader, limit, over) {
  try {
    return await collect(() => reader.read(), limit, over);
  } finally {
    // Not waited for: of a copy it settles only with that of the original.
    quietly(() => reader.cancel());
  }
}

/**
 * A stream of Node's, or something like it.
 *
 * @param {any} body
 * @param {number} limit
 * @param {Promise<never>} [over]
 */
async function readIterable(body, limit, over) {
  const iterator = body[Symbol.asyncIterator]();
  try {
    return await collect(() => iterator.next(), limit, over);
  } finally {
    quietly(() => body.destroy?.());
    quietly(() => iterator.return?.());
  }
}

/**
 * @param {() => Promise<{ done?: boolean, value?: any }>} next
 * @param {number} limit
 * @param {Promise<never>} [over]
 */
async function collect(next, limit, over) {
  const chunks = [];
  let length = 0;
  while (length <= limit) {
    const { done, value } = await within(next(), over);
    if (done) break;
    const chunk = typeof value === 'string' ? new TextEncoder().encode(value) : value;
    chunks.push(chunk);
    length += chunk.byteLength;
  }
  return platform.concat(chunks);
}

/**
 * The beginning of a reply's body, which stays whole for the caller; nothing if it is broken, which
 * the caller will find too, does not come, or is not wanted any more.
 *
 * @param {Response} response
 * @param {number} limit
 * @param {AbortSignal} [signal]
 */
async function copyOf(response, limit, signal) {
  if (typeof member(response, 'clone') !== 'function') return undefined;
  const { over, end } = deadline(PATIENCE_MS, signal, () => new Error('the body does not come'));
  try {
    return await beginningOf(copied(response), limit, over);
  } catch {
    return undefined;
  } finally {
    end();
  }
}

/**
 * A copy of a message, to be read or let go of: the message itself stays whole.
 *
 * undici before 6, which Node.js 18 has, passes the copy's body through a message port and leaves a
 * branch of it there that nobody can reach. Then letting go of copy and message never settles, and
 * the source goes on. So the branch meant for the port is taken where `clone` divides the body, and
 * the port gets an empty stream. A runtime that divides it otherwise has no such branch.
 *
 * @param {Response | Request} message
 * @returns {Pick<Response, 'body'>}
 */
function copied(message) {
  const body = member(message, 'body');
  if (typeof ReadableStream !== 'function' || !(body instanceof ReadableStream)) {
    return message.clone();
  }
  const { tee } = body;
  /** @type {ReadableStream | undefined} */
  let taken;
  Reflect.set(body, 'tee', () => {
    const [kept, copy] = tee.call(body);
    taken = copy;
    return [kept, new ReadableStream({ start: (controller) => controller.close() })];
  });
  try {
    const copy = message.clone();
    return taken === undefined ? copy : { body: taken };
  } finally {
    Reflect.deleteProperty(body, 'tee');
  }
}

/**
 * Lets go of a body that nobody reads: a stream of the web's, or one that an option `fetch` made.
 *
 * @param {Response} response
 */
function discard(response) {
  const body = /** @type {{ cancel?(): Promise<void>, destroy?(): void } | null | undefined} */ (
    member(response, 'body')
  );
  quietly(() => (typeof body?.cancel === 'function' ? body.cancel() : body?.destroy?.()));
}

/** @param {() => unknown} work That may fail, now or later. */
function quietly(work) {
  Promise.resolve()
    .then(work)
    .catch(() => {});
}

module.exports = { beginningOf, copied, copyOf, discard };

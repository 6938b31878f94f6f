'use strict';

const { merged } = require('../member.js');
const { TABLE } = require('./table.js');

/** @typedef {import('../../sandbox').KlingSandboxFault} Fault */

/**
 * @typedef {object} Reply
 * @property {number} status
 * @property {number} [code] The service code, where there is an envelope.
 * @property {string} type
 * @property {string | Buffer} body
 */

/** Images travel in the body, so this is not small. */
const MAX_BODY_BYTES = 64 * 2 ** 20;

/**
 * Reads a request to its end.
 *
 * @param {import('node:http').IncomingMessage} request
 * @returns {Promise<{ body: unknown, sent: Buffer, size: number }>} The body is `undefined` if it is
 * empty, too large or not JSON; `sent` is its text, empty if it is too large.
 */
async function readBody(request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  const sent = size > MAX_BODY_BYTES ? Buffer.alloc(0) : Buffer.concat(chunks);
  try {
    return { body: JSON.parse(sent.toString()), sent, size };
  } catch {
    return { body: undefined, sent, size };
  }
}

/**
 * Kling's envelope.
 *
 * @param {{ code: number, status?: number | null | undefined, message?: string | null | undefined,
 *   data?: unknown }} answer Status and message are the table's unless given.
 * @param {string} requestId
 * @returns {Reply}
 */
function envelope(answer, requestId) {
  const { code, status, message, data } = merged(answer);
  const row = TABLE.get(code);
  const text = message ?? row?.message ?? '';
  return {
    status: status ?? row?.status ?? 200,
    code,
    type: 'application/json',
    body: JSON.stringify({ code, message: text, request_id: requestId, data }),
  };
}

/**
 * The reply that a fault puts in the place of the true one, if it does.
 *
 * @param {Fault | undefined} fault
 * @param {string} requestId
 * @returns {Reply | undefined}
 */
function replacement(fault, requestId) {
  const { code, status, message, body } = merged(fault ?? {});
  if (body != null) return { status: status ?? 200, type: 'text/html', body };
  if (code != null) return envelope({ code, status, message }, requestId);
  return status == null ? undefined : { status, type: 'text/html', body: '' };
}

/** @param {Fault} fault */
function replaces({ code, status, body }) {
  return code != null || status != null || body != null;
}

/**
 * What the web framework below Kling answers for a path that it does not know (recorded): no
 * envelope.
 *
 * @param {string} path
 * @param {string} message
 * @param {Date} date
 * @returns {Reply}
 */
function unknownPath(path, message, date) {
  const timestamp = date.toISOString().replace('Z', '+00:00');
  const body = JSON.stringify({ timestamp, status: 404, error: 'Not Found', message, path });
  return { status: 404, type: 'application/json', body };
}

/**
 * Waits for as long as a fault asks for.
 *
 * @param {Fault | undefined} fault
 */
async function hold(fault) {
  const { delayMs, until } = merged(fault ?? {});
  if (delayMs != null) await new Promise((resolve) => setTimeout(resolve, delayMs).unref());
  await Promise.resolve(until).catch(() => {});
}

/**
 * @param {import('node:http').ServerResponse} response
 * @param {Reply} reply
 * @param {Date} date What the sandbox's clock says.
 * @param {Fault | undefined} fault
 */
function send(response, { status, type, body }, date, fault = merged()) {
  const { socket } = response;
  if (fault.reset || (fault.lost && !replaces(fault))) {
    // Before Node 18.3 there is no way to send a reset: the connection just ends.
    if (socket?.resetAndDestroy) socket.resetAndDestroy();
    else socket?.destroy();
    return;
  }
  response.statusCode = status;
  response.sendDate = false;
  if (!fault.withoutDate) {
    response.setHeader('Date', (fault.date == null ? date : new Date(fault.date)).toUTCString());
  }
  const bytes = Buffer.from(body);
  response.setHeader('Content-Type', type);
  response.setHeader('Content-Length', bytes.length);
  for (const [name, value] of Object.entries(fault.headers ?? {})) response.setHeader(name, value);
  if (fault.truncate) {
    response.write(bytes.subarray(0, bytes.length / 2), () => socket?.destroy());
  } else {
    response.end(bytes);
  }
}

module.exports = { envelope, hold, readBody, replacement, send, unknownPath };

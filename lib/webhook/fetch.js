'use strict';

const { concat } = require('#platform');
const { checkOptions } = require('../check.js');
const { member, merged } = require('../member.js');
const native = require('#native');
const { OPTIONS, Receiver, raiseBodyRead } = require('./receive.js');

/** @type {typeof import('../../webhook').fetchWebhook} */
function fetchWebhook(handler, options) {
  if (typeof handler !== 'function') {
    native.refuseType('handler', 'a function', handler);
  }
  const receiver = new Receiver(checkOptions('options', options, OPTIONS));
  return async (request, ...rest) => {
    if (!isHeaders(request?.headers)) {
      native.refuseType('request', 'a Request', request);
    }
    const received = await receiver.receive(
      request.headers,
      () => readBody(receiver, request),
      request,
    );
    return received.status === undefined
      ? handler(received.event, request, ...rest)
      : new Response(null, merged({ status: received.status }));
  };
}

/** @param {unknown} headers */
function isHeaders(headers) {
  return (
    typeof headers === 'object' &&
    headers !== null &&
    typeof member(/** @type {Partial<Headers>} */ (headers), 'get') === 'function'
  );
}

/**
 * @param {InstanceType<typeof Receiver>} receiver
 * @param {Request} request
 * @returns {Promise<Uint8Array>}
 */
async function readBody(receiver, request) {
  if (request.bodyUsed) raiseBodyRead('call this handler before anything that reads the request');
  receiver.checkSize(Number(request.headers.get('content-length') ?? 0));
  const chunks = [];
  let size = 0;
  const { body } = request;
  if (body != null && typeof body.getReader !== 'function') {
    native.refuseType('the body of request', 'a ReadableStream', body);
  }
  const reader = body?.getReader();
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    size += part.value.byteLength;
    try {
      receiver.checkSize(size);
    } catch (error) {
      // Not awaited: how the sender takes it does not matter.
      reader?.cancel().catch(() => {});
      throw error;
    }
    chunks.push(part.value);
  }
  return concat(chunks);
}

module.exports = { fetchWebhook };

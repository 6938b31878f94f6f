'use strict';

const { checkOptions } = require('../check.js');
const native = require('#native');
const { headersOf, readStream } = require('./node.js');
const { OPTIONS, Receiver } = require('./receive.js');

/**
 * Beside the plugin's own, Fastify's, which `register` passes on.
 *
 * @typedef {import('../../webhook').KlingFastifyWebhookOptions & {
 *   prefix?: string, logLevel?: string, logSerializers?: object }} Options
 */

/**
 * A plugin without fastify-plugin around it: its parser must not reach other routes.
 *
 * @param {any} fastify
 * @param {Options} options
 */
async function fastifyWebhook(fastify, options) {
  const given = checkOptions('options', options, {
    ...OPTIONS,
    url: 'string',
    handler: 'function',
    prefix: 'string',
    logLevel: 'string',
    logSerializers: 'object',
  });
  const receiver = new Receiver(given);
  const { url, handler } = given;
  if (url == null) native.refuseType('url', 'the path of the callbacks', url);
  if (handler == null) native.refuseType('handler', "the route's handler", handler);

  // The hook reads the body: a parser could not refuse it in our words.
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser(
    '*',
    /** @type {(request: unknown, payload: unknown, done: (error: null) => void) => void} */
    (_request, _payload, done) => done(null),
  );
  fastify.decorateRequest('klingWebhook', null);
  fastify.route({
    method: 'POST',
    url,
    handler,
    /**
     * @param {any} request
     * @param {any} reply
     */
    async preValidation(request, reply) {
      const { raw } = request;
      const received = await receiver.receive(
        headersOf(raw),
        () => readStream(receiver, raw),
        request,
      );
      if (received.status === undefined) {
        request.klingWebhook = received.event;
        return;
      }
      return reply.code(received.status).send();
    },
  });
}

module.exports = { fastifyWebhook };

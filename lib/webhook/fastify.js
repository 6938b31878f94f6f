'use strict';

const native = require('#native');
const { headersOf, readStream } = require('./node.js');
const { Receiver } = require('./receive.js');

/**
 * A plugin without fastify-plugin around it: its parser must not reach other routes.
 *
 * @param {any} fastify
 * @param {import('../../webhook').KlingFastifyWebhookOptions} options
 */
async function fastifyWebhook(fastify, options) {
  const receiver = new Receiver('options', options, {
    url: 'string',
    handler: 'function',
    // Fastify's own, which `register` passes on.
    prefix: 'string',
    logLevel: 'string',
    logSerializers: 'object',
  });
  const { url, handler } = receiver.options;
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
      if ('event' in received) {
        request.klingWebhook = received.event;
        return;
      }
      return reply.code(received.status).send();
    },
  });
}

module.exports = { fastifyWebhook };

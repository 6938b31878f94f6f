'use strict';

const { KlingWebhookError } = require('./error.js');
const { fastifyWebhook } = require('./webhook/fastify.js');
const { fetchWebhook } = require('./webhook/fetch.js');
const { nodeWebhook } = require('./webhook/node.js');
const { KlingWebhook } = require('./webhook/verifier.js');

module.exports = { KlingWebhook, KlingWebhookError, fastifyWebhook, fetchWebhook, nodeWebhook };

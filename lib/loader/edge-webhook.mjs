// kling-auth/webhook in an edge runtime.

import webhook from '../webhook.js';
import core from './kling-auth.wasm?module';
import native from './native-edge.js';

native.setCore(core);

export const { fastifyWebhook, fetchWebhook, KlingWebhook, KlingWebhookError, nodeWebhook } =
  webhook;
export default webhook;

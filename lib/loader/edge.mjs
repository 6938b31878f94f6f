// The package in an edge runtime. The module is compiled by the platform, which allows no other way.

import kling from '../../index.js';
import core from './kling-auth.wasm?module';
import native from './native-edge.js';

native.setCore(core);

export const {
  decodeKlingToken,
  explainKlingReply,
  generateKlingToken,
  KlingAuth,
  KlingAuthError,
  KlingWebhook,
  KlingWebhookError,
  verifyKlingToken,
} = kling;
export default kling;

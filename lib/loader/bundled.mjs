// For bundlers, by the condition `module`: they follow an import, and not the `createRequire` of index.mjs.
import klingAuth from '../../index.js';

export const {
  KlingAuth,
  KlingAuthError,
  KlingWebhook,
  KlingWebhookError,
  decodeKlingToken,
  explainKlingReply,
  generateKlingToken,
  verifyKlingToken,
} = klingAuth;
export default klingAuth;

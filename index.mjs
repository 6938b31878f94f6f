// For `import`: the very classes that `require` gives. By `createRequire`, as Node.js reads a CommonJS
// file that is imported twice, which takes as long as all the rest; bundlers, which cannot follow that,
// take lib/loader/bundled.mjs by the condition `module`.
import { createRequire } from 'node:module';

const klingAuth = createRequire(import.meta.url)('./index.js');

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

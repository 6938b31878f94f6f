// What is made into one file: a token, an error and a delivery.
const { KlingAuth, KlingAuthError, KlingWebhook, verifyKlingToken } = require('kling-auth');

const { token } = new KlingAuth('ak-1', 'sk-1');
let refused;
try {
  new KlingAuth({ env: {} });
} catch (error) {
  refused = error instanceof KlingAuthError && error.code;
}
const webhook = new KlingWebhook('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
const seconds = Math.floor(Date.now() / 1000);
const { id } = webhook.verify('{}', {
  'webhook-id': 'msg_1',
  'webhook-timestamp': String(seconds),
  'webhook-signature': webhook.sign('msg_1', seconds, '{}'),
});
console.log(JSON.stringify([verifyKlingToken(token, 'sk-1').valid, refused, id]));

// The example that the reference implementations of Standard Webhooks share.
import { KlingWebhook } from '../../index.js';

export const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
export const OTHER = `whsec_${Buffer.from('another-secret-of-24-byt').toString('base64')}`;
export const ID = 'msg_p5jXN8AQM9LWM0D4loKWxJek';
export const SECONDS = 1614265330;
export const BODY = '{"test": 2432232314}';
export const SIGNATURE = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=';
export const HEADERS = {
  'webhook-id': ID,
  'webhook-timestamp': String(SECONDS),
  'webhook-signature': SIGNATURE,
};

/** At the moment of the example. */
export const now = () => SECONDS * 1000;

/** A verifier whose clock stands at the moment of the example. */
export const exampleWebhook = (options) => new KlingWebhook(SECRET, { now, ...options });

/** The headers of a delivery, signed by `webhook`. */
export function signedHeaders(webhook, id, seconds, body) {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(seconds),
    'webhook-signature': webhook.sign(id, seconds, body),
  };
}

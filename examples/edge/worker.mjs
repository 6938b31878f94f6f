// A Cloudflare Worker that starts a video, and takes the callback when it is done.
// The keys are secrets of the Worker: `wrangler secret put KLING_API_KEY`, or KLING_ACCESS_KEY and
// KLING_SECRET_KEY, and KLING_WEBHOOK_SECRET.
import { KlingAuth, KlingWebhook } from 'kling-auth';
import { fetchWebhook } from 'kling-auth/webhook';

// Made by the first request and used by all that follow: the environment comes with a request.
let auth;
let callback;

export default {
  async fetch(request, env) {
    const { pathname } = new URL(request.url);
    if (pathname === '/callback') {
      callback ??= fetchWebhook(({ payload }) => Response.json({ seen: payload.task_id }), {
        webhook: new KlingWebhook(null, { env }),
      });
      return callback(request);
    }
    auth ??= new KlingAuth({ env });
    return auth.fetch('/v1/videos/text2video', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ model_name: 'kling-v2-6', prompt: 'a boat on a river' }),
    });
  },
};

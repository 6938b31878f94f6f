// A route handler of the Next.js app router: app/api/videos/route.js. The addon cannot be bundled,
// so next.config.js has serverExternalPackages: ['kling-auth'].
import { KlingAuth } from 'kling-auth';

export const runtime = 'nodejs';

// One for all requests: it reads its credentials from the environment and keeps a token. Made by the
// first of them, since `next build` loads this file where there are no credentials yet.
let auth;
function kling(path, init) {
  auth ??= new KlingAuth();
  return auth.fetch(path, init);
}

export async function POST(request) {
  const { prompt } = await request.json();
  const reply = await kling('/v1/videos/text2video', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ prompt }),
    signal: request.signal,
  });
  return passOn(reply);
}

export async function GET(request) {
  const id = new URL(request.url).searchParams.get('id');
  return passOn(await kling(`/v1/videos/text2video/${encodeURIComponent(id)}`));
}

/** The browser gets what Kling says of the task, and nothing of how it was asked. */
async function passOn(reply) {
  const { data, message } = await reply.json();
  return new Response(JSON.stringify(data ?? { message }), {
    status: reply.status,
    headers: { 'Content-Type': 'application/json' },
  });
}

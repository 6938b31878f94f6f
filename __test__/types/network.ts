// Compiled, never run: requests to Kling.
import { expectTypeOf } from 'expect-type';
import {
  explainKlingReply,
  KlingAuth,
  type KlingCredential,
  type KlingFetch,
  type KlingReplyExplanation,
  type KlingReplyKind,
  type KlingVerification,
} from 'kling-auth';

const auth = new KlingAuth({
  region: 'cn',
  allowedOrigins: ['https://api.klingai.com'],
  correctClock: false,
  fetch: globalThis.fetch,
});
new KlingAuth({ baseUrl: process.env.BASE ?? null, apiKey: 'k' });
new KlingAuth({ region: 'global', credentials: () => ({ apiKey: 'k' }) });
new KlingAuth({ fetch: async () => new Response() });
// @ts-expect-error no such region
new KlingAuth({ region: 'us' });
// @ts-expect-error a list, not one
new KlingAuth({ allowedOrigins: 'https://api.klingai.com' });
// @ts-expect-error a URL's text
new KlingAuth({ baseUrl: new URL('https://api.klingai.com') });

// A drop-in for the platform's.
expectTypeOf<KlingFetch>().toEqualTypeOf<typeof globalThis.fetch>();
const drop: typeof globalThis.fetch = auth.fetch;
expectTypeOf(drop('/v1/videos')).resolves.toEqualTypeOf<Response>();
auth.fetch(new URL('https://api.klingai.com'), { method: 'POST', body: new FormData() });
auth.fetch(new Request('https://api.klingai.com'), { signal: AbortSignal.timeout(5) });
// @ts-expect-error no such option
auth.fetch('/x', { timeout: 5 });
// @ts-expect-error read-only
auth.fetch = globalThis.fetch;

expectTypeOf(auth.clockSkewSec).toEqualTypeOf<number>();
expectTypeOf(auth.verify()).resolves.toEqualTypeOf<KlingVerification>();
expectTypeOf(auth.verify(null)).resolves.toExtend<KlingReplyExplanation>();
auth.verify({ timeoutMs: 5, signal: AbortSignal.timeout(5) });
// @ts-expect-error a number
auth.verify({ timeoutMs: '5' });
expectTypeOf<KlingVerification['credential']>().toEqualTypeOf<KlingCredential>();
expectTypeOf<KlingCredential>().toEqualTypeOf<typeof auth.kind>();

const { headers, status } = new Response();
expectTypeOf(
  explainKlingReply({ status, headers, body: '' }),
).toEqualTypeOf<KlingReplyExplanation>();
explainKlingReply({ status, body: Buffer.from(''), credential: 'jwt', url: '/tasks' });
explainKlingReply({ status, method: 'POST', url: new URL('https://host/tasks') });
// @ts-expect-error a method is a text
explainKlingReply({ status, method: 5 });
explainKlingReply({ status, body: { code: 0 }, headers: { 'retry-after': '5' }, url: null });
explainKlingReply({ status, headers: {} as import('node:http').IncomingHttpHeaders });
// @ts-expect-error no status
explainKlingReply({ body: '' });
expectTypeOf(explainKlingReply({ status }).kind).toEqualTypeOf<KlingReplyKind>();
switch (explainKlingReply({ status }).kind) {
  case 'rate-limit':
    break;
  // @ts-expect-error no such kind
  case 'ratelimit':
    break;
}

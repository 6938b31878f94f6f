// Compiled, never run: what must and must not type-check.

import { createServer, type IncomingMessage } from 'node:http';
import { expectTypeOf } from 'expect-type';
import { fastify } from 'fastify';
import {
  KlingWebhook,
  type KlingWebhookDelivery,
  KlingWebhookError,
  type KlingWebhookErrorCode,
  type KlingWebhookEvent,
} from 'kling-auth';
import {
  fastifyWebhook,
  fetchWebhook,
  type KlingWebhookRequest,
  nodeWebhook,
  KlingWebhook as Same,
} from 'kling-auth/webhook';

expectTypeOf(Same).toEqualTypeOf(KlingWebhook);

const webhook = new KlingWebhook();
new KlingWebhook(null);
new KlingWebhook('whsec_x', null);
new KlingWebhook(['whsec_x', 'whsec_y'] as const, { toleranceSec: 5, replayProtection: null });
// @ts-expect-error a misspelled option
new KlingWebhook('whsec_x', { tolerance: 5 });
// @ts-expect-error bytes are no secret
new KlingWebhook(Buffer.alloc(24));

const bytes = Buffer.from('{}');
const headers = new Headers();
expectTypeOf(webhook.verify(bytes, headers)).toEqualTypeOf<KlingWebhookEvent>();
expectTypeOf(webhook.verify(bytes, headers).payload).toEqualTypeOf<unknown>();
expectTypeOf(webhook.verify<{ task_id: string }>(bytes, headers).payload.task_id).toBeString();
expectTypeOf(webhook.verifyRaw(bytes, headers)).toEqualTypeOf<KlingWebhookDelivery>();
expectTypeOf(webhook.verify(bytes, headers).timestamp).toEqualTypeOf<Date>();
expectTypeOf(webhook.sign('id', new Date(), bytes)).toEqualTypeOf<string>();
webhook.sign('id', 1_700_000_000, 'text');

for (const body of [
  '',
  bytes,
  new Uint16Array(1),
  new ArrayBuffer(1),
  new DataView(bytes.buffer),
]) {
  webhook.verify(body, headers);
}
// @ts-expect-error a parsed body
webhook.verify({ task_id: '1' }, headers);

const request = {} as IncomingMessage;
webhook.verify(bytes, request.headers);
webhook.verify(bytes, request.rawHeaders);
webhook.verify(bytes, request.headersDistinct);
webhook.verify(bytes, new Map([['webhook-id', 'x']]));
webhook.verify(bytes, { 'webhook-id': 'x' });
// @ts-expect-error no headers
webhook.verify(bytes, 5);

// With a shared store, and only then, there is something to wait for.
const shared = new KlingWebhook(null, {
  isReplay: async (id, expiresAt) => id === '' && expiresAt > new Date(),
});
expectTypeOf(shared.verify(bytes, headers)).toEqualTypeOf<Promise<KlingWebhookEvent>>();
const synchronous = new KlingWebhook(null, { isReplay: () => false });
expectTypeOf(synchronous.verifyRaw(bytes, headers)).toEqualTypeOf<Promise<KlingWebhookDelivery>>();
expectTypeOf(
  new KlingWebhook(null, { isReplay: null }).verifyRaw(bytes, headers),
).toEqualTypeOf<KlingWebhookDelivery>();
// @ts-expect-error what `SET … NX` answers is no boolean
new KlingWebhook(null, { isReplay: async () => 'OK' });

const error = new KlingWebhookError('KLING_WEBHOOK_REPLAY', 'message', { cause: 1 });
expectTypeOf(error.code).toEqualTypeOf<KlingWebhookErrorCode>();
// @ts-expect-error no such code
new KlingWebhookError('KLING_WEBHOOK_OTHER', 'message');

const verify = nodeWebhook({
  webhook: shared,
  bodyLimit: 5,
  onRejected: (e, req) => [e.code, req.url],
});
createServer((req, res) => {
  verify(req, res, () => {
    const { klingWebhook } = req as KlingWebhookRequest;
    expectTypeOf(klingWebhook).toEqualTypeOf<KlingWebhookEvent>();
  });
});
declare const expressRequest: Express.Request;
expectTypeOf(expressRequest.klingWebhook).toEqualTypeOf<KlingWebhookEvent>();
// @ts-expect-error a misspelled option
nodeWebhook({ limit: 5 });

const app = fastify();
app.register(fastifyWebhook, {
  url: '/kling',
  prefix: '/hooks',
  handler: (request, reply) => reply.send(request.klingWebhook.id),
});
// @ts-expect-error no handler
app.register(fastifyWebhook, { url: '/kling' });

const handle = fetchWebhook(async ({ id }, request) => new Response(id + request.url));
expectTypeOf(handle).toEqualTypeOf<(request: Request) => Promise<Response>>();
export const POST = fetchWebhook((event, _request, context: { params: object }) =>
  Response.json([event, context]),
);
expectTypeOf(POST).parameter(1).toEqualTypeOf<{ params: object }>();

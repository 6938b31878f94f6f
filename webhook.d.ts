/// <reference types="node" />

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { KlingWebhook, KlingWebhookError, KlingWebhookEvent } from './index';

export { KlingWebhook, KlingWebhookError } from './index';

/** What an option may hold where `null` counts as not given. */
type Optional<T> = T | null | undefined;

/** What the middleware for every framework takes. */
export interface KlingWebhookReceiverOptions<Request = unknown> {
  /**
   * What verifies the deliveries.
   * @default new KlingWebhook()
   */
  webhook?: Optional<KlingWebhook<boolean>>;
  /**
   * The largest body that is read, in bytes.
   * @default 1048576
   */
  bodyLimit?: Optional<number>;
  /**
   * Called with the reason for each refusal, which the reply does not tell: it is a bare 413 for a
   * body beyond the limit, 400 for a malformed delivery, 401 for an unproven one. Its promise is
   * awaited before the reply is sent.
   */
  onRejected?: Optional<(error: KlingWebhookError, request: Request) => unknown>;
}

/** A Node.js request whose callback was verified. */
export interface KlingWebhookRequest extends IncomingMessage {
  /** The delivery, proven to be Kling's. */
  klingWebhook: KlingWebhookEvent;
}

/**
 * Middleware for Express, Connect and `node:http`: sets `req.klingWebhook` and calls `next`, or
 * answers the request itself. Must come before anything that reads the body, except
 * `express.raw()`.
 *
 * Passes `next` what is not the sender's fault: an aborted request, a body that was read before, an
 * error of `isReplay` or `onRejected`. It throws for what is no request of Node.js and for a missing `next`:
 * without one nothing could follow a genuine delivery.
 *
 * @throws {TypeError | RangeError | KlingAuthError} For bad options, as `new KlingWebhook` does.
 * @example
 * app.post('/kling', nodeWebhook(), (req, res) => {
 *   console.log(req.klingWebhook.payload);
 *   res.sendStatus(200);
 * });
 */
export function nodeWebhook(
  options?: KlingWebhookReceiverOptions<IncomingMessage> | null,
): (req: IncomingMessage, res: ServerResponse, next: (error?: unknown) => void) => void;

/**
 * Options of {@link fastifyWebhook}. Fastify's own types are not named here, as not everybody has
 * Fastify installed.
 */
// biome-ignore lint/suspicious/noExplicitAny: see above
export interface KlingFastifyWebhookOptions extends KlingWebhookReceiverOptions<any> {
  /** The path of the callbacks. */
  url: string;
  /** The route's handler, which finds the delivery in `request.klingWebhook`. */
  // biome-ignore lint/suspicious/noExplicitAny: see above
  handler: (request: any, reply: any) => unknown;
}

/**
 * Fastify plugin: a route for callbacks. Body parsers of other routes stay as they are.
 *
 * @example
 * fastify.register(fastifyWebhook, {
 *   url: '/kling',
 *   handler(request, reply) {
 *     console.log(request.klingWebhook.payload);
 *     return reply.code(200).send();
 *   },
 * });
 */
// biome-ignore lint/suspicious/noExplicitAny: see above
export function fastifyWebhook(fastify: any, options: KlingFastifyWebhookOptions): Promise<void>;

/**
 * A handler of Fetch-style requests: Next.js routes, Hono, and what adapts others to them.
 *
 * Rejects with what is not the sender's fault: an aborted request, a body that was read before, a
 * missing secret, what is no `Request`, an error of `isReplay`, `onRejected` or `handler`.
 *
 * @param handler Gets the delivery, the request, and whatever else the framework passes.
 * @example
 * export const POST = fetchWebhook(async ({ payload }) => new Response());
 */
export function fetchWebhook<Rest extends unknown[] = []>(
  handler: (
    event: KlingWebhookEvent,
    request: Request,
    ...rest: Rest
  ) => Response | Promise<Response>,
  options?: KlingWebhookReceiverOptions<Request> | null,
): (request: Request, ...rest: Rest) => Promise<Response>;

declare global {
  namespace Express {
    interface Request {
      /** Set by {@link nodeWebhook}. */
      klingWebhook: KlingWebhookEvent;
    }
  }
}

// What Kling sends, and results that are discriminated.

import { expectTypeOf } from 'expect-type';
import {
  explainKlingReply,
  KlingAuth,
  type KlingCallback,
  type KlingEnvelope,
  type KlingNewerTask,
  type KlingReplyExplanation,
  type KlingTask,
  type KlingVerification,
  KlingWebhook,
} from 'kling-auth';

declare const explanation: KlingReplyExplanation;
if (explanation.ok) {
  expectTypeOf(explanation.hint).toEqualTypeOf<null>();
  expectTypeOf(explanation.kind).toEqualTypeOf<'ok'>();
} else {
  expectTypeOf(explanation.hint).toEqualTypeOf<string>();
  expectTypeOf(explanation.kind).not.toEqualTypeOf<'ok'>();
}

declare const verification: KlingVerification;
if (!verification.ok) expectTypeOf(verification.hint).toEqualTypeOf<string>();
expectTypeOf(verification.latencyMs).toEqualTypeOf<number>();

// As `response.json()` gives it.
declare const body: unknown;
explainKlingReply({ status: 200, body });

// From here, or from the environment.
new KlingAuth({ apiKey: process.env.KLING_API_KEY });
new KlingAuth({ accessKey: process.env.A, secretKey: process.env.B });
// @ts-expect-error one of them
new KlingAuth({ apiKey: 'a', accessKey: 'b' });

declare const reply: KlingEnvelope<KlingTask>;
expectTypeOf(reply.data?.task_result?.videos?.[0]?.url).toEqualTypeOf<string | undefined>();

const { payload } = new KlingWebhook().verify<KlingCallback>('', {});
if ('task_id' in payload) expectTypeOf(payload).toEqualTypeOf<KlingTask>();
else expectTypeOf(payload).toEqualTypeOf<KlingNewerTask>();

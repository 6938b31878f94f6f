// Compiled, never run: what must and must not type-check.

import { expectTypeOf } from 'expect-type';
import {
  decodeKlingToken,
  generateKlingToken,
  KlingAuth,
  KlingAuthError,
  type KlingAuthErrorCode,
  type KlingAuthOptions,
  type KlingHeaders,
  type KlingTokenRefusal,
  verifyKlingToken,
} from 'kling-auth';

expectTypeOf(generateKlingToken()).toEqualTypeOf<string>();
generateKlingToken(null);
generateKlingToken({
  accessKey: 'ak',
  secretKey: null,
  ttlSec: 60,
  clockToleranceSec: 0,
  env: process.env,
});
// @ts-expect-error a misspelled option
generateKlingToken({ ttl: 60 });
// @ts-expect-error numbers are no strings
generateKlingToken({ ttlSec: '60' });
// @ts-expect-error a static token has no buffer
generateKlingToken({ bufferSec: 60 });

const auth = new KlingAuth('ak', 'sk', 300);
expectTypeOf(auth.passedOver).toEqualTypeOf<string[]>();
new KlingAuth();
new KlingAuth(null);
new KlingAuth(process.env.A, process.env.B);
new KlingAuth({ bufferSec: 0, now: Date.now });
const options: KlingAuthOptions = {};
new KlingAuth(options);
// @ts-expect-error options stand alone
new KlingAuth({}, 'sk');
// @ts-expect-error not callable without new
KlingAuth('ak', 'sk');

expectTypeOf(auth.token).toEqualTypeOf<string>();
expectTypeOf(auth.headers).toEqualTypeOf<KlingHeaders>();
expectTypeOf(auth.headers.Authorization).toEqualTypeOf<`Bearer ${string}`>();
expectTypeOf(auth.expiresAt).toEqualTypeOf<Date | null>();
expectTypeOf(auth.refreshesAt).toEqualTypeOf<Date | null>();
expectTypeOf(auth.accessKey).toEqualTypeOf<string | null>();
expectTypeOf(auth.kind).toEqualTypeOf<'jwt' | 'apiKey'>();
expectTypeOf(auth.refresh()).toEqualTypeOf<string>();
expectTypeOf(auth.invalidate('x')).toEqualTypeOf<void>();
expectTypeOf(auth.getToken()).resolves.toEqualTypeOf<{ token: string; expiresAt: Date | null }>();
// @ts-expect-error read-only
auth.token = 'x';
// The platform's fetch takes the headers as they are.
const init: RequestInit = { headers: auth.headers };
expectTypeOf(init).toExtend<RequestInit>();
{
  using scoped = new KlingAuth('ak', 'sk');
  scoped.token;
}
class Tagged extends KlingAuth {
  override get token() {
    return `${super.token}#tagged`;
  }
}
expectTypeOf(new Tagged('ak', 'sk')).toExtend<KlingAuth>();

expectTypeOf(decodeKlingToken('x').expiresAt).toEqualTypeOf<Date | null>();
const result = verifyKlingToken('x', 'sk', { now: new Date(), accessKey: 'ak' });
verifyKlingToken('x', 'sk', { now: Date.now() });
if (result.valid) {
  expectTypeOf(result.claims.iss).toEqualTypeOf<string>();
  expectTypeOf(result.claims.nbf).toEqualTypeOf<number | undefined>();
} else {
  expectTypeOf(result.reason).toEqualTypeOf<KlingTokenRefusal>();
}

const error = new KlingAuthError('KLING_DISPOSED', 'message', { cause: 1 });
expectTypeOf(error).toExtend<Error>();
expectTypeOf(error.code).toEqualTypeOf<KlingAuthErrorCode>();
// @ts-expect-error codes are a fixed set
if (error.code === 'KLING_OTHER') throw error;

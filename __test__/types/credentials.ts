// Compiled, never run: every shape in which credentials may and may not be given.
import { expectTypeOf } from 'expect-type';
import {
  KlingAuth,
  type KlingAuthError,
  type KlingCredentialSource,
  type KlingCredentialsProvider,
  type KlingRefreshReason,
} from 'kling-auth';

new KlingAuth({ apiKey: 'k' });
new KlingAuth({ accessKey: 'ak', secretKey: 'sk' });
new KlingAuth({ accessKey: 'ak' });
new KlingAuth({ prefix: 'STAGING_', env: {} });
new KlingAuth({ credentials: () => ({ apiKey: 'k' }) });
new KlingAuth({ credentials: async () => ({ accessKey: 'ak', secretKey: 'sk', expiresAt: 1 }) });
new KlingAuth({
  credentials: async ({ signal, reason }) => {
    expectTypeOf(signal).toEqualTypeOf<AbortSignal>();
    expectTypeOf(reason).toEqualTypeOf<KlingRefreshReason>();
    return { apiKey: 'k', expiresAt: new Date() };
  },
  providerTimeoutMs: 500,
  bufferSec: 60,
});
// @ts-expect-error an API key and a pair exclude each other
new KlingAuth({ apiKey: 'k', accessKey: 'ak' });
// @ts-expect-error in either half
new KlingAuth({ apiKey: 'k', secretKey: 'sk' });
// @ts-expect-error a provider is the only source
new KlingAuth({ credentials: () => ({ apiKey: 'k' }), apiKey: 'k' });
// @ts-expect-error also where the environment is meant
new KlingAuth({ credentials: () => ({ apiKey: 'k' }), prefix: 'X_' });
// @ts-expect-error a provider returns credentials
new KlingAuth({ credentials: () => 'k' });
// @ts-expect-error in whole
new KlingAuth({ credentials: () => ({ accessKey: 'ak' }) });
// @ts-expect-error and of one kind
new KlingAuth({ credentials: () => ({ accessKey: 'ak', secretKey: 'sk', apiKey: 'k' }) });

new KlingAuth({
  onRefresh: ({ reason, expiresAt, source }) => {
    expectTypeOf(reason).toEqualTypeOf<KlingRefreshReason>();
    expectTypeOf(expiresAt).toEqualTypeOf<Date | null>();
    expectTypeOf(source).toEqualTypeOf<KlingCredentialSource>();
  },
  onError: (error) => expectTypeOf(error).toEqualTypeOf<KlingAuthError>(),
});

const auth = new KlingAuth();
expectTypeOf(auth.source).toEqualTypeOf<KlingCredentialSource>();
expectTypeOf(auth.ready()).resolves.toEqualTypeOf<void>();
auth.getToken({ signal: AbortSignal.timeout(1), forceRefresh: true });
auth.getToken(null);
// @ts-expect-error a misspelled option
auth.getToken({ force: true });
auth.rotate({ accessKey: 'ak', secretKey: 'sk' });
auth.rotate({ apiKey: 'k' });
// @ts-expect-error half a pair
auth.rotate({ accessKey: 'ak' });
// @ts-expect-error both kinds
auth.rotate({ accessKey: 'ak', secretKey: 'sk', apiKey: 'k' });

const provider: KlingCredentialsProvider = () => ({ apiKey: 'k' });
new KlingAuth({ credentials: provider });

// Compiled, never run: what must and must not type-check.

import { expectTypeOf } from 'expect-type';
import { KlingAuth } from 'kling-auth';
import {
  type KlingSandbox,
  type KlingSandboxCallback,
  type KlingSandboxFault,
  type KlingSandboxOptions,
  type KlingSandboxRequest,
  startKlingSandbox,
} from 'kling-auth/sandbox';

expectTypeOf(startKlingSandbox()).resolves.toEqualTypeOf<KlingSandbox>();
startKlingSandbox(null);
const options: KlingSandboxOptions = {
  accessKey: 'ak',
  secretKey: 'sk',
  apiKey: null,
  port: 0,
  clockSkewSec: -5,
  now: Date.now,
  taskPolls: 3,
  console: true,
  consolePort: 0,
  onRotate: () => {},
  packs: [{ makes: 'video', units: 5 }],
  tls: { key: 'pem', cert: new Uint8Array() },
  publicOrigin: 'https://kling.example.com',
  maxTokenTtlSec: 86_400,
  faults: [{ code: 1302 }],
  onRequest: ({ path }) => console.log(path),
};
startKlingSandbox(options);
// @ts-expect-error a misspelled option
startKlingSandbox({ clockSkew: 5 });
// @ts-expect-error strings are no numbers
startKlingSandbox({ port: '80' });

export async function check() {
  const sandbox = await startKlingSandbox();
  new KlingAuth({ env: sandbox.env });
  expectTypeOf(sandbox.url).toEqualTypeOf<string>();
  expectTypeOf(sandbox.apiKey).toEqualTypeOf<string | undefined>();
  expectTypeOf(sandbox.consoleUrl).toEqualTypeOf<string | undefined>();
  expectTypeOf(sandbox.failTask('1')).toEqualTypeOf<boolean>();
  expectTypeOf(sandbox.resendCallback('1', 'late')).resolves.toEqualTypeOf<
    KlingSandboxCallback[]
  >();
  new KlingAuth({ env: sandbox.envFor('both') });
  // @ts-expect-error no such kind
  sandbox.envFor('jwt');
  sandbox.fail({ lost: true, code: 5002 }, { taskFails: 'no' });
  expectTypeOf(sandbox.requests).toEqualTypeOf<KlingSandboxRequest[]>();
  expectTypeOf(sandbox.close()).resolves.toEqualTypeOf<void>();
  sandbox.clockSkewSec = 5;
  // @ts-expect-error read-only
  sandbox.port = 80;
  const fault: KlingSandboxFault = { date: new Date(), until: Promise.resolve(), reset: true };
  sandbox.fail(fault, { times: Number.POSITIVE_INFINITY, status: 502, headers: { a: 'b' } });
  // @ts-expect-error a fault is an object
  sandbox.fail(1302);
  // @ts-expect-error headers are strings
  sandbox.fail({ headers: { a: 1 } });
  expectTypeOf(sandbox.webhookSecret).toEqualTypeOf<string | undefined>();
  expectTypeOf(sandbox.callbacks).toEqualTypeOf<KlingSandboxCallback[]>();
  sandbox.rotateWebhookSecret({ emergency: true });
  sandbox.rotate();
  sandbox.rotate({ apiKey: 'key', keepPrevious: true });
  {
    await using scoped = await startKlingSandbox();
    scoped.recover();
  }
}

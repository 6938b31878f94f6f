// Compiled, never run: what must and must not type-check.

import { expectTypeOf } from 'expect-type';
import { KlingAuth } from 'kling-auth';
import {
  awsSecretsManager,
  azureKeyVault,
  fileCredentials,
  googleSecretManager,
  hashicorpVault,
  type KlingSecret,
  type KlingSecretReader,
  type KlingSecretWatcher,
} from 'kling-auth/credentials';

const watcher = fileCredentials({ accessKey: '/run/ak', secretKey: '/run/sk' });
expectTypeOf(watcher).toEqualTypeOf<KlingSecretWatcher>();
new KlingAuth({ credentials: watcher });
fileCredentials('/run/secrets/kling');
fileCredentials({ apiKey: '/run/secrets/kling' });
// @ts-expect-error half a pair
fileCredentials({ accessKey: '/run/ak' });
// @ts-expect-error both kinds
fileCredentials({ accessKey: '/run/ak', secretKey: '/run/sk', apiKey: '/run/key' });

// The vendors' own typings are tried by scripts/secrets.
const aws = awsSecretsManager({
  client: { getSecretValue: async ({ SecretId }) => ({ SecretString: SecretId }) },
  secretId: 'production/kling',
  versionStage: null,
});
expectTypeOf(aws).toEqualTypeOf<KlingSecretReader>();
new KlingAuth({ credentials: aws });
// @ts-expect-error without saying which secret
awsSecretsManager({ client: { getSecretValue: async () => ({}) } });
// @ts-expect-error the bare client, which has no methods but send
awsSecretsManager({ client: { send: async () => ({}) }, secretId: 'x' });

const google = googleSecretManager({
  client: { accessSecretVersion: async () => [{ payload: { data: 'x' } }, undefined, {}] },
  name: 'projects/p/secrets/kling',
});
const azure = azureKeyVault({
  client: { getSecret: async (name) => ({ value: name, properties: {} }) },
  name: 'kling',
});
const vault = hashicorpVault({ client: { read: async () => ({}) }, path: 'secret/data/kling' });
for (const credentials of [google, azure, vault]) new KlingAuth({ credentials });

const signal = new AbortController().signal;
expectTypeOf(vault({ signal })).resolves.toEqualTypeOf<KlingSecret>();

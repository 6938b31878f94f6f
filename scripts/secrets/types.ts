// Compiled by scripts/test-secrets.mjs against the vendors' own typings, never run.

import { SecretsManager, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SecretClient } from '@azure/keyvault-secrets';
import { SecretManagerServiceClient } from '@google-cloud/secret-manager';
import { KlingAuth } from 'kling-auth';
import {
  awsSecretsManager,
  azureKeyVault,
  googleSecretManager,
  hashicorpVault,
} from 'kling-auth/credentials';

import vault = require('node-vault');

declare const login: ConstructorParameters<typeof SecretClient>[1];

for (const credentials of [
  awsSecretsManager({ client: new SecretsManager(), secretId: 'production/kling' }),
  googleSecretManager({ client: new SecretManagerServiceClient(), name: 'projects/p/secrets/k' }),
  azureKeyVault({ client: new SecretClient('https://k.vault.azure.net', login), name: 'kling' }),
  hashicorpVault({ client: vault(), path: 'secret/data/kling' }),
]) {
  new KlingAuth({ credentials });
}

// @ts-expect-error the bare client has no methods but send
awsSecretsManager({ client: new SecretsManagerClient(), secretId: 'production/kling' });

'use strict';

const { checkManaged, managed, part, textOf } = require('./managed.js');
const { credentialsOfText } = require('./secret.js');

/** @type {typeof import('../../credentials').awsSecretsManager} */
function awsSecretsManager(options) {
  const { client, secretId, versionId, versionStage } = checkManaged(
    options,
    { client: 'object', secretId: 'string', versionId: 'string', versionStage: 'string' },
    'secretId',
    'getSecretValue',
    'a SecretsManager of @aws-sdk/client-secrets-manager',
  );
  const place = `the secret ${secretId} of AWS Secrets Manager`;
  const input = {
    SecretId: secretId,
    ...(versionId != null && { VersionId: versionId }),
    ...(versionStage != null && { VersionStage: versionStage }),
  };
  return managed(
    place,
    (signal) => client.getSecretValue(input, { abortSignal: signal }),
    (answer) => {
      const data = part(answer, 'SecretString') ?? part(answer, 'SecretBinary');
      return credentialsOfText(place, textOf(place, data));
    },
  );
}

module.exports = { awsSecretsManager };

'use strict';

const { checkManaged, managed, toText, until } = require('./managed.js');
const { credentialsOfText, unusable } = require('./secret.js');

/** @type {typeof import('../../credentials').azureKeyVault} */
function azureKeyVault(options) {
  checkManaged(
    options,
    { name: 'string', version: 'string' },
    'name',
    'getSecret',
    'a SecretClient of @azure/keyvault-secrets',
  );
  const { client, name, version } = options;
  const place = `the secret ${name} of Azure Key Vault`;
  return managed(
    place,
    (signal) =>
      client.getSecret(name, { abortSignal: signal, ...(version != null && { version }) }),
    (answer) => {
      if (answer?.value == null) throw unusable(place, 'holds no value');
      return until(credentialsOfText(place, toText(answer.value)), answer.properties?.expiresOn);
    },
  );
}

module.exports = { azureKeyVault };

'use strict';

const { checkManaged, managed, part, textOf, until } = require('./managed.js');
const { credentialsOfText, unusable } = require('./secret.js');

/** @type {typeof import('../../credentials').azureKeyVault} */
function azureKeyVault(options) {
  const { client, name, version } = checkManaged(
    options,
    { client: 'object', name: 'string', version: 'string' },
    'name',
    'getSecret',
    'a SecretClient of @azure/keyvault-secrets',
  );
  const place = `the secret ${name} of Azure Key Vault`;
  return managed(
    place,
    (signal) =>
      client.getSecret(name, { abortSignal: signal, ...(version != null && { version }) }),
    (answer) => {
      const value = part(answer, 'value');
      if (value == null) throw unusable(place, 'holds no value');
      return until(
        credentialsOfText(place, textOf(place, value)),
        part(part(answer, 'properties'), 'expiresOn'),
      );
    },
  );
}

module.exports = { azureKeyVault };

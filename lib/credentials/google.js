'use strict';

const { checkManaged, managed, part, textOf } = require('./managed.js');
const { credentialsOfText, unusable } = require('./secret.js');

/** @type {typeof import('../../credentials').googleSecretManager} */
function googleSecretManager(options) {
  const { client, name } = checkManaged(
    options,
    { client: 'object', name: 'string' },
    'name',
    'accessSecretVersion',
    'a SecretManagerServiceClient of @google-cloud/secret-manager',
  );
  const version = name.includes('/versions/') ? name : `${name}/versions/latest`;
  const place = `${version} of Google Secret Manager`;
  return managed(
    place,
    (signal) => client.accessSecretVersion({ name: version }, { signal }),
    (answer) => {
      const data = part(part(answer?.[0], 'payload'), 'data');
      if (data == null) throw unusable(place, 'holds no data');
      return credentialsOfText(place, textOf(place, data));
    },
  );
}

module.exports = { googleSecretManager };

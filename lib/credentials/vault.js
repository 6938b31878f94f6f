'use strict';

const { checkManaged, managed, part, until } = require('./managed.js');
const { credentialsOfObject, unusable } = require('./secret.js');

/** @type {typeof import('../../credentials').hashicorpVault} */
function hashicorpVault(options) {
  const { client, path } = checkManaged(
    options,
    { client: 'object', path: 'string' },
    'path',
    'read',
    'a client of node-vault',
  );
  const place = `${path} of HashiCorp Vault`;
  return managed(
    place,
    (signal) => client.read(path, { signal }),
    (answer) => {
      const data = part(answer, 'data');
      const leaseSec = part(answer, 'lease_duration');
      if (data == null) throw unusable(place, 'holds no data');
      const credentials = credentialsOfObject(place, secretIn(data, place));
      const hasEnd = typeof leaseSec === 'number' && leaseSec > 0;
      return until(credentials, hasEnd ? new Date(Date.now() + leaseSec * 1000) : undefined);
    },
  );
}

/**
 * The second version of the engine KV puts a version's data beside what it knows of that version.
 *
 * @param {Record<string, unknown>} data
 * @param {string} place
 */
function secretIn(data, place) {
  if (typeof part(data, 'metadata') !== 'object' || !Object.hasOwn(data, 'data')) return data;
  if (data.data === null) throw unusable(place, 'was deleted: its current version holds no data');
  return data.data;
}

module.exports = { hashicorpVault };

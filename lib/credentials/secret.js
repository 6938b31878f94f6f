'use strict';

const { KlingAuthError } = require('../error.js');
const { merged } = require('../member.js');
const native = require('#native');
const { looksLikeVariables, parseVariables } = require('./variables.js');

/** @typedef {import('../../credentials').KlingSecret} KlingSecret */

/**
 * What the members of a secret may be called: as the options, as people spell them in a vault, and
 * as the environment variables, in the order in which `KlingAuth` looks at those.
 *
 * @type {readonly ({ apiKey: string } | { accessKey: string, secretKey: string })[]}
 */
const NAMES = [
  { apiKey: 'apiKey' },
  { accessKey: 'accessKey', secretKey: 'secretKey' },
  { apiKey: 'api_key' },
  { accessKey: 'access_key', secretKey: 'secret_key' },
  { apiKey: 'KLING_API_KEY' },
  { accessKey: 'KLING_ACCESS_KEY', secretKey: 'KLING_SECRET_KEY' },
  { apiKey: 'KLINGAI_API_KEY' },
  { accessKey: 'KLINGAI_ACCESS_KEY', secretKey: 'KLINGAI_SECRET_KEY' },
  { accessKey: 'KLING_ACCESS_KEY_ID', secretKey: 'KLING_SECRET_ACCESS_KEY' },
];

const WANTED =
  'it must hold accessKey and secretKey, or apiKey, or variables such as KLING_ACCESS_KEY and KLING_SECRET_KEY';

/**
 * Credentials out of a text: JSON, a `.env` file, or a bare API Key.
 *
 * @param {string} place What error messages call the secret: a path, or the manager's name of it.
 * @param {string} given
 * @returns {KlingSecret}
 */
function credentialsOfText(place, given) {
  const text = given.replace(/^\uFEFF/, '');
  if (text.trim() === '') throw unusable(place, 'is empty');
  if (/^\s*[{["]/.test(text)) return credentialsOfObject(place, parseJson(place, text));
  if (looksLikeVariables(text)) return credentialsOfObject(place, parseVariables(text));
  return checked(place, { apiKey: text });
}

/**
 * Credentials out of an object, whose other members are left alone.
 *
 * @param {string} place
 * @param {unknown} object
 * @returns {KlingSecret}
 */
function credentialsOfObject(place, object) {
  if (typeof object !== 'object' || object === null || Array.isArray(object)) {
    throw unusable(place, `is not an object with keys: ${WANTED}`);
  }
  const end = endOf(place, member(object, 'expiresAt'));
  for (const names of NAMES) {
    /** @type {Record<string, string>} */
    const found = merged();
    const missing = [];
    for (const [option, name] of Object.entries(names)) {
      const value = member(object, name);
      if (value == null || value === '') missing.push(name);
      else if (typeof value === 'string') found[option] = value;
      else throw unusable(place, `holds ${name}, but not as a string`);
    }
    if (missing.length === 0) {
      const credentials = checked(place, /** @type {any} */ ({ ...found }));
      return end === undefined ? credentials : { ...credentials, expiresAt: end };
    }
    if (Object.keys(found).length > 0) {
      throw unusable(
        place,
        `lacks ${missing.join()}: the two halves of a pair stand in one secret`,
      );
    }
  }
  throw unusable(place, `holds no key of Kling's: ${WANTED}`);
}

/**
 * Refuses what cannot be a key with the core's own sentence, and says where it was found. What only
 * Kling's hosts refuse is left to the `KlingAuth` that gets it, which knows its base URL.
 *
 * @param {string} place
 * @param {KlingSecret} credentials
 */
function checked(place, credentials) {
  try {
    const options = { ...credentials, baseUrl: 'https://gateway.invalid' };
    new native.NativeAuth(native, options, {}).dispose();
  } catch (error) {
    const { code, message } = /** @type {NodeJS.ErrnoException} */ (error);
    if (code !== 'KLING_INVALID_CREDENTIALS') throw error;
    throw new KlingAuthError(code, `${place}: ${message}`);
  }
  return credentials;
}

/**
 * The engine's own message quotes what it could not read.
 *
 * @param {string} place
 * @param {string} text
 * @returns {unknown}
 */
function parseJson(place, text) {
  try {
    return JSON.parse(text);
  } catch {
    throw unusable(place, 'is not JSON, though it begins like it: it was cut off or damaged');
  }
}

/**
 * @param {string} place
 * @param {unknown} value
 */
function endOf(place, value) {
  if (value == null) return undefined;
  const end = new Date(/** @type {string | number} */ (value));
  const isTime = typeof value === 'string' || typeof value === 'number';
  if (isTime && !Number.isNaN(end.getTime())) return end;
  throw unusable(place, 'holds an expiresAt that is neither an ISO date nor milliseconds');
}

/**
 * @param {object} object
 * @param {string} name
 * @returns {unknown}
 */
function member(object, name) {
  return Object.hasOwn(object, name)
    ? /** @type {Record<string, unknown>} */ (object)[name]
    : undefined;
}

/**
 * @param {string} place
 * @param {string} problem
 */
function unusable(place, problem) {
  return new KlingAuthError('KLING_INVALID_CREDENTIALS', `${place} ${problem}`);
}

module.exports = { NAMES, checked, credentialsOfObject, credentialsOfText, unusable };

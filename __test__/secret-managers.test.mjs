// What the providers over secret managers make of answers. That the vendors' own clients give such
// answers is tested by `npm run test:secrets`.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KlingAuth } from 'kling-auth';
import {
  awsSecretsManager,
  azureKeyVault,
  googleSecretManager,
  hashicorpVault,
} from 'kling-auth/credentials';
import secret from '../lib/credentials/secret.js';

const { NAMES } = secret;

const SECRET = 'sk-never-to-be-shown';
const PAIR = { accessKey: 'ak-of-the-vault', secretKey: SECRET };
const JSON_PAIR = JSON.stringify(PAIR);
const API_KEY = `api-key-kling-${'k'.repeat(43)}`;
const NAME = 'projects/p/secrets/kling';

/** By vendor: the method that is called, the provider over it, the place that errors name. */
const VENDORS = {
  aws: {
    method: 'getSecretValue',
    make: (client) => awsSecretsManager({ client, secretId: 'prod/kling' }),
    answer: (text) => ({ SecretString: text }),
    place: 'the secret prod/kling of AWS Secrets Manager',
  },
  google: {
    method: 'accessSecretVersion',
    make: (client) => googleSecretManager({ client, name: NAME }),
    answer: (text) => [{ payload: { data: new TextEncoder().encode(text) } }, undefined, undefined],
    place: `${NAME}/versions/latest of Google Secret Manager`,
  },
  azure: {
    method: 'getSecret',
    make: (client) => azureKeyVault({ client, name: 'kling' }),
    answer: (text) => ({ value: text, properties: {} }),
    place: 'the secret kling of Azure Key Vault',
  },
  hashicorp: {
    method: 'read',
    make: (client) => hashicorpVault({ client, path: 'secret/data/kling' }),
    answer: (text) => ({ lease_duration: 0, data: { data: JSON.parse(text), metadata: {} } }),
    place: 'secret/data/kling of HashiCorp Vault',
  },
};

const signal = new AbortController().signal;

/** What the provider gives where the client answers so. */
function given({ method, make }, answer) {
  return make({ [method]: async () => answer })({ signal });
}

test('each asks its client for the secret by the name that was given, with the signal', async () => {
  for (const [make, args, answer] of [
    [VENDORS.aws, [{ SecretId: 'prod/kling' }, { abortSignal: signal }]],
    [VENDORS.google, [{ name: `${NAME}/versions/latest` }, { signal }]],
    [VENDORS.azure, ['kling', { abortSignal: signal }]],
    [VENDORS.hashicorp, ['secret/data/kling', { signal }]],
    [
      {
        ...VENDORS.aws,
        make: (client) =>
          awsSecretsManager({ client, secretId: 'a', versionId: 'b', versionStage: 'c' }),
      },
      [{ SecretId: 'a', VersionId: 'b', VersionStage: 'c' }, { abortSignal: signal }],
    ],
    [
      {
        ...VENDORS.google,
        make: (client) => googleSecretManager({ client, name: `${NAME}/versions/3` }),
      },
      [{ name: `${NAME}/versions/3` }, { signal }],
    ],
    [
      {
        ...VENDORS.azure,
        make: (client) => azureKeyVault({ client, name: 'kling', version: 'v1' }),
      },
      ['kling', { abortSignal: signal, version: 'v1' }],
    ],
  ].map(([vendor, expected]) => [
    vendor.make,
    expected,
    [vendor.method, vendor.answer(JSON_PAIR)],
  ])) {
    const [method, reply] = answer;
    const client = {
      async [method](...received) {
        assert.equal(this, client);
        assert.deepEqual(received, args);
        return reply;
      },
    };
    assert.deepEqual(await make(client)({ signal }), PAIR);
  }
});

test('what the managers hold may be JSON, variables or an API Key, as a text or in bytes', async () => {
  const { aws, google, azure } = VENDORS;
  const bytes = Buffer.from(`${API_KEY}\n`);
  for (const [vendor, answer, expected] of [
    [aws, { SecretString: `${API_KEY}\n` }, { apiKey: API_KEY }],
    [aws, { SecretBinary: bytes }, { apiKey: API_KEY }],
    [
      aws,
      { SecretString: 'KLING_ACCESS_KEY=ak-1\nKLING_SECRET_KEY=sk-1' },
      { accessKey: 'ak-1', secretKey: 'sk-1' },
    ],
    [google, [{ payload: { data: bytes } }], { apiKey: API_KEY }],
    [google, [{ payload: { data: API_KEY } }], { apiKey: API_KEY }],
    [azure, { value: `${API_KEY}\r\n`, properties: {} }, { apiKey: API_KEY }],
  ]) {
    assert.deepEqual(await given(vendor, answer), expected);
  }
});

test('the end that a vendor gives is taken over, and the earlier of two', async (t) => {
  const { azure, hashicorp } = VENDORS;
  t.mock.method(Date, 'now', () => 1_900_000_000_000);
  const [early, late] = [new Date(1_900_000_060_000), new Date(1_900_000_600_000)];
  const ofSecret = (end) => JSON.stringify({ ...PAIR, expiresAt: end });
  for (const [vendor, answer, expiresAt] of [
    [azure, { value: JSON_PAIR, properties: { expiresOn: late } }, late],
    [azure, { value: ofSecret(early), properties: { expiresOn: late } }, early],
    [azure, { value: ofSecret(late), properties: { expiresOn: early } }, early],
    [hashicorp, { lease_duration: 60, data: PAIR }, early],
    [hashicorp, { lease_duration: 0, data: PAIR }, undefined],
    [hashicorp, { data: PAIR }, undefined],
  ]) {
    const credentials = await given(vendor, answer);
    assert.deepEqual(credentials.expiresAt, expiresAt);
    assert.equal(credentials.secretKey, SECRET);
  }
});

test('Vault: both versions of KV, and a secret that has members of these names itself', async () => {
  const metadata = { version: 3 };
  for (const data of [
    PAIR,
    { data: PAIR, metadata },
    { access_key: PAIR.accessKey, secret_key: SECRET, data: 'x' },
  ]) {
    assert.deepEqual(await given(VENDORS.hashicorp, { data }), PAIR);
  }
});

test('an answer without credentials is refused by the name of the secret, without its content', async () => {
  const wanted =
    'it must hold accessKey and secretKey, or apiKey, or variables such as KLING_ACCESS_KEY and KLING_SECRET_KEY';
  const { aws, google, azure, hashicorp } = VENDORS;
  for (const [vendor, answer, problem] of [
    [aws, undefined, ' holds neither a text nor bytes'],
    [aws, {}, ' holds neither a text nor bytes'],
    [aws, { SecretString: '' }, ' is empty'],
    [aws, { SecretString: `{"password":"${SECRET}"}` }, ` holds no key of Kling's: ${wanted}`],
    [
      aws,
      { SecretString: `{"accessKey":"${SECRET}` },
      ' is not JSON, though it begins like it: it was cut off or damaged',
    ],
    [
      aws,
      { SecretString: `{"accessKey":"ak-1","secretKey":"${SECRET} "}` },
      ': secretKey is padded with white space: trim it',
    ],
    [google, [], ' holds no data'],
    [google, [{ payload: null }], ' holds no data'],
    [google, [{ payload: { data: new Uint8Array() } }], ' is empty'],
    [azure, { properties: {} }, ' holds no value'],
    [azure, { value: '[]', properties: {} }, ` is not an object with keys: ${wanted}`],
    [hashicorp, '', ' holds no data'],
    [hashicorp, { data: null }, ' holds no data'],
    [
      hashicorp,
      { data: { data: null, metadata: { destroyed: true } } },
      ' was deleted: its current version holds no data',
    ],
    [
      hashicorp,
      { data: { data: { accessKey: 5 }, metadata: {} } },
      ' holds accessKey, but not as a string',
    ],
    [
      hashicorp,
      { data: { secretKey: SECRET } },
      ' lacks accessKey: the two halves of a pair stand in one secret',
    ],
  ]) {
    await assert.rejects(given(vendor, answer), {
      name: 'KlingAuthError',
      code: 'KLING_INVALID_CREDENTIALS',
      message: `${vendor.place}${problem}`,
    });
  }
});

test("the vendor's error is the cause, named by its kind, and not quoted", async () => {
  class RestError extends Error {
    name = 'RestError';
  }
  for (const { method, make, place } of Object.values(VENDORS)) {
    for (const [failure, named] of [
      [
        Object.assign(new RestError(SECRET), { code: 'SecretNotFound', statusCode: 404 }),
        'RestError SecretNotFound 404',
      ],
      [Object.assign(new Error(SECRET), { response: { statusCode: 403 } }), 'Error 403'],
      [Object.assign(new Error(SECRET), { code: `contains ${SECRET}` }), 'Error'],
      [SECRET, 'string'],
      [undefined, 'undefined'],
    ]) {
      const client = { [method]: () => Promise.reject(failure) };
      const error = await make(client)({ signal }).catch((reason) => reason);
      assert.equal(error.code, 'KLING_PROVIDER_FAILED');
      assert.equal(error.message, `${place} could not be read (${named})`);
      assert.equal(error.cause, failure);
    }
  }
});

test('a client without the method, a secret without a name and unknown options are refused', () => {
  for (const [make, name, expected] of [
    [
      awsSecretsManager,
      'secretId',
      'a SecretsManager of @aws-sdk/client-secrets-manager: the given one has no getSecretValue()',
    ],
    [
      googleSecretManager,
      'name',
      'a SecretManagerServiceClient of @google-cloud/secret-manager: the given one has no accessSecretVersion()',
    ],
    [
      azureKeyVault,
      'name',
      'a SecretClient of @azure/keyvault-secrets: the given one has no getSecret()',
    ],
    [hashicorpVault, 'path', 'a client of node-vault: the given one has no read()'],
  ]) {
    const client = Object.fromEntries(
      Object.values(VENDORS).map(({ method }) => [method, () => {}]),
    );
    for (const options of [
      undefined,
      {},
      { client: null, [name]: 'x' },
      { client: { send() {} }, [name]: 'x' },
    ]) {
      assert.throws(() => make(options), {
        name: 'TypeError',
        code: 'KLING_INVALID_ARG_TYPE',
        message: `client must be ${expected}`,
      });
    }
    for (const value of [undefined, null, '']) {
      assert.throws(() => make({ client, [name]: value }), {
        name: 'TypeError',
        code: 'KLING_INVALID_ARG_VALUE',
        message: `${name} must say which secret to read`,
      });
    }
    assert.throws(() => make({ client, [name]: 5 }), {
      code: 'KLING_INVALID_ARG_TYPE',
      message: `${name} must be a string, received a number`,
    });
    assert.throws(() => make({ client, [name]: 'x', regoin: 'y' }), {
      code: 'KLING_UNKNOWN_OPTION',
    });
  }
});

test('the variables that a secret may hold are those of the environment, in the same order', async () => {
  // That none is missing here is looked at in facts.test.mjs.
  const families = NAMES.map(Object.values).filter(([name]) => /^KLING/.test(name));
  assert.ok(families.length >= 5);
  const holding = (names) =>
    Object.fromEntries(names.map((name) => [name, `${name.toLowerCase()}-${'x'.repeat(30)}`]));
  for (const first of families.keys()) {
    const env = holding(families.slice(first).flat());
    assert.equal(new KlingAuth({ env }).source, `env:${families[first][0]}`);
    const expected = Object.values(holding(families[first]));
    const answer = await given(VENDORS.aws, { SecretString: JSON.stringify(env) });
    assert.deepEqual(Object.values(answer), expected);
  }
});

test('KlingAuth takes each of them, and keeps what the client failed with', async () => {
  for (const { method, make, answer, place } of Object.values(VENDORS)) {
    let fails = false;
    const failure = new Error('down');
    const client = {
      [method]: async () => {
        if (fails) throw failure;
        return answer(JSON_PAIR);
      },
    };
    const auth = new KlingAuth({ credentials: make(client) });
    await auth.ready();
    assert.equal(auth.accessKey, PAIR.accessKey);
    fails = true;
    const error = await auth.getToken({ forceRefresh: true }).catch((reason) => reason);
    assert.equal(error.code, 'KLING_PROVIDER_FAILED');
    assert.equal(
      error.message,
      `the credentials provider failed: ${place} could not be read (Error)`,
    );
    assert.equal(error.cause, failure);
  }
});

// What people paste, and what they are told: in every place that takes a key.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { generateKlingToken, KlingAuth, KlingWebhook, verifyKlingToken } from '../index.js';
import native from '../lib/loader/native.js';
import { startKlingSandbox } from '../lib/sandbox.js';

const K = 'api-key-kling-Ab3_dEf6hIj9-LmN2pQr5tUv8xYz1BcD4fGh7jKl0nO';
const AK = 'A0b1C2d3E4f5G6h7I8j9K0l1M2n3O4p5';
const SK = 'q5P4o3N2m1L0k9J8i7H6g5F4e3D2c1B0';
const HEX = '0123456789abcdef0123456789abcdef';
const JWT = generateKlingToken({ accessKey: AK, secretKey: SK });
const WHSEC = 'whsec_dGVzdHNlY3JldHRlc3RzZWNyZXR0ZXN0c2VjcmV0MTI=';
const GATEWAY = 'https://gateway.example/v1';

const API_KEY = 'looks like an API Key: set KLING_API_KEY, or pass apiKey';
const TOKEN =
  'looks like a JWT, which is a token and not a key: pass the access key and the secret key it was signed with';
const BEARER = 'begins with "Bearer ": leave it out, it is added';
const IN_ONE = 'looks like an access key and a secret key in one: ';
const PASS_BOTH = `${IN_ONE}pass them as accessKey and secretKey`;
const SET_BOTH = `${IN_ONE}set them as KLING_ACCESS_KEY and KLING_SECRET_KEY`;
const CALLBACKS =
  'looks like a webhook secret, which callbacks are verified with: pass it to KlingWebhook, or set KLING_WEBHOOK_SECRET';
const PLACEHOLDER = 'is the placeholder of a sample file: put your own key in its place';
const UNFILLED =
  'is a variable that was not filled in: set it, or look at what should have put its value here';

/** @param {unknown} options */
const create = (options) => () => new KlingAuth({ env: {}, ...options });
const fromEnv = (env) => () => new KlingAuth({ env });

function refused(call, message) {
  assert.throws(call, { name: 'KlingAuthError', code: 'KLING_INVALID_CREDENTIALS', message });
}

test('a key in the wrong place is refused with what it is and where it belongs', () => {
  const rotate = (credentials) => () => new KlingAuth(AK, SK).rotate(credentials);
  const pair = (env) => () => generateKlingToken({ env });
  for (const [call, message] of [
    [create({ apiKey: `Bearer ${K}` }), `apiKey ${BEARER}`],
    [create({ apiKey: `bearer ${K}`, baseUrl: GATEWAY }), `apiKey ${BEARER}`],
    [fromEnv({ KLING_API_KEY: `Bearer ${K}` }), `KLING_API_KEY ${BEARER}`],
    [fromEnv({ KLING_ACCESS_KEY: K }), `KLING_ACCESS_KEY ${API_KEY}`],
    [fromEnv({ KLING_ACCESS_KEY: K, KLING_SECRET_KEY: SK }), `KLING_ACCESS_KEY ${API_KEY}`],
    [pair({ KLING_ACCESS_KEY: K }), `KLING_ACCESS_KEY ${API_KEY}`],
    [create({ accessKey: K, secretKey: SK }), `accessKey ${API_KEY}`],
    [create({ accessKey: AK, secretKey: K }), `secretKey ${API_KEY}`],
    [create({ accessKey: K, secretKey: SK, baseUrl: GATEWAY }), `accessKey ${API_KEY}`],
    [() => new KlingAuth(K), `accessKey ${API_KEY}`],
    [rotate({ accessKey: K, secretKey: SK }), `accessKey ${API_KEY}`],
    [() => verifyKlingToken(JWT, K), `secretKey ${API_KEY}`],
    [create({ accessKey: JWT, secretKey: SK }), `accessKey ${TOKEN}`],
    [create({ accessKey: AK, secretKey: JWT }), `secretKey ${TOKEN}`],
    [fromEnv({ KLING_ACCESS_KEY: `${AK}|${SK}` }), `KLING_ACCESS_KEY ${SET_BOTH}`],
    [
      fromEnv({ KLING_ACCESS_KEY: `${AK}|${SK}`, KLING_SECRET_KEY: SK }),
      `KLING_ACCESS_KEY ${SET_BOTH}`,
    ],
    [fromEnv({ KLING_API_KEY: `${AK}:${SK}` }), `KLING_API_KEY ${SET_BOTH}`],
    [create({ apiKey: `${AK};${SK}` }), `apiKey ${PASS_BOTH}`],
    [create({ apiKey: `${AK}.${SK}` }), `apiKey ${PASS_BOTH}`],
    [create({ accessKey: `${AK},${SK}` }), `accessKey ${PASS_BOTH}`],
    [rotate({ apiKey: `${AK}|${SK}` }), `apiKey ${PASS_BOTH}`],
    [create({ apiKey: WHSEC }), `apiKey ${CALLBACKS}`],
    [create({ accessKey: AK, secretKey: WHSEC }), `secretKey ${CALLBACKS}`],
    [create({ accessKey: WHSEC, secretKey: SK }), `accessKey ${CALLBACKS}`],
    [
      () => new KlingWebhook(K),
      'secret looks like an API Key: the secret that callbacks are signed with begins with whsec_',
    ],
    [
      () => new KlingWebhook(`v1,${WHSEC}`),
      'secret begins with "v1,", which belongs before signatures: leave it out',
    ],
    [
      () => new KlingWebhook(null, { env: { KLING_WEBHOOK_SECRET: `v1,${WHSEC}` } }),
      'KLING_WEBHOOK_SECRET begins with "v1,", which belongs before signatures: leave it out',
    ],
    [
      create({ apiKey: `${K}\n` }),
      "apiKey ends with a line break, which is the file's and not the key's: trim it",
    ],
    [
      create({ accessKey: 'sk_0123', secretKey: 'ak_0123' }),
      'accessKey looks like the secret key, and secretKey like the access key: exchange them',
    ],
  ]) {
    refused(call, message);
  }
});

test('what stands around a key, or for one, is named', () => {
  const base64 = (text) => Buffer.from(text).toString('base64');
  const name = 'begins with the name of what it is: leave that out, and what stands up to the key';
  const more =
    'holds more than an API Key: leave out all but the 57 characters from api-key-kling- on';
  const encoded = 'is a key in base64: decode it first';
  for (const [value, problem] of [
    [`export KLING_API_KEY="${K}"`, name],
    [`Access Key: ${AK}`, name],
    [`"secretKey": "${SK}"`, name],
    [`"Authorization": "Bearer ${K}"`, BEARER],
    [`curl -H 'Authorization: Bearer ${K}' https://api.klingai.com`, BEARER],
    [`${K},`, more],
    [`${K} # mine`, more],
    [`${K}${K}`, more],
    [`${SK},`, 'ends with a mark that does not belong to the key: leave it out'],
    [`<${AK}>`, 'is wrapped in brackets: they do not belong to the key'],
    [`Access Key: ${AK}\nSecret Key: ${SK}`, PASS_BOTH],
    [JSON.stringify({ accessKey: AK, secretKey: SK }), PASS_BOTH],
    [base64(`${AK}:${SK}`), encoded],
    [base64(SK), encoded],
    [
      '/run/secrets/kling',
      'is the path of a file: read the file, or give its path in a variable that ends in _FILE',
    ],
    [
      'api.klingai.com',
      'is an address, not the key that stands there: read the key first, and give a base URL as baseUrl',
    ],
    [
      `${SK.slice(0, 9)}\u200b${SK.slice(9)}`,
      'has an invisible character inside, as web pages and chats put it there: copy it from the Kling developer console',
    ],
  ]) {
    refused(create({ apiKey: value }), `apiKey ${problem}`);
    refused(create({ accessKey: value, secretKey: `${SK}0` }), `accessKey ${problem}`);
    refused(create({ accessKey: `${AK}0`, secretKey: value }), `secretKey ${problem}`);
  }
});

test('a variable whose name is nearly right is named with the right one', () => {
  for (const [near, right] of [
    ['kling_api_key', 'KLING_API_KEY'],
    ['KLINGAPIKEY', 'KLING_API_KEY'],
    ['KLING_KEY', 'KLING_API_KEY'],
    ['KLING_ACCES_KEY', 'KLING_ACCESS_KEY'],
    ['KLING_SECRET', 'KLING_SECRET_KEY'],
  ]) {
    assert.throws(fromEnv({ PATH: '/bin', [near]: 'x', KLING_REGION: 'cn' }), {
      code: 'KLING_MISSING_CREDENTIALS',
      message: `credentials not given: ${near} is set, but nobody reads it: rename it to ${right}`,
    });
  }
  assert.throws(() => new KlingWebhook(null, { env: { KLING_WEBHOOK_SECERT: 'x' } }), {
    message:
      'webhook secret not given: KLING_WEBHOOK_SECERT is set, but nobody reads it: rename it to KLING_WEBHOOK_SECRET',
  });
});

test('placeholders and variables that were not filled in are refused everywhere', () => {
  for (const [values, message] of [
    [
      [
        'your_kling_access_key',
        'YOUR_KLING_API_KEY',
        '<KLING_ACCESS_KEY>',
        'ak_xxxx…',
        'api-key-kling-xxxxx',
        'your-jwt-token',
      ],
      PLACEHOLDER,
    ],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a template that nobody has filled in.
    [['${KLING_ACCESS_KEY}', 'undefined', '$KLING_API_KEY', '%KLING_API_KEY%'], UNFILLED],
  ]) {
    for (const value of values) {
      refused(create({ apiKey: value }), `apiKey ${message}`);
      refused(create({ apiKey: value, baseUrl: GATEWAY }), `apiKey ${message}`);
      refused(create({ accessKey: value, secretKey: SK }), `accessKey ${message}`);
      refused(create({ accessKey: AK, secretKey: value }), `secretKey ${message}`);
      refused(() => new KlingWebhook(value), `secret ${message}`);
      refused(() => verifyKlingToken(JWT, value), `secretKey ${message}`);
    }
  }
});

test('what may be right is never refused in its own place', () => {
  const specials = 'Ab3!@#$%^&*()dEf6hIj9LmN2pQr5tUv';
  for (const secretKey of [SK, HEX, 'sk_0', `sk_${SK}`, specials]) {
    for (const accessKey of [AK, 'ak_0', `ak_${AK}`]) {
      assert.equal(new KlingAuth({ accessKey, secretKey, env: {} }).accessKey, accessKey);
    }
  }
  for (const apiKey of [K, K.slice(0, 50), 'sk-0123456789', 'sk-ant_a-b']) {
    assert.equal(new KlingAuth({ apiKey, env: {} }).token, apiKey);
  }
  for (const apiKey of [HEX, AK, JWT, 'sk-0123', 'two.parts', 'sk_0', 'ak_0', 'a|b', K]) {
    for (const options of [{ baseUrl: GATEWAY }, { env: { KLING_API_BASE: GATEWAY } }]) {
      const auth = new KlingAuth({ apiKey, env: {}, ...options });
      assert.equal(auth.token, apiKey);
      auth.rotate({ apiKey });
    }
  }
  for (const secret of [WHSEC, AK, 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaX=']) new KlingWebhook(secret);
});

test('the base URL decides whose keys are expected', () => {
  for (const baseUrl of ['https://api.klingai.com', 'https://api-beijing.klingai.com:443/v1']) {
    refused(
      create({ apiKey: HEX, baseUrl }),
      'apiKey looks like an access key: pass it as accessKey, with its secretKey',
    );
  }
  refused(
    create({ apiKey: HEX, region: 'cn' }),
    'apiKey looks like an access key: pass it as accessKey, with its secretKey',
  );
});

test('what a provider answers is looked at in the same way', async () => {
  const auth = new KlingAuth({ credentials: () => ({ accessKey: K, secretKey: SK }) });
  await assert.rejects(auth.getToken(), (error) => {
    assert.equal(error.code, 'KLING_PROVIDER_FAILED');
    assert.match(`${error.message} ${error.cause?.message}`, /accessKey looks like an API Key/);
    return true;
  });
  const gateway = new KlingAuth({ credentials: () => ({ apiKey: HEX }), baseUrl: GATEWAY });
  assert.equal((await gateway.getToken()).token, HEX);
});

test('the sandbox takes what Kling could have given', async () => {
  await assert.rejects(startKlingSandbox({ apiKey: `Bearer ${K}` }), {
    code: 'KLING_INVALID_CREDENTIALS',
    message: `apiKey ${BEARER}`,
  });
});

test('further credentials in the environment are known by name', () => {
  const env = { KLING_API_KEY: K, KLING_ACCESS_KEY: AK, KLING_SECRET_KEY: SK };
  const auth = new KlingAuth({ env });
  assert.deepEqual(auth.passedOver, ['KLING_ACCESS_KEY', 'KLING_SECRET_KEY']);
  assert.equal(auth.source, 'env:KLING_API_KEY');
  auth.rotate({ apiKey: K });
  assert.deepEqual(auth.passedOver, []);
  assert.deepEqual(new KlingAuth({ env, apiKey: K }).passedOver, []);
  assert.deepEqual(new KlingAuth({ env, credentials: () => ({ apiKey: K }) }).passedOver, []);
});

test('a refusal names the credentials that were passed over', async () => {
  const env = { KLING_API_KEY: K, KLING_ACCESS_KEY: AK, KLING_SECRET_KEY: SK };
  const body = '{"code":1002,"message":"api key not found"}';
  const fetch = async () => new Response(body, { status: 401 });
  const { hint, message } = await new KlingAuth({ env, fetch }).verify();
  assert.equal(message, 'api key not found');
  assert.equal(
    hint,
    "Kling does not know this API Key: it is not whole, disabled in the Kling developer console, or of the other region; KLING_ACCESS_KEY and KLING_SECRET_KEY are set too, and passed over: KLING_API_KEY comes first; a key works in its own region only: api-singapore.klingai.com refused this one, the other region's host is api-beijing.klingai.com",
  );
});

test('doctor is told what is odd and where, never a value', () => {
  const base = 'https://api.klingai.com';
  const length = "has 50 characters, those of Kling's have 57";
  const letter = "character 5 is a letter of another alphabet, which no key of Kling's has";
  for (const [name, value, ...expected] of [
    ['KLING_API_KEY', K, 'an API Key'],
    ['KLING_API_KEY', K.slice(0, 50), 'an API Key', undefined, length],
    [
      'KLING_SECRET_KEY',
      `${SK.slice(0, 4)}С${SK.slice(5)}`,
      'no kind of key that is known',
      undefined,
      letter,
    ],
    ['KLING_ACCESS_KEY', K, 'an API Key', API_KEY],
    ['KLING_WEBHOOK_SECRET', WHSEC, 'a webhook secret'],
    ['KLING_API_BASE', base],
  ]) {
    const { looksLike, problem, odd } = native.describeKey(name, value, base);
    const [shape, refusal, oddity] = expected;
    assert.deepEqual([looksLike, problem, odd], [shape, refusal, oddity], name);
  }
  assert.equal(native.describeKey('KLING_API_KEY', 'a b', GATEWAY).odd, undefined);
});

import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { KlingAuthError, KlingWebhook, KlingWebhookError } from '../index.js';
import { cleanEnv, runJson } from './helpers/run.mjs';
import {
  BODY,
  exampleWebhook,
  HEADERS,
  ID,
  now,
  OTHER,
  SECONDS,
  SECRET,
  SIGNATURE,
  signedHeaders,
} from './helpers/webhook.mjs';

const webhook = exampleWebhook();
const bytes = Buffer.from(BODY);
const refused = (code, message) => ({
  name: 'KlingWebhookError',
  code: `KLING_WEBHOOK_${code}`,
  message,
});
const NO_MATCH =
  'no signature matches: it was made with another secret, or id, timestamp or body are not as they were signed';

test('the example of the reference implementations is accepted', () => {
  assert.deepEqual(webhook.verify(bytes, HEADERS), {
    id: ID,
    timestamp: new Date(SECONDS * 1000),
    payload: { test: 2432232314 },
  });
  assert.deepEqual(webhook.verifyRaw(bytes, HEADERS), {
    id: ID,
    timestamp: new Date(SECONDS * 1000),
  });
});

test('the example of the reference implementations is signed as they sign it', () => {
  for (const timestamp of [SECONDS, new Date(SECONDS * 1000), new Date(SECONDS * 1000 + 999)]) {
    assert.equal(webhook.sign(ID, timestamp, BODY), SIGNATURE);
  }
});

test('a body is taken in any form that holds its bytes', () => {
  const padded = Buffer.from(`12345678${BODY}${' '.repeat(20)}`);
  const aligned = (length) => padded.buffer.slice(padded.byteOffset, padded.byteOffset + length);
  const bodies = [
    bytes,
    BODY,
    new Uint8Array(bytes),
    new Uint8ClampedArray(bytes),
    new Int8Array(bytes),
    new Uint8Array(bytes).buffer,
    padded.subarray(8, 8 + bytes.length),
    new DataView(aligned(28), 8),
    new Uint16Array(aligned(28), 8),
    new Int32Array(aligned(28), 8),
    new Float32Array(aligned(28), 8),
  ];
  assert.equal(bytes.length, 20);
  for (const body of bodies) {
    assert.deepEqual(webhook.verify(body, HEADERS).payload, { test: 2432232314 });
    assert.equal(webhook.verifyRaw(body, HEADERS).id, ID);
    assert.equal(webhook.sign(ID, SECONDS, body), SIGNATURE);
  }
  const text = JSON.stringify('x'.repeat(22)); // 24 bytes, for elements of 8
  const eights = new Uint8Array(Buffer.from(text)).buffer;
  const headers = signedHeaders(webhook, ID, SECONDS, text);
  for (const body of [new Float64Array(eights), new BigUint64Array(eights)]) {
    assert.equal(webhook.verify(body, headers).payload, JSON.parse(text));
  }
});

test('what is parsed of a string is what was signed, lone surrogates or not', () => {
  for (const [body, payload] of [
    ['{"test":"a\ud800b"}', { test: 'a\ufffdb' }],
    ['{"\udc00":"\ufffd é😀"}', { '\ufffd': '\ufffd é😀' }],
  ]) {
    for (const form of [body, Buffer.from(body)]) {
      const headers = signedHeaders(webhook, 'a', SECONDS, form);
      assert.deepEqual(webhook.verify(form, headers).payload, payload);
    }
  }
});

test('what is no raw body is refused with the way to get one', () => {
  const table = [
    [{ test: 2432232314 }, 'an object'],
    [[1, 2], 'an array'],
    [undefined, 'undefined'],
    [null, 'null'],
    [7, 'a number'],
    [() => {}, 'a function'],
    [
      new Uint8Array(new SharedArrayBuffer(20)),
      'memory that is shared with other threads, which could change it after the check',
    ],
    [
      new DataView(new SharedArrayBuffer(20)),
      'memory that is shared with other threads, which could change it after the check',
    ],
    [new SharedArrayBuffer(20), 'an object'],
  ];
  for (const [body, received] of table) {
    const expected = {
      name: 'TypeError',
      code: 'KLING_INVALID_ARG_TYPE',
      message: `rawBody must be the body as it arrived (a Buffer, TypedArray, ArrayBuffer or string), received ${received}: in Express put express.raw({ type: '*/*' }) before the handler, in Fastify add a content type parser with parseAs: 'buffer', in Next.js pass Buffer.from(await request.arrayBuffer()), in Lambda pass Buffer.from(event.body, event.isBase64Encoded ? 'base64' : 'utf8'); or use the middleware of kling-auth/webhook`,
    };
    assert.throws(() => webhook.verify(body, HEADERS), expected);
    assert.throws(() => webhook.verifyRaw(body, HEADERS), expected);
    assert.throws(() => webhook.sign(ID, SECONDS, body), expected);
  }
});

test('a detached buffer is empty, not a crash', () => {
  const body = new Uint8Array(bytes);
  structuredClone(body.buffer, { transfer: [body.buffer] });
  assert.throws(() => webhook.verify(body, HEADERS), refused('NO_MATCHING_SIGNATURE', NO_MATCH));
  assert.throws(
    () => webhook.verify(body.buffer, HEADERS),
    refused('NO_MATCHING_SIGNATURE', NO_MATCH),
  );
});

test('headers are found in any container and case', () => {
  const upper = Object.fromEntries(
    Object.entries(HEADERS).map(([name, value]) => [name.toUpperCase(), value]),
  );
  const mixed = {
    'Webhook-Id': ID,
    'WEBHOOK-timestamp': `${SECONDS}`,
    'webhook-Signature': SIGNATURE,
  };
  const lists = Object.fromEntries(Object.entries(HEADERS).map(([name, value]) => [name, [value]]));
  const foreign = { get: (name) => HEADERS[name] ?? null };
  const containers = [
    HEADERS,
    upper,
    mixed,
    lists,
    foreign,
    { ...HEADERS, 'content-type': 'application/json', 'x-ten-char': undefined },
    new Headers(upper),
    new Map(Object.entries(mixed)),
    new Map(Object.entries(lists)),
    Object.entries(mixed).flat(),
    ['Host', 'example.com', ...Object.entries(upper).flat()],
    Object.assign(Object.create(null), HEADERS),
  ];
  for (const headers of containers) assert.equal(webhook.verify(bytes, headers).id, ID);
});

test('what is no container of headers is refused', () => {
  const table = [
    [undefined, 'undefined'],
    [null, 'null'],
    ['webhook-id: a', 'a string'],
    [7, 'a number'],
    [Promise.resolve(new Headers(HEADERS)), 'a promise: await it'],
    [Object.entries(HEADERS), 'one whose names are not strings'],
    [new Map([[1, 2]]), 'one whose names are not strings'],
    [{ ...HEADERS, 'webhook-timestamp': SECONDS }, 'one whose webhook-timestamp is not a string'],
    [new Map([['webhook-id', {}]]), 'one whose webhook-id is not a string'],
  ];
  for (const [headers, received] of table) {
    assert.throws(() => webhook.verify(bytes, headers), {
      name: 'TypeError',
      code: 'KLING_INVALID_ARG_TYPE',
      message: `headers must be a Headers, a plain object, a Map or an array as rawHeaders, received ${received}`,
    });
  }
});

test('each missing header is named', () => {
  for (const missing of Object.keys(HEADERS)) {
    const { [missing]: _, ...others } = HEADERS;
    const expected = refused(
      'MISSING_HEADER',
      `${missing} is missing: the request is not from Kling, or no webhook secret has been created in its console`,
    );
    for (const headers of [
      others,
      { ...others, [missing]: '' },
      { ...others, [missing]: [] },
      new Headers(others),
      new Map(Object.entries(others)),
      Object.entries(others).flat(),
    ]) {
      assert.throws(() => webhook.verify(bytes, headers), expected);
    }
  }
});

test('an id or a timestamp with several values is refused in every container', () => {
  for (const name of ['webhook-id', 'webhook-timestamp']) {
    const value = HEADERS[name];
    const twice = new Headers(HEADERS);
    twice.append(name, value);
    const containers = [
      { ...HEADERS, [name]: `${value}, ${value}` },
      { ...HEADERS, [name]: [value, value] },
      { ...HEADERS, [name.toUpperCase()]: value },
      { ...HEADERS, [name]: ['', value] },
      twice,
      new Map([...Object.entries(HEADERS), [name.toUpperCase(), value]]),
      [...Object.entries(HEADERS).flat(), name, value],
      [name, '', ...Object.entries(HEADERS).flat()],
    ];
    for (const headers of containers) {
      assert.throws(
        () => webhook.verify(bytes, headers),
        refused('DUPLICATE_HEADER', `${name} has more than one value`),
      );
    }
  }
});

test('signatures may be spread over several values', () => {
  const other = new KlingWebhook(OTHER).sign(ID, SECONDS, BODY);
  const { 'webhook-signature': _, ...rest } = HEADERS;
  for (const pair of [
    [other, SIGNATURE],
    [SIGNATURE, other],
  ]) {
    const appended = new Headers(rest);
    for (const value of pair) appended.append('webhook-signature', value);
    const containers = [
      { ...rest, 'webhook-signature': pair.join(' ') },
      { ...rest, 'webhook-signature': pair.join(',') },
      { ...rest, 'webhook-signature': pair },
      { ...rest, 'webhook-signature': pair[0], 'Webhook-Signature': pair[1] },
      appended,
      new Map([
        ...Object.entries(rest),
        ['webhook-signature', pair[0]],
        ['Webhook-Signature', pair[1]],
      ]),
      [...Object.entries(rest).flat(), 'webhook-signature', pair[0], 'webhook-signature', pair[1]],
    ];
    for (const headers of containers) assert.equal(webhook.verify(bytes, headers).id, ID);
  }
});

test('no forged delivery passes', () => {
  const key = Buffer.from(SECRET.slice('whsec_'.length), 'base64');
  const base64 = SIGNATURE.slice('v1,'.length);
  const signed = `${ID}.${SECONDS}.${BODY}`;
  const sign = (text, algorithm = 'sha256', secret = key) =>
    createHmac(algorithm, secret).update(text).digest('base64');
  const other = { ...HEADERS, 'webhook-id': 'msg_other', 'webhook-signature': SIGNATURE };
  const withSignature = (signature) => ({ ...HEADERS, 'webhook-signature': signature });
  const at = (seconds) => ({ ...HEADERS, 'webhook-timestamp': String(seconds) });
  const later = SECONDS + 1;
  const table = {
    'changed byte': [BODY.replace('4', '5'), HEADERS],
    'byte appended': [`${BODY} `, HEADERS],
    'empty body': ['', HEADERS],
    'parsed and serialized again': [JSON.stringify(JSON.parse(BODY)), HEADERS],
    'swapped id': [BODY, other],
    'id in another case': [BODY, { ...HEADERS, 'webhook-id': ID.toUpperCase() }],
    'changed timestamp': [BODY, at(later)],
    'timestamp with a sign': [BODY, at(`+${SECONDS}`), 'MALFORMED_TIMESTAMP'],
    'timestamp with a zero before it': [BODY, at(`0${SECONDS}`), 'MALFORMED_TIMESTAMP'],
    'timestamp in milliseconds': [BODY, at(SECONDS * 1000), 'MALFORMED_TIMESTAMP'],
    'old delivery': [BODY, at(SECONDS - 301), 'TOO_OLD'],
    'delivery of the future': [BODY, at(SECONDS + 301), 'TOO_FAR_AHEAD'],
    'other secret': [BODY, withSignature(`v1,${sign(signed, 'sha256', Buffer.alloc(24))}`)],
    'secret not decoded': [BODY, withSignature(`v1,${sign(signed, 'sha256', SECRET)}`)],
    'empty secret': [BODY, withSignature(`v1,${sign(signed, 'sha256', '')}`)],
    'truncated signature': [BODY, withSignature(SIGNATURE.slice(0, -5))],
    'signature without padding': [BODY, withSignature(SIGNATURE.slice(0, -1))],
    'signature truncated to half its bytes': [
      BODY,
      withSignature(`v1,${Buffer.from(base64, 'base64').subarray(0, 16).toString('base64')}`),
    ],
    'signature with bytes after it': [
      BODY,
      withSignature(
        `v1,${Buffer.concat([Buffer.from(base64, 'base64'), Buffer.alloc(1)]).toString('base64')}`,
      ),
    ],
    'signature in base64url': [BODY, withSignature(SIGNATURE.replace('+', '-').replace('/', '_'))],
    'signature in hexadecimal': [
      BODY,
      withSignature(`v1,${Buffer.from(base64, 'base64').toString('hex')}`),
    ],
    'signature without version': [BODY, withSignature(base64)],
    'v2,': [BODY, withSignature(`v2,${base64}`)],
    'v1a, (ed25519)': [BODY, withSignature(`v1a,${base64}`)],
    'V1,': [BODY, withSignature(`V1,${base64}`)],
    'v1 without comma': [BODY, withSignature(`v1${base64}`)],
    'nothing after v1,': [BODY, withSignature('v1,')],
    'empty list': [BODY, withSignature(' ')],
    'list of commas': [BODY, withSignature(', , ,')],
    SHA512: [BODY, withSignature(`v1,${sign(signed, 'sha512')}`)],
    SHA1: [BODY, withSignature(`v1,${sign(signed, 'sha1')}`)],
    'hash without a key': [
      BODY,
      withSignature(`v1,${createHash('sha256').update(signed).digest('base64')}`),
    ],
    'body alone signed': [BODY, withSignature(`v1,${sign(BODY)}`)],
    'id and timestamp swapped in what is signed': [
      BODY,
      withSignature(`v1,${sign(`${SECONDS}.${ID}.${BODY}`)}`),
    ],
    'boundary moved into the id': [
      BODY,
      { ...HEADERS, 'webhook-id': `${ID}.${SECONDS}`, 'webhook-timestamp': String(later) },
      'MALFORMED_HEADER',
    ],
    'header injected through the id': [
      BODY,
      { ...HEADERS, 'webhook-id': `x\r\nwebhook-id: ${ID}` },
      'MALFORMED_HEADER',
    ],
    'header injected through the signature': [
      BODY,
      withSignature(`v2,x\r\nwebhook-signature: ${SIGNATURE}`),
      'MALFORMED_HEADER',
    ],
    'letters that look like it when cut to a byte': [
      BODY,
      withSignature([...SIGNATURE].map((c) => String.fromCharCode(c.charCodeAt(0) + 256)).join('')),
      'MALFORMED_HEADER',
    ],
    'NUL before the signature': [BODY, withSignature(`\0${SIGNATURE}`), 'MALFORMED_HEADER'],
    'genuine signature at the 17th place': [
      BODY,
      withSignature(`${'v1,AAAA '.repeat(16)}${SIGNATURE}`),
    ],
    'genuine signature beyond 64 KiB': [
      BODY,
      withSignature(`${' '.repeat(65536)}${SIGNATURE}`),
      'MALFORMED_HEADER',
    ],
  };
  for (const [what, [body, headers, code = 'NO_MATCHING_SIGNATURE']] of Object.entries(table)) {
    for (const form of [body, Buffer.from(body)]) {
      for (const method of ['verify', 'verifyRaw']) {
        assert.throws(
          () => webhook[method](form, headers),
          { name: 'KlingWebhookError', code: `KLING_WEBHOOK_${code}` },
          what,
        );
      }
    }
  }
});

test('the boundary between id, timestamp and body cannot be moved', () => {
  // Signed over the same text: `a.1614265330.1614265331.{}`.
  const body = `${SECONDS + 1}.{}`;
  const { 'webhook-signature': signature } = signedHeaders(webhook, 'a', SECONDS, body);
  const headers = {
    'webhook-id': `a.${SECONDS}`,
    'webhook-timestamp': String(SECONDS + 1),
    'webhook-signature': signature,
  };
  assert.throws(
    () => webhook.verify('{}', headers),
    refused(
      'MALFORMED_HEADER',
      'webhook-id has a dot inside, which separates it from the timestamp in what is signed',
    ),
  );
});

test('a genuine body that is not JSON in UTF-8 is told from a forged one', () => {
  for (const body of [
    '',
    'text',
    '{',
    '{"a":1}x',
    '\uFEFF{}',
    Buffer.from([0x22, 0xff, 0x22]),
    Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]),
    Buffer.from([0x22, 0xc3]),
  ]) {
    const headers = signedHeaders(webhook, ID, SECONDS, body);
    assert.throws(
      () => webhook.verify(body, headers),
      refused('BODY_NOT_JSON', 'the body is signed, but is not JSON'),
    );
    assert.equal(webhook.verifyRaw(body, headers).id, ID);
  }
});

test('every JSON value comes back', () => {
  for (const value of [
    null,
    0,
    false,
    '',
    'ключ 🔑 \u2028 é',
    [],
    {},
    [[['x']]],
    { __proto__: null, a: 1 },
  ]) {
    const body = JSON.stringify(value);
    const headers = signedHeaders(webhook, ID, SECONDS, body);
    for (const form of [body, Buffer.from(body)]) {
      assert.deepEqual(webhook.verify(form, headers).payload, JSON.parse(body));
    }
  }
});

test('the tolerance is an option, and the clock another', () => {
  let clock = now();
  const strict = exampleWebhook({ toleranceSec: 10, now: () => clock });
  const table = [
    [0, null],
    [10_000, null],
    [-10_000, null],
    [
      10_001,
      'TOO_OLD',
      "webhook-timestamp is 11 s old, of which 10 are tolerated: an old delivery sent again, or this machine's clock is ahead",
    ],
    [
      -10_001,
      'TOO_FAR_AHEAD',
      "webhook-timestamp lies 11 s ahead, of which 10 are tolerated: this machine's clock is behind, or the sender's is ahead",
    ],
  ];
  for (const [offset, code, message] of table) {
    clock = now() + offset;
    if (code === null) assert.equal(strict.verify(BODY, HEADERS).id, ID);
    else assert.throws(() => strict.verify(BODY, HEADERS), refused(code, message));
  }
});

test('the system clock is the default', () => {
  const system = new KlingWebhook(SECRET);
  const seconds = Math.floor(Date.now() / 1000);
  const headers = signedHeaders(system, ID, seconds, BODY);
  assert.equal(system.verify(BODY, headers).id, ID);
  assert.throws(() => system.verify(BODY, HEADERS), { code: 'KLING_WEBHOOK_TOO_OLD' });
});

test('several secrets accept and sign what each of them does', () => {
  const both = new KlingWebhook([SECRET, OTHER], { now });
  const other = new KlingWebhook(OTHER, { now });
  const by = (signer) => signedHeaders(signer, ID, SECONDS, BODY);
  for (const signer of [webhook, other, both]) assert.equal(both.verify(BODY, by(signer)).id, ID);
  for (const receiver of [webhook, other]) assert.equal(receiver.verify(BODY, by(both)).id, ID);
  assert.throws(() => other.verify(BODY, by(webhook)), refused('NO_MATCHING_SIGNATURE', NO_MATCH));
  assert.deepEqual(both.sign(ID, SECONDS, BODY).split(' '), [
    SIGNATURE,
    other.sign(ID, SECONDS, BODY),
  ]);
});

test('secrets come from the environment', () => {
  const both = `${SECRET}, ${OTHER}`;
  for (const KLING_WEBHOOK_SECRET of [SECRET, both, both.replace(',', ''), both.replace(' ', '')]) {
    const { verify, headers } = {
      verify: new KlingWebhook(null, { now, env: { KLING_WEBHOOK_SECRET } }),
      headers: HEADERS,
    };
    assert.equal(verify.verify(BODY, headers).id, ID);
  }
  const source = `
    const { KlingWebhook } = require('./index.js');
    const show = (create) => { try { return create().sign('a', 1614265330, ''); } catch ({ name, code, message }) { return { name, code, message }; } };
    console.log(JSON.stringify([show(() => new KlingWebhook()), show(() => new KlingWebhook(process.env.OTHER))]));`;
  const [first, second] = runJson(source, { env: { KLING_WEBHOOK_SECRET: SECRET, OTHER } });
  assert.equal(first, webhook.sign('a', SECONDS, ''));
  assert.equal(second, new KlingWebhook(OTHER).sign('a', SECONDS, ''));
  assert.deepEqual(runJson(source)[0], {
    name: 'KlingAuthError',
    code: 'KLING_MISSING_CREDENTIALS',
    message:
      'webhook secret not given: pass secret, or set KLING_WEBHOOK_SECRET in the environment',
  });
  assert.equal('KLING_WEBHOOK_SECRET' in cleanEnv(), false);
});

test('secrets that cannot be are refused', () => {
  const short = 'is shorter than 16 bytes once decoded, which could be guessed: copy it whole';
  const noBase64 = 'is not base64: copy it whole from the Kling developer console';
  const table = [
    ['whsec_', `secret ${short}`],
    [`whsec_${Buffer.alloc(15).toString('base64')}`, `secret ${short}`],
    ['not base64!', 'secret holds a space or comma: pass several secrets as an array of strings'],
    ['not-base64!', `secret ${noBase64}`],
    [[SECRET, 'x'.repeat(25)], `secret[1] ${noBase64}`],
    [' ', 'secret is blank: copy it from the Kling developer console'],
  ];
  for (const [secret, message] of table) {
    assert.throws(() => new KlingWebhook(secret), {
      name: 'KlingAuthError',
      code: 'KLING_INVALID_CREDENTIALS',
      message,
    });
  }
  const types = [
    [{}, 'secret must be a string or an array of strings, received an object'],
    [7, 'secret must be a string or an array of strings, received a number'],
    [bytes, 'secret must be a string or an array of strings, received an object'],
    [[SECRET, null], 'secret[1] must be a string, received null'],
  ];
  for (const [secret, message] of types) {
    assert.throws(() => new KlingWebhook(secret), {
      name: 'TypeError',
      code: 'KLING_INVALID_ARG_TYPE',
      message,
    });
  }
  assert.throws(() => new KlingWebhook([], { env: { KLING_WEBHOOK_SECRET: SECRET } }), {
    name: 'KlingAuthError',
    code: 'KLING_MISSING_CREDENTIALS',
    message:
      'webhook secret not given: pass secret, or set KLING_WEBHOOK_SECRET in the environment',
  });
});

test('options are checked one by one', () => {
  const table = [
    [
      'TypeError',
      'KLING_UNKNOWN_OPTION',
      { tolerance: 5 },
      'unknown option "tolerance": did you mean toleranceSec?',
    ],
    [
      'TypeError',
      'KLING_INVALID_ARG_TYPE',
      { toleranceSec: '5' },
      'toleranceSec must be a number, received a string',
    ],
    [
      'RangeError',
      'KLING_OUT_OF_RANGE',
      { toleranceSec: 0 },
      'toleranceSec must be a whole number of seconds from 1 to 86400, received 0',
    ],
    [
      'TypeError',
      'KLING_INVALID_ARG_TYPE',
      { replayProtection: 1 },
      'replayProtection must be a boolean, received a number',
    ],
    [
      'TypeError',
      'KLING_INVALID_ARG_TYPE',
      { isReplay: true },
      'isReplay must be a function, received a boolean',
    ],
    [
      'TypeError',
      'KLING_INVALID_ARG_TYPE',
      { now: 5 },
      'now must be a function, received a number',
    ],
    ['TypeError', 'KLING_INVALID_ARG_TYPE', { env: 5 }, 'env must be an object, received a number'],
    [
      'TypeError',
      'KLING_INVALID_ARG_TYPE',
      { isReplay: () => false, replayProtection: false },
      'replayProtection must be true or left out where isReplay is given, received false',
    ],
  ];
  for (const [name, code, options, message] of table) {
    assert.throws(() => new KlingWebhook(SECRET, options), { name, code, message });
  }
  new KlingWebhook(SECRET, {
    toleranceSec: null,
    replayProtection: null,
    isReplay: null,
    env: null,
    now: null,
  });
});

test('what cannot be signed is refused', () => {
  const table = [
    [
      [7, SECONDS, ''],
      'TypeError',
      'KLING_INVALID_ARG_TYPE',
      'id must be a string, received a number',
    ],
    [
      ['a', '5', ''],
      'RangeError',
      'KLING_OUT_OF_RANGE',
      'timestamp must be a Date or seconds since the epoch, received a string',
    ],
    [
      ['a', Date.now(), ''],
      'RangeError',
      'KLING_OUT_OF_RANGE',
      /^timestamp must be a Date or seconds since the epoch, received \d{13}$/,
    ],
    [
      ['a', new Date(Number.NaN), ''],
      'RangeError',
      'KLING_OUT_OF_RANGE',
      'timestamp must be a Date or seconds since the epoch, received an object',
    ],
    [
      ['a.b', SECONDS, ''],
      'KlingWebhookError',
      'KLING_WEBHOOK_MALFORMED_HEADER',
      'webhook-id has a dot inside, which separates it from the timestamp in what is signed',
    ],
    [
      ['', SECONDS, ''],
      'KlingWebhookError',
      'KLING_WEBHOOK_MALFORMED_HEADER',
      'webhook-id is empty',
    ],
  ];
  for (const [args, name, code, message] of table) {
    assert.throws(() => webhook.sign(...args), { name, code, message });
  }
});

test('a KlingWebhookError is an Error of its own class', () => {
  const error = assertThrown(() => webhook.verify(BODY, {}));
  assert.ok(error instanceof KlingWebhookError);
  assert.ok(error instanceof Error);
  assert.ok(!(error instanceof KlingAuthError));
  assert.deepEqual(Object.keys(error), ['code']);
  assert.match(error.stack, /webhook\.test\.mjs/);
});

test('no secret, header value or piece of a body shows up anywhere', () => {
  const secret = 'whsec_U2VjcmV0U2VjcmV0U2VjcmV0U2VjcmV0';
  const revealing = /U2Vjcm|SecretSecret|recognisable|1614265330/;
  const instance = new KlingWebhook([secret, OTHER], { now, replayProtection: true });
  const shown = [
    inspect(instance, { depth: 9, showHidden: true }),
    JSON.stringify(instance),
    String(instance),
  ];
  const id = 'recognisable-id';
  const body = '"recognisable body';
  const headers = signedHeaders(instance, id, SECONDS, body);
  const forged = [
    [body, headers],
    [body, { ...headers, 'webhook-id': `${id}\n` }],
    [body, { ...headers, 'webhook-id': [id, id] }],
    [body, { ...headers, 'webhook-timestamp': `${SECONDS}x` }],
    [body, { ...headers, 'webhook-timestamp': String(SECONDS + 9999) }],
    [body, { ...headers, 'webhook-signature': 'v1,recognisable' }],
    [{ recognisable: 1 }, headers],
  ];
  for (const args of forged) shown.push(inspect(assertThrown(() => instance.verify(...args))));
  shown.push(inspect(assertThrown(() => new KlingWebhook(`${secret}!recognisable`))));
  for (const text of shown) {
    const withoutStack = text.replaceAll(/^\s+at .*$/gm, '');
    assert.doesNotMatch(withoutStack, revealing);
  }
  assert.equal(inspect(instance), 'KlingWebhook {}');
});

test('methods refuse a foreign receiver', () => {
  for (const method of ['verify', 'verifyRaw']) {
    assert.throws(() => KlingWebhook.prototype[method].call({}, BODY, HEADERS), TypeError);
  }
});

test('the main entry loads of the webhook code only the class that it exports', () => {
  const loaded = runJson(`
    const main = require('./index.js');
    const list = () => Object.keys(require.cache)
      .map((file) => file.replaceAll('\\\\', '/'))
      .filter((file) => file.includes('/lib/webhook/'))
      .map((file) => file.split('/').pop());
    const before = list();
    const { KlingWebhook } = require('kling-auth/webhook');
    console.log(JSON.stringify([before, main.KlingWebhook === KlingWebhook]));`);
  // What is published has the class in one file with all that is loaded at once.
  const [before, same] = loaded;
  assert.deepEqual(
    before.filter((file) => file !== 'verifier.js'),
    [],
  );
  assert.ok(same);
});

function assertThrown(call) {
  try {
    call();
  } catch (error) {
    return error;
  }
  throw new assert.AssertionError({ message: 'nothing was thrown' });
}

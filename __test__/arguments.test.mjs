import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeKlingToken, generateKlingToken, KlingAuth, verifyKlingToken } from '../index.js';

const PAIR = { accessKey: 'ak', secretKey: 'sk' };
const create = (options) => new KlingAuth({ ...PAIR, ...options });
const generate = (options) => generateKlingToken({ ...PAIR, ...options });

const NO_SECONDS = [
  ['60', 'TypeError', 'a number, received a string'],
  [5n, 'TypeError', 'a number, received a BigInt'],
  [true, 'TypeError', 'a number, received a boolean'],
  [[60], 'TypeError', 'a number, received an array'],
  [{}, 'TypeError', 'a number, received an object'],
  [() => 60, 'TypeError', 'a number, received a function'],
  [Symbol('s'), 'TypeError', 'a number, received a symbol'],
  [1.5, 'RangeError', '1.5'],
  [Number.NaN, 'RangeError', 'NaN'],
  [Number.POSITIVE_INFINITY, 'RangeError', 'Infinity'],
  [Number.NEGATIVE_INFINITY, 'RangeError', '-Infinity'],
  [1e300, 'RangeError', '1e+300'],
  [1e-9, 'RangeError', '1e-9'],
  [-1, 'RangeError', '-1'],
  [1e12, 'RangeError', '1000000000000'],
  [2 ** 53, 'RangeError', '9007199254740992'],
];

test('numbers of seconds are refused out of range and of other types', () => {
  const options = [
    ['ttlSec', 'from 1 to 1800', [create, generate]],
    ['clockToleranceSec', 'from 0 to 300', [create, generate]],
    ['bufferSec', 'from 0 to 1799', [create]],
  ];
  for (const [option, range, calls] of options) {
    for (const [value, name, end] of NO_SECONDS) {
      const message =
        name === 'TypeError'
          ? `${option} must be ${end}`
          : `${option} must be a whole number of seconds ${range}, received ${end}`;
      const code = name === 'TypeError' ? 'KLING_INVALID_ARG_TYPE' : 'KLING_OUT_OF_RANGE';
      for (const call of calls)
        assert.throws(() => call({ [option]: value }), { name, code, message });
    }
  }
});

test('the edges of each range are inside', () => {
  for (const options of [
    { ttlSec: 1 },
    { ttlSec: 1800 },
    { clockToleranceSec: 0 },
    { clockToleranceSec: 300 },
  ]) {
    assert.match(create(options).token, /^eyJ/);
    assert.match(generate(options), /^eyJ/);
  }
  assert.throws(() => create({ ttlSec: 0 }), { name: 'RangeError' });
  assert.throws(() => create({ ttlSec: 1801 }), { name: 'RangeError' });
  assert.throws(() => create({ clockToleranceSec: 301 }), { name: 'RangeError' });
  assert.throws(() => create({ ttlSec: 60, bufferSec: 60 }), {
    message: 'bufferSec must be a whole number of seconds from 0 to 59, received 60',
  });
});

const NO_STRINGS = [
  [1, 'a number'],
  [1n, 'a BigInt'],
  [false, 'a boolean'],
  [Symbol('s'), 'a symbol'],
  [{}, 'an object'],
  [['ak'], 'an array'],
  [() => 'ak', 'a function'],
  // A String object is an object.
  [Object('ak'), 'an object'],
  [Buffer.from('ak'), 'an object'],
];

test('strings are refused of other types, by the name of the argument', () => {
  const token = generate();
  for (const [value, received] of NO_STRINGS) {
    const table = [
      ['accessKey', () => create({ accessKey: value })],
      ['secretKey', () => create({ secretKey: value })],
      ['accessKey', () => generate({ accessKey: value })],
      ['secretKey', () => generate({ secretKey: value })],
      ['secretKey', () => new KlingAuth('ak', value)],
      ['env.KLING_ACCESS_KEY', () => generateKlingToken({ env: { KLING_ACCESS_KEY: value } })],
      ['token', () => decodeKlingToken(value)],
      ['token', () => verifyKlingToken(value, 'sk')],
      ['secretKey', () => verifyKlingToken(token, value)],
      ['accessKey', () => verifyKlingToken(token, 'sk', { accessKey: value })],
      ['token', () => create().invalidate(value)],
    ];
    for (const [argument, call] of table) {
      assert.throws(call, {
        name: 'TypeError',
        code: 'KLING_INVALID_ARG_TYPE',
        message: `${argument} must be a string, received ${received}`,
      });
    }
  }
  for (const value of [undefined, null]) {
    for (const call of [() => decodeKlingToken(value), () => verifyKlingToken(token, value)]) {
      assert.throws(call, { name: 'TypeError', message: new RegExp(`received ${value}$`) });
    }
  }
});

test('an options argument must be an object', () => {
  const token = generate();
  for (const [value, received] of [
    ['x', 'a string'],
    [1, 'a number'],
    [[], 'an array'],
    [() => {}, 'a function'],
  ]) {
    const message = `options must be an object, received ${received}`;
    for (const call of [
      () => generateKlingToken(value),
      () => verifyKlingToken(token, 'sk', value),
    ]) {
      assert.throws(call, { name: 'TypeError', code: 'KLING_INVALID_ARG_TYPE', message });
    }
  }
  assert.throws(() => new KlingAuth([]), {
    message: 'options must be an object, received an array',
  });
  assert.throws(() => new KlingAuth(7), {
    message: 'accessKey must be a string, received a number',
  });
  assert.throws(() => create({ env: 'x' }), {
    message: 'env must be an object, received a string',
  });
  assert.throws(() => create({ now: 5 }), { message: 'now must be a function, received a number' });
});

test('an options object takes no further arguments', () => {
  for (const rest of [['sk'], [undefined, 60]]) {
    assert.throws(() => new KlingAuth(PAIR, ...rest), {
      name: 'TypeError',
      code: 'KLING_INVALID_ARG_TYPE',
      message: 'an options object must be the only argument: move secretKey and bufferSec into it',
    });
  }
});

test('an unknown option is refused by name, with the one that was meant', () => {
  const table = [
    [create, 'bufferSecs', 'bufferSec'],
    [create, 'bufferSeconds', 'bufferSec'],
    [create, 'access_key', 'accessKey'],
    [create, 'AccessKey', 'accessKey'],
    [generate, 'ttl', 'ttlSec'],
    [generate, 'clockTolerance', 'clockToleranceSec'],
    [(o) => verifyKlingToken('x', 'sk', o), 'acessKey', 'accessKey'],
  ];
  for (const [call, name, meant] of table) {
    assert.throws(() => call({ [name]: 1 }), {
      name: 'TypeError',
      code: 'KLING_UNKNOWN_OPTION',
      message: `unknown option "${name}": did you mean ${meant}?`,
    });
  }
  // A name that is like none of them may be a secret in the wrong place.
  assert.throws(() => verifyKlingToken('x', 'sk', { 'sk-recognisable': 1 }), {
    code: 'KLING_UNKNOWN_OPTION',
    message: 'unknown option, whose name is like none of now, accessKey',
  });
  assert.throws(() => generate({ bufferSec: 1 }), { code: 'KLING_UNKNOWN_OPTION' });
});

test('null and undefined count as not given', () => {
  for (const nothing of [null, undefined]) {
    const options = {
      bufferSec: nothing,
      ttlSec: nothing,
      clockToleranceSec: nothing,
      env: nothing,
      now: nothing,
    };
    const auth = create(options);
    assert.equal(auth.expiresAt - auth.refreshesAt, 300_000);
    assert.match(generateKlingToken({ ...PAIR, env: nothing }), /^eyJ/);
    assert.equal(verifyKlingToken(auth.token, 'sk', nothing).valid, true);
    assert.equal(
      verifyKlingToken(auth.token, 'sk', { now: nothing, accessKey: nothing }).valid,
      true,
    );
  }
});

test('credentials that cannot be any are refused with the reason', () => {
  const table = [
    ['', 'is blank: copy it from the Kling developer console'],
    ['  ', 'is blank: copy it from the Kling developer console'],
    ['recognisable ', 'is padded with white space: trim it'],
    ['recog\nnisable', 'has a line break inside: it was copied with its line end'],
    ['recog\0nisable', 'has a NUL character inside: it was read from the wrong file or buffer'],
    [
      '"recognisable"',
      'is wrapped in quotes: they belong to the file it came from, not to the key',
    ],
    [
      'recog\ud800nisable',
      'is not well-formed Unicode: it was decoded with the wrong character encoding',
    ],
    ['sk-****', 'is a masked copy: the console shows the whole key only once, when it is created'],
    [
      'recog…sable',
      'is a masked copy: the console shows the whole key only once, when it is created',
    ],
    [
      'ak_your_access_key_here',
      'is the placeholder of a sample file: put your own key in its place',
    ],
    [
      'sk_your_secret_key_here',
      'is the placeholder of a sample file: put your own key in its place',
    ],
  ];
  for (const [value, problem] of table) {
    for (const call of [create, generate]) {
      for (const name of ['accessKey', 'secretKey']) {
        assert.throws(() => call({ [name]: value }), {
          name: 'KlingAuthError',
          code: 'KLING_INVALID_CREDENTIALS',
          message: `${name} ${problem}`,
        });
      }
    }
  }
  assert.throws(() => verifyKlingToken('x', 'sk-****'), { code: 'KLING_INVALID_CREDENTIALS' });
  assert.throws(() => create({ secretKey: 'ak' }), {
    code: 'KLING_INVALID_CREDENTIALS',
    message: 'secretKey is the same as the access key: each has its own value',
  });
});

test('missing credentials name what would supply them', () => {
  const table = [
    [
      {},
      'credentials not given: set KLING_API_KEY in the environment (or KLING_ACCESS_KEY and KLING_SECRET_KEY), or pass apiKey (or accessKey and secretKey)',
      'access key and secret key not given: set KLING_ACCESS_KEY and KLING_SECRET_KEY in the environment, or pass accessKey and secretKey',
    ],
    [
      { KLING_ACCESS_KEY: 'ak', KLING_SECRET_KEY: '' },
      'secret key not given: set KLING_SECRET_KEY in the environment, where KLING_ACCESS_KEY is set already; KLING_SECRET_KEY is set, but empty',
    ],
    [
      { KLING_SECRET_KEY: 'sk' },
      'access key not given: set KLING_ACCESS_KEY in the environment, where KLING_SECRET_KEY is set already',
    ],
    [
      { KLING_AK: 'ak', KLING_SK: 'sk' },
      'credentials not given: KLING_AK is set, but nobody reads it: rename it to KLING_ACCESS_KEY',
      'access key and secret key not given: KLING_AK is set, but nobody reads it: rename it to KLING_ACCESS_KEY',
    ],
  ];
  for (const [env, message, forToken = message] of table) {
    const expected = { name: 'KlingAuthError', code: 'KLING_MISSING_CREDENTIALS' };
    assert.throws(() => new KlingAuth({ env }), { ...expected, message });
    assert.throws(() => generateKlingToken({ env }), { ...expected, message: forToken });
  }
});

test('a moment must be one', () => {
  const expected = 'milliseconds since the epoch, as Date.now() gives';
  const table = [
    [1_700_000_000, 'RangeError', `now must be ${expected}, received 1700000000`],
    [Number.NaN, 'RangeError', `now must be ${expected}, received NaN`],
    [new Date(Number.NaN), 'RangeError', `now must be ${expected}, received NaN`],
    [1e300, 'RangeError', undefined],
    [
      '2026-01-01',
      'TypeError',
      'now must be a Date or milliseconds since the epoch, received a string',
    ],
  ];
  for (const [now, name, message] of table) {
    assert.throws(() => verifyKlingToken('x', 'sk', { now }), {
      name,
      ...(message && { message }),
    });
  }
  for (const value of [undefined, 'x', 1_700_000_000, Number.NaN]) {
    assert.throws(() => create({ now: () => value }).token, {
      name: 'RangeError',
      code: 'KLING_OUT_OF_RANGE',
      message: new RegExp(`^now\\(\\) must be ${expected.replace(/[()]/g, '\\$&')}, received`),
    });
  }
});

test('a refused call leaves everything as it was', () => {
  const auth = create();
  const token = auth.token;
  assert.throws(() => auth.invalidate(5), TypeError);
  assert.equal(auth.token, token);
});

test('what is no JWT is refused with the reason', () => {
  const table = [
    ['', 'it does not have three parts separated by dots'],
    ['a.b', 'it does not have three parts separated by dots'],
    [`Bearer ${generate()}`, 'it starts with "Bearer ": pass what follows it'],
    ['a.b.c', 'its header is not base64url of a JSON object'],
    ['e30.bm8.c', 'its claims are not base64url of a JSON object'],
  ];
  for (const [token, problem] of table) {
    assert.throws(() => decodeKlingToken(token), {
      name: 'KlingAuthError',
      code: 'KLING_MALFORMED_TOKEN',
      message: `token is not a JWT: ${problem}`,
    });
  }
});

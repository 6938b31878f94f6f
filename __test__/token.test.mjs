import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHmac, webcrypto } from 'node:crypto';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import jsonwebtoken from 'jsonwebtoken';
import { decodeKlingToken, generateKlingToken, KlingAuth, verifyKlingToken } from '../index.js';
import { python } from './helpers/python.mjs';

const NOW_SEC = 1_700_000_000;
const at = (sec, options) => new KlingAuth({ now: () => sec * 1000, ...options }).token;

test('a token for fixed claims is the known one', () => {
  assert.equal(
    at(NOW_SEC, { accessKey: 'ak_test', secretKey: 'sk_test_secret' }),
    'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJha190ZXN0IiwiZXhwIjoxNzAwMDAxODAwLCJuYmYiOjE2OTk5OTk5OTV9.dI6a8uIvcQIUo6UqvcdmljUnFKGRKR1OwZ7-B-nP7dA',
  );
});

const ODD_KEYS = [
  ['ordinary', 'AKxyz0123456789', 'sk-abcdef0123456789abcdef'],
  ['one byte', 'a', 'b'],
  ['64 bytes', 'a'.repeat(64), 'b'.repeat(64)],
  ['65 bytes', 'a'.repeat(65), 'b'.repeat(65)],
  ['4,096 bytes', 'a'.repeat(4096), 'b'.repeat(4096)],
  ['quotes and backslashes', 'a"b\\c\'d', 's"\\k\'x'],
  ['emoji', 'ak-🔑-key', 'sk-🤫-key'],
  ['other scripts', 'ключ-доступа', '秘密の鍵'],
  ['markup and separators', '</script>&\u2028x', 'a\u2029b'],
];
const ODD_TOKENS = ODD_KEYS.map(([name, accessKey, secretKey]) => {
  const token = generateKlingToken({ accessKey, secretKey });
  return { name, accessKey, secretKey, token };
});

test('PyJWT accepts tokens of ordinary and odd keys', () => {
  const claims = python(
    `import jwt
print(json.dumps([jwt.decode(t["token"], t["secretKey"], algorithms=["HS256"]) for t in input]))`,
    ODD_TOKENS,
  );
  assert.deepEqual(
    claims.map((c) => c.iss),
    ODD_KEYS.map(([, accessKey]) => accessKey),
  );
  for (const { exp, nbf } of claims) assert.equal(exp - nbf, 1805);
});

test('for ASCII access keys the token is byte for byte what PyJWT makes of the same second', () => {
  const cases = ODD_KEYS.filter(([, accessKey]) => /^[\x20-\x7e]*$/.test(accessKey)).map(
    ([, accessKey, secretKey]) => ({ accessKey, secretKey, now: NOW_SEC }),
  );
  assert.equal(cases.length, 6);
  const expected = python(
    `import jwt
print(json.dumps([jwt.encode({"iss": c["accessKey"], "exp": c["now"] + 1800, "nbf": c["now"] - 5},
  c["secretKey"], algorithm="HS256", headers={"alg": "HS256", "typ": "JWT"}) for c in input]))`,
    cases,
  );
  assert.deepEqual(
    cases.map(({ now, ...pair }) => at(now, pair)),
    expected,
  );
});

test('npm jsonwebtoken accepts tokens of ordinary and odd keys', () => {
  for (const { accessKey, secretKey, token } of ODD_TOKENS) {
    const claims = jsonwebtoken.verify(token, secretKey, { algorithms: ['HS256'] });
    assert.deepEqual(Object.keys(claims), ['iss', 'exp', 'nbf']);
    assert.equal(claims.iss, accessKey);
  }
});

test('jose accepts tokens of ordinary and odd keys', async () => {
  // Not global before Node.js 19, where jose expects it.
  globalThis.crypto ??= webcrypto;
  const { jwtVerify } = await import('jose');
  for (const { accessKey, secretKey, token } of ODD_TOKENS) {
    const { payload, protectedHeader } = await jwtVerify(
      token,
      new TextEncoder().encode(secretKey),
    );
    assert.equal(payload.iss, accessKey);
    assert.deepEqual(protectedHeader, { alg: 'HS256', typ: 'JWT' });
  }
});

test('OpenSSL computes the same signature', () => {
  for (const { name, secretKey, token } of ODD_TOKENS) {
    const dot = token.lastIndexOf('.');
    const { stdout, error } = spawnSync(
      'openssl',
      [
        'dgst',
        '-sha256',
        '-mac',
        'HMAC',
        '-macopt',
        `hexkey:${Buffer.from(secretKey).toString('hex')}`,
        '-binary',
      ],
      { input: token.slice(0, dot) },
    );
    assert.equal(error, undefined, 'the tests need openssl on the PATH');
    assert.equal(stdout.toString('base64url'), token.slice(dot + 1), name);
  }
});

test('tokens that others sign verify here, and their forgeries do not', () => {
  const options = { algorithm: 'HS256', noTimestamp: true };
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: 'ak', exp: now + 1800, nbf: now - 5 };
  const sign = (claims, secret = 'sk', extra = {}) =>
    jsonwebtoken.sign(claims, secret, { ...options, ...extra });
  assert.deepEqual(verifyKlingToken(sign(claims), 'sk'), { valid: true, claims });
  const withIat = jsonwebtoken.sign(claims, 'sk');
  assert.equal(verifyKlingToken(withIat, 'sk').valid, true);
  const unsigned = jsonwebtoken.sign(claims, '', { algorithm: 'none', noTimestamp: true });
  const table = [
    ['nonsense', 'malformed'],
    [unsigned, 'algorithm'],
    [sign(claims, 'sk', { algorithm: 'HS512' }), 'algorithm'],
    [sign(claims, 'other'), 'signature'],
    [sign({ ...claims, exp: now - 1 }), 'expired'],
    [sign({ ...claims, nbf: now + 60 }), 'not-yet-valid'],
    [sign({ ...claims, iss: 'other' }), 'issuer'],
    [sign({ ...claims, exp: now + 3600 }), 'lifetime'],
  ];
  for (const [token, reason] of table) {
    assert.deepEqual(verifyKlingToken(token, 'sk', { accessKey: 'ak' }), { valid: false, reason });
  }
});

test('a signer whose clock is a few seconds ahead is not refused', () => {
  const pair = { accessKey: 'ak', secretKey: 'sk' };
  const now = NOW_SEC * 1000;
  const judged = (token) => verifyKlingToken(token, 'sk', { now }).reason;
  const withoutNbf = (exp) =>
    jsonwebtoken.sign({ iss: 'ak', exp }, 'sk', { algorithm: 'HS256', noTimestamp: true });
  for (const [ahead, reason, reasonWithoutNbf] of [
    [0, undefined, undefined],
    [3, undefined, undefined],
    [5, undefined, undefined],
    [6, 'not-yet-valid', 'lifetime'],
  ]) {
    assert.equal(judged(at(NOW_SEC + ahead, pair)), reason, `${ahead} s`);
    assert.equal(judged(withoutNbf(NOW_SEC + 1800 + ahead)), reasonWithoutNbf, `${ahead} s`);
  }
});

test('verification takes its moment as a Date or as milliseconds', () => {
  const token = at(NOW_SEC, { accessKey: 'ak', secretKey: 'sk' });
  for (const [sec, reason] of [
    [NOW_SEC - 6, 'not-yet-valid'],
    [NOW_SEC, undefined],
    [NOW_SEC + 1800, 'expired'],
  ]) {
    for (const now of [sec * 1000, new Date(sec * 1000)]) {
      assert.equal(verifyKlingToken(token, 'sk', { now }).reason, reason);
    }
  }
});

test('decoding shows header, claims and dates without a key', () => {
  const token = at(NOW_SEC, { accessKey: 'ak', secretKey: 'sk' });
  assert.deepEqual(decodeKlingToken(token), {
    header: { alg: 'HS256', typ: 'JWT' },
    claims: { iss: 'ak', exp: NOW_SEC + 1800, nbf: NOW_SEC - 5 },
    expiresAt: new Date((NOW_SEC + 1800) * 1000),
    notBefore: new Date((NOW_SEC - 5) * 1000),
  });
});

test('decoding takes what others made, whatever its claims', () => {
  const make = (claims) =>
    [{ alg: 'none' }, claims, '']
      .map((part) => part && Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');
  assert.deepEqual(decodeKlingToken(make({ exp: 'soon', nbf: 1e300 })), {
    header: { alg: 'none' },
    claims: { exp: 'soon', nbf: 1e300 },
    expiresAt: null,
    notBefore: null,
  });
  const hostile = decodeKlingToken(make(JSON.parse('{"__proto__":{"polluted":true}}')));
  assert.equal(hostile.claims.polluted, undefined);
  assert.deepEqual(Object.keys(hostile.claims), ['__proto__']);
});

test('every option of generateKlingToken counts', () => {
  const env = { KLING_ACCESS_KEY: 'env-ak', KLING_SECRET_KEY: 'env-sk' };
  const claims = (options) => decodeKlingToken(generateKlingToken(options)).claims;
  assert.equal(claims({ env }).iss, 'env-ak');
  assert.equal(claims({ env, accessKey: 'ak' }).iss, 'ak');
  assert.equal(verifyKlingToken(generateKlingToken({ env, secretKey: 'sk' }), 'sk').valid, true);
  assert.equal(
    verifyKlingToken(generateKlingToken({ env, accessKey: null, secretKey: undefined }), 'env-sk')
      .valid,
    true,
  );
  const { exp, nbf } = claims({ env, ttlSec: 60, clockToleranceSec: 0 });
  assert.equal(exp - nbf, 60);
  const before = Math.floor(Date.now() / 1000) - 1;
  const { exp: end } = claims({ env, ttlSec: null, clockToleranceSec: null });
  assert.ok(end >= before + 1800 && end <= Date.now() / 1000 + 1800);
});

test('process.env counts at the moment of the call', (t) => {
  t.after(() => {
    delete process.env.KLING_ACCESS_KEY;
    delete process.env.KLING_SECRET_KEY;
  });
  process.env.KLING_SECRET_KEY = 'sk';
  for (const accessKey of ['first', 'second']) {
    process.env.KLING_ACCESS_KEY = accessKey;
    assert.equal(decodeKlingToken(generateKlingToken()).claims.iss, accessKey);
  }
});

test('a worker with an environment of its own gets its own credentials', async () => {
  const index = JSON.stringify(fileURLToPath(new URL('../index.js', import.meta.url)));
  const source = `const { decodeKlingToken, generateKlingToken } = require(${index});
    require('node:worker_threads').parentPort.postMessage(decodeKlingToken(generateKlingToken()).claims.iss);`;
  const issuer = (accessKey) =>
    new Promise((resolve, reject) => {
      const env = { KLING_ACCESS_KEY: accessKey, KLING_SECRET_KEY: 'sk' };
      new Worker(source, { eval: true, env }).on('message', resolve).on('error', reject);
    });
  assert.deepEqual(await Promise.all([issuer('one'), issuer('two')]), ['one', 'two']);
  assert.equal(process.env.KLING_ACCESS_KEY, undefined);
});

test('the signature is HMAC-SHA256 over the raw bytes of the secret, never decoded', () => {
  for (const secretKey of ['c2VjcmV0LWtleQ==', '0a0b0c', '-----BEGIN KEY-----']) {
    const token = generateKlingToken({ accessKey: 'ak', secretKey });
    const [header, claims, signature] = token.split('.');
    assert.equal(
      signature,
      createHmac('sha256', secretKey).update(`${header}.${claims}`).digest('base64url'),
    );
  }
});

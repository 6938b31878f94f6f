// A fresh token, and reads of a cached one, against what people use instead.
import { createHmac, createSecretKey } from 'node:crypto';
import rust from '@node-rs/jsonwebtoken';
import { createSigner } from 'fast-jwt';
import { SignJWT } from 'jose';
import jsonwebtoken from 'jsonwebtoken';
import { measure, table } from './measure.mjs';
import { KlingAuth } from './released.mjs';

const accessKey = 'AKbench00000000000000000000bench';
const secretKey = 'a-secret-key-of-thirty-two-bytes';
const auth = new KlingAuth(accessKey, secretKey);
const provided = new KlingAuth({ credentials: () => ({ accessKey, secretKey }) });
const claims = () => {
  const now = Math.floor(Date.now() / 1000);
  return { iss: accessKey, exp: now + 1800, nbf: now - 5 };
};

const keyObject = createSecretKey(Buffer.from(secretKey));
const header = { alg: 'HS256', typ: 'JWT' };
const encodedHeader = Buffer.from(JSON.stringify(header)).toString('base64url');
const fastJwt = createSigner({ key: secretKey, algorithm: 'HS256', noTimestamp: true });

const fresh = {
  'kling-auth: refresh()': () => auth.refresh(),
  'jsonwebtoken, as in the usual sample': () =>
    jsonwebtoken.sign(claims(), secretKey, { algorithm: 'HS256', header: { typ: 'JWT' } }),
  'jsonwebtoken with a KeyObject': () =>
    jsonwebtoken.sign(claims(), keyObject, { algorithm: 'HS256' }),
  jose: () => new SignJWT(claims()).setProtectedHeader(header).sign(keyObject),
  'fast-jwt': () => fastJwt(claims()),
  '@node-rs/jsonwebtoken': () => rust.signSync({ ...claims(), data: {} }, secretKey),
  'node:crypto by hand': () => {
    const message = `${encodedHeader}.${Buffer.from(JSON.stringify(claims())).toString('base64url')}`;
    return `${message}.${createHmac('sha256', secretKey).update(message).digest('base64url')}`;
  },
};

/** The usual Python class in JavaScript. */
class PlainAuth {
  constructor(accessKey, secretKey, bufferSec = 300) {
    this.accessKey = accessKey;
    this.secretKey = secretKey;
    this.bufferSec = bufferSec;
    this.cached = null;
    this.expiresAt = 0;
  }

  get token() {
    if (Date.now() / 1000 >= this.expiresAt - this.bufferSec) this.renew();
    return this.cached;
  }

  get headers() {
    return { Authorization: `Bearer ${this.token}`, 'Content-Type': 'application/json' };
  }

  async getToken() {
    return { token: this.token, expiresAt: this.expiresAt };
  }

  renew() {
    const now = Math.floor(Date.now() / 1000);
    const payload = { iss: this.accessKey, exp: now + 1800, nbf: now - 5 };
    this.cached = jsonwebtoken.sign(payload, this.secretKey, { algorithm: 'HS256', header });
    this.expiresAt = now + 1800;
  }
}
const plain = new PlainAuth(accessKey, secretKey);
const cachedObject = { token: plain.token, expiresAt: new Date() };
const returnsCached = async () => cachedObject;

export async function run() {
  await provided.ready();
  return [
    table('A fresh token', await measure(fresh), 'kling-auth: refresh()'),
    [
      table(
        'A cached token: .token',
        await measure({
          'plain JavaScript class': () => plain.token,
          'kling-auth': () => auth.token,
          'kling-auth with a provider': () => provided.token,
        }),
        'plain JavaScript class',
      ),
      'Nearly all that the class does is to ask for the time, nearly all that kling-auth does is the way into the',
      'addon, so that the ratio is that of the two on a processor. One native function reads for all instances:',
      'with one for each, V8 called directly only while a process had one instance that did nothing else.\n',
    ].join('\n'),
    table(
      'A cached token: .headers',
      await measure({
        'plain JavaScript class': () => plain.headers,
        'kling-auth': () => auth.headers,
      }),
      'plain JavaScript class',
    ),
    [
      table(
        'A cached token: await getToken()',
        await measure({
          'plain JavaScript class': () => plain.getToken(),
          'async function that returns a cached object': () => returnsCached(),
          'kling-auth': () => auth.getToken(),
        }),
        'plain JavaScript class',
      ),
      'The class is the fair comparison: it looks at the clock and makes an object, as every `getToken()` must',
      'that does not hand out an expired token, or one object that any caller can change for all others. What',
      'returns an object that it has does neither.\n',
    ].join('\n'),
  ];
}

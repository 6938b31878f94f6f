// What a program, its provider, its secret manager or its `fetch` may hand in where something else belongs:
// refused with a documented code, and never quoted.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { exampleWebhook, HEADERS } from './helpers/webhook.mjs';

const require = createRequire(import.meta.url);
const { explainKlingReply, KlingAuth } = require('../index.js');
const { awsSecretsManager, azureKeyVault, googleSecretManager } = require('../lib/credentials.js');
const { fetchWebhook, nodeWebhook } = require('../lib/webhook.js');

const PAIR = { accessKey: 'ak-1', secretKey: 'sk-1' };
const asking = (fetch) =>
  new KlingAuth({ ...PAIR, env: {}, baseUrl: 'https://kling.example', fetch });
const ok = async () => new Response('{}');

function revoked(target) {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}
const throwing = new Proxy(
  {},
  {
    getPrototypeOf() {
      throw new Error('was asked');
    },
  },
);
function detached() {
  const bytes = new Uint8Array(8);
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
  return bytes;
}

test('a provider may reject with anything', async () => {
  for (const thrown of [revoked({}), revoked(() => {}), revoked([]), throwing, undefined, 5n]) {
    const auth = new KlingAuth({ credentials: () => Promise.reject(thrown), env: {} });
    await assert.rejects(auth.getToken(), (error) => {
      assert.equal(error.code, 'KLING_PROVIDER_FAILED');
      assert.equal(error.message, 'the credentials provider failed: it rejected');
      return Object.is(error.cause, thrown);
    });
  }
});

test('a secret that is neither a text nor bytes is refused, and not quoted', async () => {
  const SECRET = 123_456_789;
  for (const secret of [SECRET, 123_456_789n, Symbol('123456789'), { SECRET }, [SECRET], true]) {
    for (const read of [
      awsSecretsManager({
        client: { getSecretValue: async () => ({ SecretString: secret }) },
        secretId: 'x',
      }),
      azureKeyVault({ client: { getSecret: async () => ({ value: secret }) }, name: 'x' }),
      googleSecretManager({
        client: { accessSecretVersion: async () => [{ payload: { data: secret } }] },
        name: 'x',
      }),
    ]) {
      await assert.rejects(read(), (error) => {
        assert.equal(error.code, 'KLING_INVALID_CREDENTIALS');
        assert.match(error.message, / holds neither a text nor bytes$/);
        return !error.stack.includes('123');
      });
    }
  }
});

test('what is no part of a request is refused, however long it is', async () => {
  const long = 'x'.repeat(1e6);
  const cases = [
    ['init', long],
    ['init', 5],
    ['headers', { headers: long }],
    ['headers', { headers: 5 }],
    ['headers', { headers: [long] }],
    ['headers', { headers: [[Symbol('s'), 'x']] }],
    ['method', { method: Symbol('s') }],
    ['method', { method: Object.create(null) }],
  ];
  for (const [name, init] of cases) {
    await assert.rejects(asking(ok).fetch('/v1/x', init), (error) => {
      assert.equal(error.code, 'KLING_INVALID_ARG_TYPE');
      return error.message.startsWith(`${name} must be `) && error.message.length < 120;
    });
  }
  await assert.rejects(asking(ok).fetch({ url: '/v1/x', headers: long }), {
    code: 'KLING_INVALID_ARG_TYPE',
  });
});

test('a URL that only names the origin is none of it', async () => {
  const sent = [];
  const auth = asking(async (url) => {
    sent.push(url);
    return new Response('{}');
  });
  for (const input of ['blob:https://kling.example/x', new URL('blob:https://kling.example/x')]) {
    await assert.rejects(auth.fetch(input), {
      code: 'KLING_INVALID_URL',
      message: 'input must be a path, or a URL of http or https',
    });
  }
  assert.deepEqual(sent, []);
});

test('a redirect that cannot be followed rejects as where no reply comes', async () => {
  const redirect = (location) => async () =>
    new Response(null, { status: 307, headers: { location } });
  const stream = { method: 'POST', body: new ReadableStream(), duplex: 'half' };
  for (const [location, message, init] of [
    ['/again', 'more than 20 redirects'],
    ['ftp://elsewhere.example/', 'a redirect leads to what is no URL of HTTP'],
    ['https://:bad', 'a redirect leads to what is no URL of HTTP'],
    ['/there', 'a redirect asks for the body again, which was a stream', stream],
  ]) {
    await assert.rejects(asking(redirect(location)).fetch('/v1/x', init), (error) => {
      assert.deepEqual(
        [error.name, error.code, error.message],
        ['TypeError', 'KLING_NETWORK', message],
      );
      return error.hint.length > 0;
    });
  }
});

test('middleware refuses what is no request, and a chain that does not go on', async () => {
  const options = { webhook: exampleWebhook() };
  const handle = fetchWebhook(() => new Response(), options);
  for (const request of [undefined, {}, { headers: {} }, { headers: HEADERS, body: null }]) {
    await assert.rejects(handle(request), { code: 'KLING_INVALID_ARG_TYPE' });
  }
  const body = { headers: new Headers(HEADERS), body: 'text' };
  await assert.rejects(handle(body), {
    code: 'KLING_INVALID_ARG_TYPE',
    message: 'the body of request must be a ReadableStream, received a string',
  });
  const middleware = nodeWebhook(options);
  assert.throws(() => middleware({ headers: {} }, {}), { message: /^next must be a function, / });
  for (const request of [undefined, 5, {}, { headers: 'x' }]) {
    assert.throws(() => middleware(request, {}, () => {}), {
      message: /^req must be a request of /,
    });
  }
});

test('nothing is left of a detached buffer, in a reply as in a secret', async () => {
  assert.equal(explainKlingReply({ status: 429, body: detached() }).status, 429);
  assert.equal(explainKlingReply({ status: 429, body: detached().buffer }).status, 429);
  const client = { getSecretValue: async () => ({ SecretBinary: detached() }) };
  await assert.rejects(awsSecretsManager({ client, secretId: 'x' })(), { message: / is empty$/ });
});

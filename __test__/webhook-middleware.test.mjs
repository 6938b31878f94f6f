import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { connect } from 'node:net';
import { test } from 'node:test';
import { runInNewContext } from 'node:vm';
import express from 'express';
import Fastify from 'fastify';
import { Hono } from 'hono';
import { handle as lambda } from 'hono/aws-lambda';
import { fastifyWebhook, fetchWebhook, KlingWebhook, nodeWebhook } from 'kling-auth/webhook';
import { runJson } from './helpers/run.mjs';
import {
  BODY,
  exampleWebhook,
  HEADERS,
  ID,
  OTHER,
  SECONDS,
  SECRET,
  signedHeaders,
} from './helpers/webhook.mjs';

const EVENT = { id: ID, timestamp: new Date(SECONDS * 1000), payload: { test: 2432232314 } };
const bodyLimit = 1000;

/** Every adapter as a server: what it accepts and rejects is collected. */
const ADAPTERS = {
  'node:http': async (t, options, seen) => {
    const verify = nodeWebhook(options);
    const server = createServer((req, res) => {
      verify(req, res, (error) => {
        if (error) seen.errors.push(error);
        else seen.events.push(req.klingWebhook);
        res.writeHead(error ? 500 : 204).end();
      });
    });
    return listen(t, server);
  },
  Express: (t, options, seen) => serveExpress(t, express(), options, seen),
  'Express after express.raw()': (t, options, seen) => {
    const app = express();
    app.use(express.raw({ type: '*/*', limit: '10mb' }));
    return serveExpress(t, app, options, seen);
  },
  Fastify: async (t, options, seen) => {
    const app = Fastify();
    app.setErrorHandler((error, _request, reply) => {
      seen.errors.push(error);
      return reply.code(500).send();
    });
    app.register(fastifyWebhook, {
      ...options,
      url: '/',
      handler(request, reply) {
        seen.events.push(request.klingWebhook);
        return reply.code(204).send();
      },
    });
    t.after(() => app.close());
    return app.listen({ port: 0, host: '127.0.0.1' });
  },
  Hono: async (t, options, seen) => {
    const app = new Hono();
    const handle = fetchWebhook((event) => {
      seen.events.push(event);
      return new Response(null, { status: 204 });
    }, options);
    app.post('/', (c) => handle(c.req.raw));
    app.onError((error, c) => {
      seen.errors.push(error);
      return c.body(null, 500);
    });
    return listen(t, createServer(fetchServer((request) => app.fetch(request))));
  },
};

function serveExpress(t, app, options, seen) {
  app.post('/', nodeWebhook(options), (req, res) => {
    seen.events.push(req.klingWebhook);
    res.sendStatus(204);
  });
  app.use((error, _req, res, _next) => {
    seen.errors.push(error);
    res.sendStatus(500);
  });
  return listen(t, createServer(app));
}

async function listen(t, server) {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections?.();
  });
  return `http://127.0.0.1:${server.address().port}`;
}

/** The few lines that put a Fetch-style handler behind node:http. */
function fetchServer(handler) {
  return async (req, res) => {
    const headers = new Headers();
    for (let i = 0; i < req.rawHeaders.length; i += 2) {
      headers.append(req.rawHeaders[i], req.rawHeaders[i + 1]);
    }
    const body = new ReadableStream({
      start(controller) {
        req.on('data', (chunk) => controller.enqueue(new Uint8Array(chunk)));
        req.on('end', () => controller.close());
        req.on('error', (error) => controller.error(error));
      },
      cancel() {
        req.removeAllListeners('data').removeAllListeners('end').resume();
      },
    });
    const hasBody = req.method === 'POST';
    const url = `http://${req.headers.host}${req.url}`;
    const init = { method: req.method, headers, ...(hasBody && { body, duplex: 'half' }) };
    const response = await handler(new Request(url, init));
    res.writeHead(response.status, Object.fromEntries(response.headers));
    res.end(Buffer.from(await response.arrayBuffer()));
  };
}

function post(url, headers, body, { chunked = false } = {}) {
  return new Promise((resolve, reject) => {
    const length = chunked ? {} : { 'Content-Length': Buffer.byteLength(body) };
    const options = { method: 'POST', headers: { ...headers, ...length }, agent: false };
    const req = request(url, options, (res) => {
      const chunks = [];
      res.on('data', (chunk) => chunks.push(chunk));
      res.on('end', () => {
        resolve({ status: res.statusCode, headers: res.headers, body: Buffer.concat(chunks) });
      });
    });
    req.on('error', reject);
    if (chunked) for (const part of body.match(/.{1,100}/gs) ?? []) req.write(part);
    req.end(chunked ? undefined : body);
  });
}

const JSON_TYPE = { 'Content-Type': 'application/json' };
const example = exampleWebhook();
const exactly = (size) => `"${'x'.repeat(size - 2)}"`;
const signed = (body) => ({ ...JSON_TYPE, ...signedHeaders(example, ID, SECONDS, body) });
const without = (name) => {
  const { [name]: _, ...rest } = HEADERS;
  return { ...JSON_TYPE, ...rest };
};

/** What is sent, the reply's status, and the reason that `onRejected` gets. */
const DELIVERIES = {
  genuine: [{ ...JSON_TYPE, ...HEADERS }, BODY, 204],
  'genuine, without a content type': [HEADERS, BODY, 204],
  'genuine, as a form': [
    { ...HEADERS, 'Content-Type': 'application/x-www-form-urlencoded' },
    BODY,
    204,
  ],
  'genuine, as text': [{ ...HEADERS, 'Content-Type': 'text/plain; charset=utf-16' }, BODY, 204],
  'genuine, in chunks': [signed(exactly(900)), exactly(900), 204, null, { chunked: true }],
  'as large as allowed': [signed(exactly(bodyLimit)), exactly(bodyLimit), 204],
  'larger by a byte': [
    signed(exactly(bodyLimit + 1)),
    exactly(bodyLimit + 1),
    413,
    'BODY_TOO_LARGE',
  ],
  'larger, in chunks': [
    signed(exactly(5000)),
    exactly(5000),
    413,
    'BODY_TOO_LARGE',
    { chunked: true },
  ],
  'much larger': [signed(exactly(5_000_000)), exactly(5_000_000), 413, 'BODY_TOO_LARGE'],
  unsigned: [JSON_TYPE, BODY, 401, 'MISSING_HEADER'],
  'without a signature': [without('webhook-signature'), BODY, 401, 'MISSING_HEADER'],
  forged: [{ ...JSON_TYPE, ...HEADERS }, `${BODY} `, 401, 'NO_MATCHING_SIGNATURE'],
  'without a body': [HEADERS, '', 401, 'NO_MATCHING_SIGNATURE'],
  old: [{ ...HEADERS, 'webhook-timestamp': '1614260000' }, BODY, 401, 'TOO_OLD'],
  'of the future': [{ ...HEADERS, 'webhook-timestamp': '1614269999' }, BODY, 401, 'TOO_FAR_AHEAD'],
  'with two ids': [{ ...HEADERS, 'webhook-id': [ID, ID] }, BODY, 400, 'DUPLICATE_HEADER'],
  'with a dotted id': [{ ...HEADERS, 'webhook-id': 'a.b' }, BODY, 400, 'MALFORMED_HEADER'],
  'with a bad timestamp': [
    { ...HEADERS, 'webhook-timestamp': 'x' },
    BODY,
    400,
    'MALFORMED_TIMESTAMP',
  ],
  'no JSON': [signed('text'), 'text', 400, 'BODY_NOT_JSON'],
  'signatures in two headers': [
    { ...HEADERS, 'webhook-signature': ['v1,AAAA', HEADERS['webhook-signature']] },
    BODY,
    204,
  ],
};

for (const [name, start] of Object.entries(ADAPTERS)) {
  test(`${name}: accepts what is genuine and answers the rest with a bare status`, async (t) => {
    const seen = { events: [], errors: [] };
    const rejected = [];
    const url = await start(
      t,
      {
        webhook: example,
        bodyLimit,
        onRejected: (error, req) =>
          rejected.push({ error, hasHeaders: typeof req.headers === 'object' }),
      },
      seen,
    );
    for (const [what, [headers, body, status, code, how]] of Object.entries(DELIVERIES)) {
      seen.events.length = 0;
      rejected.length = 0;
      const reply = await post(url, headers, body, how);
      assert.deepEqual(seen.errors, [], what);
      assert.equal(reply.status, status, what);
      assert.equal(reply.body.length, 0, 'the reply explains nothing');
      if (status === 204) {
        assert.deepEqual(seen.events, [{ ...EVENT, payload: JSON.parse(body) }], what);
        assert.deepEqual(rejected, [], what);
      } else {
        assert.deepEqual(seen.events, [], what);
        assert.equal(rejected.length, 1, what);
        const [{ error, hasHeaders }] = rejected;
        assert.equal(error.name, 'KlingWebhookError');
        assert.equal(error.code, `KLING_WEBHOOK_${code}`, what);
        assert.ok(hasHeaders);
        assert.doesNotMatch(JSON.stringify(reply.headers), /webhook|signature|kling/i);
      }
    }
  });

  test(`${name}: replies to a refusal do not tell the unproven apart`, async (t) => {
    const url = await start(t, { webhook: example, bodyLimit }, { events: [], errors: [] });
    const replies = [];
    for (const [headers, body, status] of Object.values(DELIVERIES)) {
      if (status !== 401) continue;
      const { headers: reply, body: text } = await post(url, headers, body);
      replies.push(JSON.stringify([{ ...reply, date: undefined }, text.toString()]));
    }
    assert.equal(replies.length, 6);
    assert.equal(new Set(replies).size, 1, replies.join('\n'));
  });

  test(`${name}: a replayed delivery is unproven`, async (t) => {
    const rejected = [];
    const webhook = exampleWebhook({ replayProtection: true });
    const onRejected = async (error) => rejected.push(error.code);
    const url = await start(t, { webhook, onRejected }, { events: [], errors: [] });
    const headers = { ...JSON_TYPE, ...HEADERS };
    assert.equal((await post(url, headers, BODY)).status, 204);
    assert.equal((await post(url, headers, BODY)).status, 401);
    assert.deepEqual(rejected, ['KLING_WEBHOOK_REPLAY']);
  });

  test(`${name}: the limit is a megabyte where none is given`, async (t) => {
    const url = await start(t, { webhook: example }, { events: [], errors: [] });
    for (const [size, status] of [
      [1_048_576, 204],
      [1_048_577, 413],
    ]) {
      const body = exactly(size);
      assert.equal((await post(url, signed(body), body)).status, status);
    }
  });

  test(`${name}: the failures of isReplay and onRejected are not the sender's`, async (t) => {
    const seen = { events: [], errors: [] };
    const down = new Error('the store is down');
    const failing = () => Promise.reject(down);
    const webhook = exampleWebhook({ isReplay: failing });
    const url = await start(t, { webhook, onRejected: failing }, seen);
    assert.equal((await post(url, { ...JSON_TYPE, ...HEADERS }, BODY)).status, 500);
    assert.equal((await post(url, JSON_TYPE, BODY)).status, 500);
    assert.deepEqual(seen.errors, [down, down]);
    assert.deepEqual(seen.events, []);
  });
}

for (const name of ['node:http', 'Express', 'Fastify']) {
  test(`${name}: a request that is broken off is an error, not a refusal`, {
    timeout: 20_000,
  }, async (t) => {
    const seen = { events: [], errors: [] };
    const rejected = [];
    let failed;
    const failure = new Promise((resolve) => {
      failed = resolve;
    });
    seen.errors.push = (error) => failed(error);
    const url = new URL(
      await ADAPTERS[name](
        t,
        { webhook: example, onRejected: (error) => rejected.push(error) },
        seen,
      ),
    );
    const socket = connect(Number(url.port), url.hostname);
    socket.on('error', () => {});
    socket.write(
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 100\r\n\r\nhalf',
    );
    setImmediate(() => socket.end());
    assert.equal((await failure).code, 'ECONNRESET');
    assert.deepEqual([seen.events, rejected], [[], []]);
  });
}

test('node:http: a request that has ended early, or does so without an error, is aborted', {
  timeout: 20_000,
}, async (t) => {
  const rejected = [];
  const verify = nodeWebhook({ webhook: example, onRejected: (error) => rejected.push(error) });
  const server = createServer();
  const url = new URL(await listen(t, server));
  const endings = {
    before: async (req, res, next) => {
      req.destroy();
      await once(req, 'close');
      verify(req, res, next);
    },
    meanwhile: async (req, res, next) => {
      verify(req, res, next);
      req.destroy();
    },
  };
  for (const [when, end] of Object.entries(endings)) {
    const failure = new Promise((resolve) => {
      server.once('request', (req, res) => end(req, res, resolve));
    });
    const socket = connect(Number(url.port), url.hostname);
    socket.on('error', () => {});
    socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf');
    const { code, message } = await failure;
    assert.deepEqual([code, message], ['ECONNRESET', 'aborted'], when);
    socket.destroy();
  }
  assert.deepEqual(rejected, []);
});

test("Express: a body that was parsed before is the programmer's error, said in words", async (t) => {
  const errors = [];
  const rejected = [];
  const app = express();
  app.use(express.json());
  app.post(
    '/',
    nodeWebhook({ webhook: example, onRejected: (e) => rejected.push(e) }),
    (_req, res) => res.sendStatus(204),
  );
  app.use((error, _req, res, _next) => {
    errors.push(error);
    res.sendStatus(500);
  });
  const url = await listen(t, createServer(app));
  assert.equal((await post(url, { ...JSON_TYPE, ...HEADERS }, BODY)).status, 500);
  assert.deepEqual(
    errors.map(({ name, code, message }) => ({ name, code, message })),
    [
      {
        name: 'TypeError',
        code: 'KLING_INVALID_ARG_TYPE',
        message:
          "the request's body was already read, and its bytes are gone: put nodeWebhook() before express.json() and other body parsers",
      },
    ],
  );
  assert.deepEqual(rejected, []);
});

test('Express: raw bodies that a platform leaves behind are used', async (t) => {
  const app = express();
  app.use(
    express.json({
      verify: (req, _res, bytes) => {
        req.rawBody = bytes;
      },
    }),
  );
  app.post('/', nodeWebhook({ webhook: example }), (req, res) =>
    res.json(req.klingWebhook.payload),
  );
  const url = await listen(t, createServer(app));
  const reply = await post(url, { ...JSON_TYPE, ...HEADERS }, BODY);
  assert.deepEqual([reply.status, reply.body.toString()], [200, '{"test":2432232314}']);
});

test('Fastify: other routes keep their parsers, and a prefix is honoured', async (t) => {
  const app = Fastify();
  app.post('/other', (request) => ({ got: request.body, event: request.klingWebhook ?? null }));
  app.register(fastifyWebhook, {
    prefix: '/callbacks',
    webhook: example,
    url: '/kling',
    handler: (request) => request.klingWebhook.payload,
  });
  t.after(() => app.close());
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  const other = await post(`${url}/other`, JSON_TYPE, '{"a":1}');
  assert.deepEqual(JSON.parse(other.body), { got: { a: 1 }, event: null });
  const kling = await post(`${url}/callbacks/kling`, { ...JSON_TYPE, ...HEADERS }, BODY);
  assert.deepEqual([kling.status, kling.body.toString()], [200, '{"test":2432232314}']);
});

test('Lambda, through the adapter of Hono: both encodings of the body', async () => {
  const app = new Hono();
  const handle = fetchWebhook(({ payload }) => Response.json(payload), { webhook: example });
  app.post('/kling', (c) => handle(c.req.raw));
  const handler = lambda(app);
  const event = (overrides) => ({
    version: '2.0',
    routeKey: '$default',
    rawPath: '/kling',
    rawQueryString: '',
    headers: { host: 'example.com', ...HEADERS },
    requestContext: { http: { method: 'POST', path: '/kling' }, domainName: 'example.com' },
    body: BODY,
    isBase64Encoded: false,
    ...overrides,
  });
  const encoded = { body: Buffer.from(BODY).toString('base64'), isBase64Encoded: true };
  for (const overrides of [{}, encoded]) {
    const { statusCode, body } = await handler(event(overrides), {});
    assert.deepEqual([statusCode, body], [200, '{"test":2432232314}']);
  }
  const { statusCode, body } = await handler(event({ body: '{}' }), {});
  assert.deepEqual([statusCode, body], [401, '']);
});

test('a Fetch-style handler gets the event, the request and what else the framework passes', async () => {
  const handle = fetchWebhook(
    (...args) => Response.json(args.length, { headers: { rest: args[2] } }),
    {
      webhook: example,
    },
  );
  const request = () => new Request('http://x/', { method: 'POST', headers: HEADERS, body: BODY });
  const response = await handle(request(), 'context');
  assert.deepEqual([await response.json(), response.headers.get('rest')], [3, 'context']);
  const used = request();
  await used.text();
  await assert.rejects(handle(used), {
    name: 'TypeError',
    code: 'KLING_INVALID_ARG_TYPE',
    message:
      "the request's body was already read, and its bytes are gone: call this handler before anything that reads the request",
  });
  assert.equal((await handle(new Request('http://x/'))).status, 401);
});

test('options of the middleware are checked when it is made', async () => {
  const fastify = (options) => fastifyWebhook(Fastify(), options);
  const make = [nodeWebhook, (options) => fetchWebhook(() => new Response(), options), fastify];
  const table = [
    ['TypeError', 'KLING_UNKNOWN_OPTION', { limit: 5 }, /^unknown option "limit"/],
    [
      'TypeError',
      'KLING_INVALID_ARG_TYPE',
      { webhook: SECRET },
      'webhook must be an object, received a string',
    ],
    [
      'TypeError',
      'KLING_INVALID_ARG_TYPE',
      { webhook: {} },
      'webhook must be a KlingWebhook, received another object',
    ],
    [
      'TypeError',
      'KLING_INVALID_ARG_TYPE',
      { onRejected: 5 },
      'onRejected must be a function, received a number',
    ],
    [
      'TypeError',
      'KLING_INVALID_ARG_TYPE',
      { bodyLimit: '1mb' },
      'bodyLimit must be a number, received a string',
    ],
    [
      'RangeError',
      'KLING_OUT_OF_RANGE',
      { bodyLimit: 0 },
      'bodyLimit must be a whole number of bytes of at least 1, received 0',
    ],
    [
      'RangeError',
      'KLING_OUT_OF_RANGE',
      { bodyLimit: Number.NaN },
      'bodyLimit must be a whole number of bytes of at least 1, received NaN',
    ],
  ];
  for (const [name, code, options, message] of table) {
    for (const create of make) {
      await assert.rejects(async () => create(options), { name, code, message });
    }
  }
  assert.throws(() => fetchWebhook(null), {
    name: 'TypeError',
    code: 'KLING_INVALID_ARG_TYPE',
    message: 'handler must be a function, received null',
  });
  await assert.rejects(fastify({ webhook: example, handler: () => {} }), {
    name: 'TypeError',
    code: 'KLING_INVALID_ARG_TYPE',
    message: 'url must be the path of the callbacks, received undefined',
  });
  await assert.rejects(fastify({ webhook: example, url: '/' }), {
    name: 'TypeError',
    code: 'KLING_INVALID_ARG_TYPE',
    message: "handler must be the route's handler, received undefined",
  });
});

test('the middleware takes its secret from the environment at the first delivery', () => {
  // As `next build` does it: loaded and made where there is no secret, called where there is one.
  const source = `
    const { KlingWebhook, nodeWebhook, fetchWebhook, fastifyWebhook } = require('kling-auth/webhook');
    const node = nodeWebhook();
    const fetch = fetchWebhook(({ payload }) => new Response(JSON.stringify(payload)));
    const body = '{"n":1}';
    const seconds = Math.floor(Date.now() / 1000);
    const headers = {
      'webhook-id': 'msg_1',
      'webhook-timestamp': String(seconds),
      'webhook-signature': new KlingWebhook('${SECRET}').sign('msg_1', seconds, body),
    };
    const byNode = () => new Promise((resolve) => {
      const req = { headers, rawHeaders: Object.entries(headers).flat(), body };
      node(req, {}, (error) => resolve(error ? error.code : req.klingWebhook.payload));
    });
    const byFetch = () => fetch(new Request('http://localhost/', { method: 'POST', headers, body }))
      .then((response) => response.json(), ({ code }) => code);
    (async () => {
      const before = [await byNode(), await byFetch()];
      process.env.KLING_WEBHOOK_SECRET = '${SECRET} ${OTHER}';
      const after = [await byNode(), await byFetch()];
      console.log(JSON.stringify({ before, after }));
    })();`;
  const missing = 'KLING_MISSING_CREDENTIALS';
  assert.deepEqual(runJson(source), {
    before: [missing, missing],
    after: [{ n: 1 }, { n: 1 }],
  });
});

for (const [what, raw] of Object.entries({
  'with an empty rawHeaders, as serverless-http makes it': { rawHeaders: [] },
  'without rawHeaders, as older node-mocks-http makes it': {},
})) {
  test(`a request ${what}: headers count`, async () => {
    const deliver = async (headers) => {
      const req = { ...raw, headers, body: Buffer.from(BODY) };
      const res = { writeHead: (status) => ({ end: () => resolve(status) }) };
      let resolve;
      return new Promise((done) => {
        resolve = done;
        nodeWebhook({ webhook: example })(req, res, (error) => done(error ?? req.klingWebhook));
      });
    };
    assert.deepEqual(await deliver(HEADERS), EVENT);
    assert.equal(await deliver({ ...HEADERS, 'webhook-id': `${ID}, ${ID}` }), 400);
    assert.equal(await deliver({}), 401);
  });
}

test('a request with rawHeaders: headers, which hide some that came twice, do not count', async () => {
  const req = { headers: HEADERS, rawHeaders: ['Host', 'localhost'], body: BODY };
  const status = await new Promise((resolve, reject) => {
    const res = { writeHead: (code) => ({ end: () => resolve(code) }) };
    nodeWebhook({ webhook: example })(req, res, () => reject(new Error('accepted')));
  });
  assert.equal(status, 401);
});

test('a body, a map and a date of another realm, as in jsdom, count as such', async () => {
  const foreign = (source) => runInNewContext(source);
  const body = foreign('(bytes) => new Uint8Array(bytes)')([...Buffer.from(BODY)]);
  assert.equal(body instanceof Uint8Array, false);
  const headers = foreign('(entries) => new Map(entries)')(Object.entries(HEADERS));
  assert.deepEqual(example.verify(body, headers), EVENT);
  const date = foreign('(ms) => new Date(ms)')(SECONDS * 1000);
  assert.equal(example.sign(ID, date, BODY), HEADERS['webhook-signature']);
  const req = { headers: HEADERS, rawHeaders: [], body };
  await new Promise((resolve, reject) => {
    nodeWebhook({ webhook: example })(req, {}, (error) => (error ? reject(error) : resolve()));
  });
  assert.deepEqual(req.klingWebhook, EVENT);
});

test('what the handler after nodeWebhook throws is an uncaught exception, as from any callback', () => {
  const request = { headers: HEADERS, rawHeaders: [], body: BODY };
  const told = runJson(
    `const { KlingWebhook } = require('./index.js');
    const { nodeWebhook } = require('./lib/webhook.js');
    const told = [];
    process.on('uncaughtException', ({ message }, origin) => told.push([message, origin]));
    process.on('exit', () => console.log(JSON.stringify(told)));
    const webhook = new KlingWebhook(${JSON.stringify(SECRET)}, { now: () => ${SECONDS * 1000} });
    const next = (error) => { throw new Error(error === undefined ? 'accepted' : 'failed'); };
    const request = ${JSON.stringify(request)};
    nodeWebhook({ webhook })({ ...request }, {}, next);
    nodeWebhook({ webhook })({ ...request, body: {}, readableDidRead: true }, {}, next);`,
  );
  assert.deepEqual(told.sort(), [
    ['accepted', 'uncaughtException'],
    ['failed', 'uncaughtException'],
  ]);
});

test('the subpath and the main entry share their classes', async () => {
  const main = await import('kling-auth');
  assert.equal(main.KlingWebhook, KlingWebhook);
});

// Express as it stands on Lambda, and requests that a test makes: neither has rawHeaders.
const assert = require('node:assert/strict');
const { EventEmitter } = require('node:events');
const express = require('express');
const { createMocks } = require('node-mocks-http');
const serverless = require('serverless-http');
const { KlingWebhook } = require('kling-auth');
const { nodeWebhook } = require('kling-auth/webhook');

const webhook = new KlingWebhook('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
const body = '{"task_id":"1","task_status":"succeed"}';
const seconds = Math.floor(Date.now() / 1000);
const signed = {
  'Content-Type': 'application/json',
  'Webhook-Id': 'msg_1',
  'Webhook-Timestamp': String(seconds),
  'Webhook-Signature': webhook.sign('msg_1', seconds, body),
};

const app = express();
app.post('/kling', nodeWebhook({ webhook }), (req, res) => {
  res.json(req.klingWebhook.payload.task_status);
});
const lambda = serverless(app);

/** An event as API Gateway's HTTP API makes it, or as its REST API does. */
function event(version, headers, text, isBase64Encoded) {
  const shared = {
    headers,
    isBase64Encoded,
    body: isBase64Encoded ? Buffer.from(text).toString('base64') : text,
  };
  return version === 2
    ? {
        ...shared,
        version: '2.0',
        rawPath: '/kling',
        rawQueryString: '',
        requestContext: { http: { method: 'POST', path: '/kling', sourceIp: '127.0.0.1' } },
      }
    : {
        ...shared,
        path: '/kling',
        httpMethod: 'POST',
        multiValueHeaders: Object.fromEntries(
          Object.entries(headers).map(([name, value]) => [name, [value]]),
        ),
        requestContext: { identity: { sourceIp: '127.0.0.1' } },
      };
}

async function onLambda() {
  for (const version of [1, 2]) {
    for (const base64 of [true, false]) {
      const what = `version ${version}, ${base64 ? 'base64' : 'text'}`;
      const genuine = await lambda(event(version, signed, body, base64), {});
      assert.equal(genuine.statusCode, 200, what);
      assert.equal(genuine.body, '"succeed"', what);
      const forged = await lambda(event(version, signed, `${body} `, base64), {});
      assert.equal(forged.statusCode, 401, what);
      const bare = await lambda(event(version, {}, body, base64), {});
      assert.equal(bare.statusCode, 401, what);
    }
  }
}

async function mocked(send) {
  const { req, res } = createMocks(
    { method: 'POST', url: '/kling', headers: signed },
    { eventEmitter: EventEmitter },
  );
  await new Promise((resolve, reject) => {
    nodeWebhook({ webhook })(req, res, (error) => (error ? reject(error) : resolve()));
    send(req);
  });
  assert.deepEqual(req.klingWebhook.payload, JSON.parse(body));
}

onLambda()
  .then(() =>
    mocked((req) => {
      // As its documentation sends a body after the listeners are there.
      setImmediate(() => req.send(body));
    }),
  )
  .then(() => console.log('serverless: passed'));

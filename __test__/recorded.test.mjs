// Replies as others have recorded them of Kling, of gateways and of proxies.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explainKlingReply } from '../index.js';

const GLOBAL = 'https://api-singapore.klingai.com';
const AK_SK =
  'Authentication error. The current API does not support AK/SK; please go to the console (https://kling.ai/dev/api-key) to create API key.';

/** @param {number} code */
const envelope = (code, message) => ({ code, message, request_id: 'r-1' });

test('a recorded reply is explained by what it says', () => {
  for (const [reply, kind, hint] of [
    [
      { status: 401, body: envelope(1002, AK_SK) },
      'auth',
      /^this endpoint takes API Keys only.*send an API Key; if one was sent, Kling does not know it/,
    ],
    [
      { status: 401, body: envelope(1002, AK_SK), credential: 'apiKey', url: `${GLOBAL}/tasks` },
      'auth',
      /^Kling does not know this API Key.*the other region's host is api-beijing\.klingai\.com$/,
    ],
    [
      { status: 401, body: envelope(1002, 'api key not found'), url: `${GLOBAL}/v1/videos` },
      'auth',
      /^Kling does not know this API Key: .*the other region's host is api-beijing\.klingai\.com$/,
    ],
    [
      {
        status: 401,
        body: envelope(1002, 'The token was expected to have 3 parts, but got 0'),
      },
      'auth',
      /^what was sent is neither an API Key \(those begin with api-key-kling-\) nor a JWT/,
    ],
    [
      { status: 401, body: envelope(1001, 'Authorization is empty') },
      'auth',
      /^no Authorization header arrived/,
    ],
    [
      { status: 429, body: envelope(1102, 'Account balance not enough') },
      'account',
      /packs are per product/,
    ],
    [
      { status: 400, body: envelope(1102, 'Account balance not enough') },
      'account',
      /packs are per product/,
    ],
    [
      { status: 429, body: envelope(1303, 'parallel task over resource pack limit') },
      'rate-limit',
      /let running tasks finish/,
    ],
    [
      { status: 400, body: envelope(1201, 'Task not found by id/external id: 867466522308215') },
      'request',
      /^no task of this account has this id/,
    ],
    [
      { status: 400, body: envelope(1201, 'external_task_id order-1 already exists') },
      'request',
      /^this external_task_id was used before: its task exists/,
    ],
    [
      {
        status: 404,
        body: { timestamp: '2026-09-01', status: 404, error: 'Not Found', message: '', path: '/x' },
      },
      'request',
      /^there is no such path/,
    ],
    [
      { status: 401, body: { error: { message: 'invalid token', type: 'new_api_error' } } },
      'auth',
      /^this refusal is a gateway's, not Kling's: .*look at what answers at this URL/,
    ],
    [
      { status: 401, body: '<html><title>401</title></html>' },
      'auth',
      /^this refusal is a page, not Kling's reply: look at what answers at this URL/,
    ],
    [
      { status: 401, body: envelope(1000, 'x'), url: 'https://api.klingapi.com/v1/videos' },
      'auth',
      /api\.klingapi\.com is none of Kling's hosts, which are api-singapore\.klingai\.com/,
    ],
  ]) {
    const explanation = explainKlingReply(reply);
    assert.equal(explanation.kind, kind);
    assert.match(explanation.hint, hint);
    const text = JSON.stringify(reply.body);
    if (typeof reply.body !== 'string') {
      // As text it says the same as parsed.
      assert.deepEqual(explainKlingReply({ ...reply, body: text }), explanation);
    }
  }
  const gateway = { error: { message: 'invalid token', type: 'new_api_error', code: 'x' } };
  assert.equal(explainKlingReply({ status: 401, body: gateway }).message, 'invalid token');
});

test('a create whose fate is unknown is looked up before it is sent again', () => {
  const url = `${GLOBAL}/v1/videos/text2video`;
  for (const [request, retryable, hint] of [
    [{ method: 'POST', url }, false, /: the task may exist and may be charged, so look it up/],
    [{ method: 'POST' }, false, /external_task_id/],
    [{ method: 'GET', url }, true, /: wait and send it again/],
    [{ method: 'POST', url: `${GLOBAL}/tasks` }, true, /: wait and send it again/],
    [{ method: 'POST', url: '/account/billing/balance' }, true, /: wait and send it again/],
    [{}, false, /after a read, wait .*; after a create, the task may exist/],
  ]) {
    for (const reply of [
      { status: 504, body: envelope(5002, 'timeout') },
      { status: 502, body: '<html>Bad Gateway</html>' },
    ]) {
      const explanation = explainKlingReply({ ...reply, ...request });
      assert.deepEqual([explanation.kind, explanation.retryable], ['server', retryable]);
      assert.match(explanation.hint, hint);
    }
    // What was refused for being too much was not made.
    const busy = { status: 429, body: envelope(1302, 'x') };
    assert.equal(explainKlingReply({ ...busy, ...request }).retryable, true);
  }
  assert.throws(() => explainKlingReply({ status: 500, method: 5 }), {
    name: 'TypeError',
    code: 'KLING_INVALID_ARG_TYPE',
    message: 'method must be a string, received a number',
  });
});

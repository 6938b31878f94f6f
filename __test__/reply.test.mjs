import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { explainKlingReply } from '../index.js';

test('an explanation has all of its members', () => {
  const body = '{"code":1303,"message":"too many","request_id":"r-1"}';
  assert.deepEqual(explainKlingReply({ status: 429, body, headers: { 'Retry-After': '7' } }), {
    ok: false,
    status: 429,
    code: 1303,
    kind: 'rate-limit',
    retryable: true,
    retryAfterSec: 7,
    requestId: 'r-1',
    message: 'too many',
    hint: 'more at once than the resource pack allows, counted over all keys of the account for each model version and kind of pack: let running tasks finish, then send it again, after a second at the earliest',
  });
  assert.deepEqual(explainKlingReply({ status: 200, body: '{"code":0}' }), {
    ok: true,
    status: 200,
    code: 0,
    kind: 'ok',
    retryable: false,
    retryAfterSec: null,
    requestId: null,
    message: null,
    hint: null,
  });
});

test('a body may be text, bytes or parsed', () => {
  const text = '{"code":1101,"message":"é","request_id":"r"}';
  const bytes = Buffer.from(text);
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  const inside = Buffer.from(`{{{${text}}}}`).subarray(3, -3);
  const bodies = {
    text,
    buffer: bytes,
    'part of a buffer': inside,
    bytes: new Uint8Array(bytes),
    'data view': new DataView(inside.buffer, inside.byteOffset, inside.byteLength),
    'array buffer': new Uint8Array(bytes).buffer,
    'shared memory': shared,
    parsed: JSON.parse(text),
  };
  for (const [name, body] of Object.entries(bodies)) {
    const { code, kind, message, requestId } = explainKlingReply({ status: 429, body });
    assert.deepEqual([code, kind, message, requestId], [1101, 'account', 'é', 'r'], name);
  }
  for (const body of [undefined, null, '', [], {}, { code: {} }, new Uint8Array()]) {
    const { code, kind } = explainKlingReply({ status: 503, body });
    assert.deepEqual([code, kind], [null, 'server']);
  }
});

test('of a parsed body only the members that count are touched', () => {
  const hostile = {
    code: 0,
    toJSON: () => assert.fail('toJSON was called'),
    get other() {
      return assert.fail('another member was read');
    },
    data: { code: 1002, msg: 'inner', big: 10n },
  };
  const { code, message } = explainKlingReply({ status: 200, body: hostile });
  assert.deepEqual([code, message], [1002, 'inner']);
});

test('ten megabytes of noise are no trouble', () => {
  const noise = '<html>\0"{[,'.repeat(1e6);
  for (const body of [noise, Buffer.from(noise), { code: noise, message: noise, data: noise }]) {
    const { kind } = explainKlingReply({ status: 502, body });
    assert.equal(kind, 'server');
  }
  const list = { code: 1201, message: 'm', data: Array(1e5).fill({ task_id: 'x' }) };
  assert.equal(explainKlingReply({ status: 400, body: JSON.stringify(list) }).code, 1201);
});

test('headers may be of the web or of Node, in any case', () => {
  const message = new IncomingMessage(null);
  message.headers['retry-after'] = '7';
  for (const headers of [
    new Headers({ 'Retry-After': '7' }),
    new Map([['retry-after', '7']]),
    { 'RETRY-AFTER': '7' },
    { 'retry-after': 7 },
    { 'retry-after': ['7', '8'] },
    message.headers,
  ]) {
    assert.equal(explainKlingReply({ status: 503, headers }).retryAfterSec, 7);
  }
  for (const headers of [null, {}, new Headers(), { 'retry-after': undefined }, { get: 'x' }]) {
    assert.equal(explainKlingReply({ status: 503, headers }).retryAfterSec, null);
  }
  const dates = {
    'retry-after': 'Sat, 01 Jan 2028 00:01:00 GMT',
    date: 'Sat, 01 Jan 2028 00:00:00 GMT',
  };
  assert.equal(explainKlingReply({ status: 503, headers: dates }).retryAfterSec, 60);
});

test('the hint of a 401 uses the URL and the kind of credential', () => {
  const hint = (url) =>
    explainKlingReply({ status: 401, body: { code: 1002 }, credential: 'jwt', url }).hint;
  for (const url of [
    'https://api-singapore.klingai.com/text-to-video/kling-3.0-turbo',
    new URL('https://api-singapore.klingai.com/tasks?x=/v1/'),
    '/tasks',
  ]) {
    assert.match(hint(url), /^this endpoint takes API Keys only/);
  }
  assert.match(hint('/v1/videos'), /^check that the secret key belongs/);
  assert.match(
    hint('https://api.klingai.com/v1/videos'),
    /api\.klingai\.com refused this one, the other region's host is api-beijing\.klingai\.com$/,
  );
  assert.match(hint('https://['), /^check that the secret key belongs/);
});

test('what is no reply is refused', () => {
  const body =
    "body must be a reply's text, bytes or parsed JSON (no stream: await response.text() first), received ";
  for (const [reply, name, code, message] of [
    [
      undefined,
      'TypeError',
      'KLING_INVALID_ARG_TYPE',
      'status must be a number, received undefined',
    ],
    ['text', 'TypeError', 'KLING_INVALID_ARG_TYPE', 'reply must be an object, received a string'],
    [{}, 'TypeError', 'KLING_INVALID_ARG_TYPE', 'status must be a number, received undefined'],
    [
      { status: '200' },
      'TypeError',
      'KLING_INVALID_ARG_TYPE',
      'status must be a number, received a string',
    ],
    [
      { status: 0 },
      'RangeError',
      'KLING_OUT_OF_RANGE',
      'status must be an HTTP status from 100 to 999, received 0',
    ],
    [{ status: 200, body: 5 }, 'TypeError', 'KLING_INVALID_ARG_TYPE', `${body}a number`],
    [
      { status: 200, body: Promise.resolve('') },
      'TypeError',
      'KLING_INVALID_ARG_TYPE',
      `${body}an object`,
    ],
    [
      { status: 200, body: new Response('{}').body },
      'TypeError',
      'KLING_INVALID_ARG_TYPE',
      `${body}an object`,
    ],
    [
      { status: 200, body: Readable.from([]) },
      'TypeError',
      'KLING_INVALID_ARG_TYPE',
      `${body}an object`,
    ],
    [
      new Response('{}'),
      'TypeError',
      'KLING_INVALID_ARG_TYPE',
      'reply must be { status, headers, body: await response.text() }, received a Response',
    ],
    [
      { status: 200, headers: 'x' },
      'TypeError',
      'KLING_INVALID_ARG_TYPE',
      'headers must be an object, received a string',
    ],
    [
      { status: 200, headers: [] },
      'TypeError',
      'KLING_INVALID_ARG_TYPE',
      'headers must be an object, received an array',
    ],
    [
      { status: 200, url: 5 },
      'TypeError',
      'KLING_INVALID_ARG_TYPE',
      'url must be a string or a URL, received a number',
    ],
    [
      { status: 200, credential: 5 },
      'TypeError',
      'KLING_INVALID_ARG_TYPE',
      'credential must be a string, received a number',
    ],
    [
      { status: 200, credential: 'JWT' },
      'TypeError',
      'KLING_INVALID_ARG_VALUE',
      'credential must be "jwt" or "apiKey", received another string',
    ],
    [
      { status: 200, header: {} },
      'TypeError',
      'KLING_UNKNOWN_OPTION',
      'unknown option "header": did you mean headers?',
    ],
  ]) {
    assert.throws(() => explainKlingReply(reply), { name, code, message });
  }
});

test('every code of the typings is explained', () => {
  const typings = readFileSync(new URL('../index.d.ts', import.meta.url), 'utf8');
  const kinds = [...typings.matchAll(/^ \* - `([\w-]+)`: .*\((\d+)(?:(?: to |, )(\d+))?\)$/gm)];
  assert.equal(kinds.length, 9);
  for (const [, kind, first, last = first] of kinds) {
    for (let code = Number(first); code <= Number(last); code++) {
      assert.equal(explainKlingReply({ status: 200, body: { code } }).kind, kind, String(code));
    }
  }
});

// What somebody has at hand of a reply, and what `kling-auth explain` makes of it.
import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { Readable, Writable } from 'node:stream';
import { test } from 'node:test';
import { main } from '../lib/cli/main.js';

/** @param {string | Buffer} input */
async function explain(input, args = []) {
  const printed = [];
  const write = (chunk, _, done) => done(void printed.push(chunk));
  const stdout = new Writable({ write });
  const stderr = new Writable({ write });
  const stdin = Readable.from([Buffer.from(input)]);
  const io = Object.assign(new EventEmitter(), { stdout, stderr, stdin, env: {} });
  const status = await main(['explain', ...args], io);
  return { status, text: Buffer.concat(printed).toString() };
}

const json = (code, message) => JSON.stringify({ code, message, request_id: 'r-1' });
const NOT_FOUND = json(1002, 'api key not found');
const UNKNOWN = /^✗ auth\n[\s\S]*code 1002\n[\s\S]*hint +Kling does not know this API Key/;
const OTHER_REGION = /the other region's host is api-beijing\.klingai\.com/;
const ASK_FIRST = /the task may exist and may be charged/;

const TRACE = `*   Trying 192.0.2.1:443...
> POST /v1/videos/text2video HTTP/2
> Host: api-singapore.klingai.com
> Authorization: Bearer eyJrecognisable.eyJ.x
> Content-Length: 2
>\u0020
* We are completely uploaded and fine
{ [57 bytes data]
`;

const AXIOS = `AxiosError: Request failed with status code 401
    at settle (/app/node_modules/axios/dist/node/axios.cjs:2026:12) {
  code: 'ERR_BAD_REQUEST',
  config: {
    method: 'post',
    url: 'https://api-singapore.klingai.com/v1/videos/text2video',
    headers: { Authorization: 'Bearer api-key-kling-recognisable' }
  },
  response: {
    status: 401,
    data: { code: 1002, message: 'api key not found', request_id: 'r-1' }
  }
}`;

test('a reply is read in whatever form somebody has it', async () => {
  for (const [name, input, ...expected] of [
    ['curl -i', `HTTP/2 401 \r\ndate: x\r\n\r\n${NOT_FOUND}`, UNKNOWN, /HTTP 401/],
    ['blank lines first', `\n\nHTTP/1.1 401 Unauthorized\n\n${NOT_FOUND}\n`, UNKNOWN],
    ['100-continue', `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 401 X\r\n\r\n${NOT_FOUND}`, UNKNOWN],
    [
      'a proxy',
      `HTTP/1.1 200 Connection established\r\n\r\nHTTP/2 401\r\n\r\n${NOT_FOUND}`,
      UNKNOWN,
    ],
    ['a head alone', 'HTTP/2 502 \r\nserver: x\r\n\r\n', /^✗ server/, ASK_FIRST],
    ['curl -v', `${TRACE}< HTTP/2 401 \n< date: x\n< \n${NOT_FOUND}`, UNKNOWN, OTHER_REGION],
    ['curl -v of a create', `${TRACE}< HTTP/1.1 504 X\r\n< \r\n${json(5002, 'x')}`, ASK_FIRST],
    [
      'curl -v of a token',
      `${TRACE}< HTTP/1.1 401 X\r\n< \r\n${json(1000, 'x')}`,
      /check that the secret key belongs to the access key/,
    ],
    ['a body', NOT_FOUND, UNKNOWN, /reply +code 1002\n/],
    ['a body with a mark', `\ufeff${NOT_FOUND}`, UNKNOWN],
    ['UTF-16', Buffer.from(`\ufeff${NOT_FOUND}`, 'utf16le'), UNKNOWN],
    ['a text of JSON', JSON.stringify(NOT_FOUND), UNKNOWN],
    ['a fence', `\`\`\`json\n${NOT_FOUND}\n\`\`\``, UNKNOWN],
    ['a line of a log', `2026-11-26 ERROR {x} failed: ${NOT_FOUND} (3 ms)`, UNKNOWN],
    ['a status before it', `401 ${NOT_FOUND}`, UNKNOWN, /HTTP 401, code 1002/],
    ['axios', AXIOS, UNKNOWN, /HTTP 401, code 1002/, OTHER_REGION],
    ["JavaScript's print", "{\n  code: 1002,\n  message: 'api key not found'\n}", UNKNOWN],
    ["Python's print", "<Response [401]>\n{'code': 1002, 'message': 'api key not found'}", UNKNOWN],
    ["Python's bytes", `b'${NOT_FOUND}'`, UNKNOWN],
    [
      'the text alone',
      'Error: api key not found',
      /code 1002, by its text\n[\s\S]*hint +Kling does not know/,
    ],
    ['a code alone', '1303\n', /^✗ rate-limit[\s\S]*code 1303/],
    ['a success', json(0, 'SUCCEED'), /^✓ success/],
    [
      'a task that failed',
      '{"code":0,"message":"SUCCEED","data":{"task_status":"failed","task_status_msg":"risk"}}',
      /^✓ success[\s\S]*task +failed: risk/,
    ],
    ['a status alone', '401', /the status alone says little: give the body too/],
    [
      'a print without the body',
      'HTTPError: 401 Client Error: Unauthorized for url: https://x.example/v1',
      /the status alone says little/,
    ],
    [
      "nginx's page",
      '<html><head><title>502 Bad Gateway</title></head>',
      /HTTP 502[\s\S]*502 Bad Gateway/,
    ],
    [
      "a gateway's",
      'HTTP/1.1 401\n\n{"detail":"no key"}',
      /message +no key[\s\S]*gateway's, not Kling's/,
    ],
    [
      'a status in the body',
      '{"title":"x","detail":"no key","status":401}',
      /HTTP 401[\s\S]*no key/,
    ],
    [
      "Kling's framework",
      '{"timestamp":1,"status":404,"error":"Not Found","path":"/x"}',
      /no such path/,
    ],
  ]) {
    const { text } = await explain(input);
    for (const pattern of expected) assert.match(text, new RegExp(pattern), name);
    assert.doesNotMatch(text, /recognisable/, name);
  }
});

test('what tells neither status nor code is said to, with what would', async () => {
  for (const input of [
    '',
    '{"error":"Unauthorized"}',
    'nothing of the kind',
    '{"code":1}',
    '\n'.repeat(1e5),
  ]) {
    assert.deepEqual(await explain(input), {
      status: 2,
      text: 'kling-auth: --status is missing: the input has no line such as HTTP/1.1 401, and no service code, which Kling’s replies have\n',
    });
  }
  const { text } = await explain('{"error":"Unauthorized"}', ['--status', '401']);
  assert.match(text, /message +Unauthorized/);
});

test('a megabyte of anything is read at once', async () => {
  for (const part of ['{', '{"a":', '}{', '\n', 'code: ', '> GET /', 'url: ', '"', 'HTTP/1.1 ']) {
    const start = process.hrtime.bigint();
    await explain(part.repeat(1e6 / part.length));
    const millis = Number(process.hrtime.bigint() - start) / 1e6;
    assert.ok(millis < 5_000, `${JSON.stringify(part)} took ${millis} ms`);
  }
});

// What the command shows of what others have written, and what becomes of an answer that nobody gets.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { openSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { cleanEnv } from './helpers/run.mjs';
import { PAIR as LOOPBACK, reply, serve, serveKling } from './helpers/server.mjs';

const BIN = fileURLToPath(new URL('../bin/kling-auth.js', import.meta.url));
const PAIR = { KLING_ACCESS_KEY: 'AKtest0123456789', KLING_SECRET_KEY: 'sk-test-0123456789abcdef' };
const UNSEEN =
  '\u0007\u001b[31m\u007f\u0085\u009b31m\u00ad\u200b\u200d\u200f\u202e\u2066\u2028\ufeff';

/** Asynchronous where a server of this process is to answer. */
async function run(args, env) {
  const { spawn } = await import('node:child_process');
  const child = spawn(process.execPath, [BIN, ...args], { env: cleanEnv(env) });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
    });
  }
  const status = await new Promise((resolve) => child.on('close', resolve));
  return { status, text };
}

test('nothing unseen and no credential reaches the terminal', async (t) => {
  const seen = [];
  const { url } = await serve(t, ({ headers }, response) => {
    seen.push(headers.authorization.slice(7));
    const text = `${headers.authorization} ${UNSEEN}`;
    reply(response, 401, { code: 1002, message: text, request_id: text });
  });
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const token = `${part({ alg: 'HS256', typ: UNSEEN })}.${part({ iss: UNSEEN, exp: 1, nbf: 0 })}.x`;
  for (const args of [
    ['verify', '--base', url],
    ['verify', '--base', url, '--json'],
    ['doctor', '--base', url],
    ['doctor', '--base', url, '--json'],
    ['inspect', token],
    ['inspect', token, '--json'],
  ]) {
    const { text } = await run(args, PAIR);
    assert.doesNotMatch(text.replaceAll('\n', ''), /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u, args.join(' '));
    for (const bearer of seen) assert.ok(!text.includes(bearer.slice(0, 20)), text);
    if (args.includes('--json')) JSON.parse(text);
  }
});

test('a base URL is shown without what may be secret in it', async () => {
  const key = 'api-key-kling-0123456789abcdefghijklmnopqrstuvwxyzABCDEFG';
  for (const [base, shown] of [
    ['https:/u:secret@h', '17 characters that are no URL: write it as https://host'],
    [key, '57 characters that are no URL: write it as https://host'],
    [`https://${key}`, 'https://…'],
    [`https://h.example/${key}`, 'https://h.example/…'],
    ['https://u:secret@h.example/v1', 'https://…@h.example/v1'],
    ['https://h.example/v1?key=secret#secret', 'https://h.example/v1'],
    ['https:\\\\u:secret@h', '18 characters that are no URL: write it as https://host'],
  ]) {
    const { text } = await run(['doctor', '--json'], { KLING_API_BASE: base });
    const { findings } = JSON.parse(text);
    assert.equal(findings.find(({ check }) => check === 'KLING_API_BASE').detail, shown);
    assert.ok(!text.includes('secret@') && !text.includes(key), text);
  }
});

test('an answer that is not written is an error, unless its reader has seen enough', () => {
  if (process.platform === 'win32') return; // has no such devices, nor a shell that closes a descriptor
  const bin = JSON.stringify(process.execPath);
  for (const [command, status, problem] of [
    ['token > /dev/full', 1, /could not be written to standard output \(ENOSPC\)/],
    ['headers > /dev/full', 1, /could not be written to standard output \(ENOSPC\)/],
    ['help > /dev/full', 1, /could not be written to standard output \(ENOSPC\)/],
    ['token >&-', 1, /standard output is closed/],
    ['headers --json >&-', 1, /standard output is closed/],
    ['token > /dev/null', 0, /^$/],
    ['token | true; test "$?" = 0', 0, /^$/],
  ]) {
    const shell = spawnSync('sh', ['-c', `${bin} ${JSON.stringify(BIN)} ${command}`], {
      env: cleanEnv(PAIR),
      encoding: 'utf8',
    });
    assert.match(shell.stderr, problem, command);
    assert.equal(shell.status, status, command);
  }
  // A pipe that nobody reads from any more.
  const { status, stderr } = spawnSync(process.execPath, [BIN, 'token'], {
    env: cleanEnv(PAIR),
    encoding: 'utf8',
    stdio: ['ignore', openSync('/dev/null', 'w'), 'pipe'],
  });
  assert.deepEqual([status, stderr], [0, '']);
});

test('blanks are read in linear time', () => {
  const { status } = spawnSync(process.execPath, [BIN, 'token', '--stdin'], {
    env: cleanEnv(),
    input: `KLING_ACCESS_KEY=a${' '.repeat(400_000)}b\nKLING_SECRET_KEY=sk-0123456789abcdef\n`,
    timeout: 30_000,
  });
  assert.notEqual(status, null);
});

test('doctor finds without a network what may be wrong beside good credentials', async () => {
  const { status, text } = await run(['doctor', '--offline', '--json'], {
    ...PAIR,
    KLINGAI_API_KEY: 'api-key-kling-0123456789',
    KLING_AK: 'AKother',
    NEXT_PUBLIC_KLING_API_KEY: 'api-key-kling-published',
    KLING_API_BASE: 'https://api.klingapi.example',
    HTTPS_PROXY: 'http://127.0.0.1:9',
  });
  const { findings } = JSON.parse(text);
  const details = findings.map(({ detail }) => detail).join('\n');
  for (const found of [
    /^KLING_AK is set, but nobody reads it: rename it to KLING_ACCESS_KEY$/m,
    /^NEXT_PUBLIC_KLING_API_KEY is put into what browsers load/m,
    /^none of Kling’s hosts, which are api-singapore\.klingai\.com/m,
    /^HTTPS_PROXY is set, and Node\.js's fetch does not use it/m,
    /KLINGAI_API_KEY.* set too|KLING_ACCESS_KEY.* set too/m,
  ]) {
    assert.match(details, found);
  }
  assert.ok(!findings.some(({ check }) => check === 'host'));
  assert.equal(status, 0);
});

test('doctor and verify show Kling’s own message', async (t) => {
  const { url } = await serve(t, (_, response) =>
    reply(response, 401, { code: 1002, message: 'api key not found' }),
  );
  for (const command of ['doctor', 'verify']) {
    const { text, status } = await run([command, '--base', url], PAIR);
    assert.match(text, /api key not found/);
    assert.equal(status, 1);
  }
});

test('verify tries once more with the corrected clock, and tells both', async (t) => {
  const { url, requests } = await serveKling(t, { aheadSec: -86_400 });
  const { text, status } = await run(['verify', '--base', url], {
    KLING_ACCESS_KEY: LOOPBACK.accessKey,
    KLING_SECRET_KEY: LOOPBACK.secretKey,
  });
  assert.match(
    text,
    /^- refused for the clock \(HTTP 401, code 1003\): corrected by -86(399|400|401) s/,
  );
  assert.match(text, /✓ Kling accepts the credentials/);
  assert.match(text, /takes +legacy \(\/v1\/…\): yes/);
  assert.equal(status, 0);
  assert.ok(requests.length <= 4);
});

test('keys from standard input have their names before them', () => {
  const key = 'api-key-kling-Ab3_dEf6hIj9-LmN2pQr5tUv8xYz1BcD4fGh7jKl0nO';
  for (const [input, what] of [
    [key, ', but an API Key'],
    [`Bearer ${key}`, ', but an API Key'],
    [JSON.stringify({ apiKey: key }), ', but an API Key'],
    ['A0b1C2d3E4f5G6h7I8j9K0l1M2n3O4p5', ', but an access key or a secret key'],
    ['nothing of the kind', ''],
  ]) {
    const { stderr, status } = spawnSync(process.execPath, [BIN, 'headers', '--stdin'], {
      env: cleanEnv(),
      encoding: 'utf8',
      input,
    });
    const message = `kling-auth: standard input has no line such as KLING_API_KEY=…${what}: write the name and "=" before each key\n`;
    assert.deepEqual([stderr, status], [message, 2]);
  }
});

test('explain takes what curl -i prints, or a body and its status', () => {
  const explain = (input, ...args) =>
    spawnSync(process.execPath, [BIN, 'explain', ...args], {
      env: cleanEnv(),
      encoding: 'utf8',
      input,
    });
  const body = '{"code":1002,"message":"api key not found"}';
  for (const [input, args] of [
    [`HTTP/1.1 100 Continue\r\n\r\nHTTP/2 401 \r\ndate: x\r\n\r\n${body}`, []],
    [`HTTP/1.1 401 Unauthorized\n\n${body}`, []],
    [body, ['--status', '401']],
  ]) {
    const { stdout, status } = explain(input, ...args);
    assert.match(
      stdout,
      /HTTP 401, code 1002\n +message +api key not found\n +hint +Kling does not/,
    );
    assert.equal(status, 1);
  }
  const { stderr, status } = explain('{"error":"no"}');
  assert.match(stderr, /^kling-auth: --status is missing/);
  assert.equal(status, 2);
});

// Where the command looks: Kling's two regions, and files of variables. No host of Kling's is asked:
// the platform's fetch has a stand-in.
import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { test } from 'node:test';
import jsonwebtoken from 'jsonwebtoken';
import { main } from '../lib/cli/main.js';

const API_KEY = { KLING_API_KEY: `api-key-kling-${'0123456789'.repeat(4)}abc` };
const PAIR = { KLING_ACCESS_KEY: 'AKtest0123456789', KLING_SECRET_KEY: 'sk-test-0123456789abcdef' };
const GLOBAL = 'api-singapore.klingai.com';
const CN = 'api-beijing.klingai.com';

async function run(args, { env = {}, stdin = '' } = {}) {
  const sink = () => {
    const chunks = [];
    const write = (chunk, _, done) => done(void chunks.push(chunk));
    return [new Writable({ write }), () => Buffer.concat(chunks).toString()];
  };
  const [stdout, printed] = sink();
  const [stderr, noted] = sink();
  const io = Object.assign(new EventEmitter(), {
    stdout,
    stderr,
    stdin: Readable.from([stdin]),
    env,
  });
  const status = await main(args, io);
  return { status, stdout: printed(), stderr: noted() };
}

/** Puts replies by host in the place of the platform's fetch; tells who was asked with what. */
function standIn(t, replies) {
  const asked = [];
  t.mock.method(globalThis, 'fetch', async (input, init) => {
    const request = new Request(input, init);
    const { host, origin } = new URL(request.url);
    asked.push({ host, origin, bearer: request.headers.get('authorization') });
    const reply = replies[host];
    if (reply === undefined) throw new TypeError('fetch failed');
    const [status, code, message] = reply;
    return new Response(JSON.stringify({ code, message, request_id: 'r', data: {} }), {
      status,
      headers: { 'content-type': 'application/json', date: new Date().toUTCString() },
    });
  });
  return asked;
}

const OK = [200, 0, 'SUCCEED'];
const UNKNOWN = [401, 1002, 'api key not found'];
const SIGNATURE = [401, 1000, 'Auth failed'];
const hostsOf = (asked) => [...new Set(asked.map(({ host }) => host))];

test('doctor asks the other region where this one does not know the key', async (t) => {
  const table = [
    [API_KEY, [], {}, { [GLOBAL]: UNKNOWN, [CN]: OK }, CN, "use region: 'cn' (--region cn)"],
    [PAIR, [], {}, { [GLOBAL]: SIGNATURE, [CN]: OK }, CN, "use region: 'cn' (--region cn)"],
    [PAIR, [], {}, { [GLOBAL]: UNKNOWN, [CN]: OK }, CN, "use region: 'cn' (--region cn)"],
    [
      API_KEY,
      ['--region', 'cn'],
      {},
      { [CN]: UNKNOWN, [GLOBAL]: OK },
      GLOBAL,
      "use region: 'global' (--region global)",
    ],
    [
      API_KEY,
      [],
      { KLING_API_BASE: `https://${CN}` },
      { [CN]: UNKNOWN, [GLOBAL]: OK },
      GLOBAL,
      "use region: 'global' (--region global) in place of KLING_API_BASE",
    ],
    [
      API_KEY,
      ['--base', `https://${CN}`],
      {},
      { [CN]: UNKNOWN, [GLOBAL]: OK },
      GLOBAL,
      "use region: 'global' (--region global) in place of --base",
    ],
  ];
  for (const [keys, args, env, replies, accepts, fix] of table) {
    const asked = standIn(t, replies);
    const { status, stdout } = await run(['doctor', '--all-regions', '--json', ...args], {
      env: { ...keys, ...env },
    });
    const found = JSON.parse(stdout).findings.find(({ check }) => check === 'other region');
    assert.deepEqual(found, {
      check: 'other region',
      ok: false,
      detail: `${accepts} accepts the credentials: they belong to that region`,
      fix,
    });
    assert.equal(status, 1);
    assert.deepEqual(hostsOf(asked).sort(), [CN, GLOBAL].sort());
    for (const { origin, host } of asked) assert.equal(origin, `https://${host}`);
    t.mock.restoreAll();
  }
});

test('doctor tells what the other region says if it does not accept the key', async (t) => {
  for (const [reply, detail] of [
    [UNKNOWN, `${CN} does not know the key either (HTTP 401, code 1002)`],
    [[503, 5001, 'busy'], `${CN} does not tell whether it knows the key (HTTP 503, code 5001)`],
    [undefined, /^Kling could not be reached|^no reply|fetch failed/],
  ]) {
    standIn(t, { [GLOBAL]: UNKNOWN, ...(reply && { [CN]: reply }) });
    const { status, stdout } = await run(['doctor', '--all-regions', '--json'], { env: API_KEY });
    const found = JSON.parse(stdout).findings.at(-1);
    assert.deepEqual([found.check, found.ok, found.fix], ['other region', null, undefined]);
    if (typeof detail === 'string') assert.equal(found.detail, detail);
    else assert.match(found.detail, detail);
    assert.equal(status, 1);
    t.mock.restoreAll();
  }
});

test('the other region is asked for an unknown key of Kling’s alone', async (t) => {
  const gateway = 'https://gateway.example';
  for (const [args, env, replies, told] of [
    [[], API_KEY, { [GLOBAL]: UNKNOWN }, false],
    [['--all-regions'], API_KEY, { [GLOBAL]: OK }, false],
    [['--all-regions'], API_KEY, { [GLOBAL]: SIGNATURE }, false],
    [['--all-regions'], API_KEY, { [GLOBAL]: [429, 1102, 'no balance'] }, false],
    [['--all-regions'], {}, { [GLOBAL]: UNKNOWN }, false],
    [['--all-regions', '--base', gateway], API_KEY, { 'gateway.example': UNKNOWN }, true],
    [
      ['--all-regions', '--base', `https://${GLOBAL}:8443`],
      API_KEY,
      { [`${GLOBAL}:8443`]: UNKNOWN },
      true,
    ],
    [
      ['--all-regions', '--base', `https://${GLOBAL}.example`],
      PAIR,
      { [`${GLOBAL}.example`]: SIGNATURE },
      true,
    ],
  ]) {
    const asked = standIn(t, replies);
    const { stdout } = await run(['doctor', '--json', ...args], { env });
    const found = JSON.parse(stdout).findings.find(({ check }) => check === 'other region');
    const detail =
      'not asked: the base URL is none of Kling’s, whose hosts see no key of a gateway';
    assert.deepEqual(found, told ? { check: 'other region', ok: null, detail } : undefined);
    assert.deepEqual(hostsOf(asked), Object.keys(replies));
    t.mock.restoreAll();
  }
  const { status, stderr } = await run(['doctor', '--offline', '--all-regions'], { env: API_KEY });
  assert.deepEqual(
    [status, stderr],
    [2, 'kling-auth: --offline leaves no room for --all-regions\n'],
  );
});

test('doctor reports a region that KLING_API_BASE goes before', async () => {
  const regionIn = async (args, env) => {
    const { stdout } = await run(['doctor', '--offline', '--json', ...args], {
      env: { ...PAIR, ...env },
    });
    return JSON.parse(stdout).findings.find(({ check }) => check === 'region');
  };
  const env = { KLING_API_BASE: `https://${GLOBAL}` };
  assert.deepEqual(await regionIn(['--region', 'cn'], env), {
    check: 'region',
    ok: null,
    detail: '--region cn counts for nothing: KLING_API_BASE goes before it',
    fix: 'unset KLING_API_BASE, or leave the region out',
  });
  assert.equal(await regionIn([], env), undefined);
  assert.equal(await regionIn(['--region', 'cn'], {}), undefined);
  assert.equal(await regionIn(['--region', 'cn'], { KLING_API_BASE: '' }), undefined);
});

test('--dotenv reads files, a later one before an earlier one, and all before the environment', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'dotenv-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = (name, text) => {
    writeFileSync(join(folder, name), text);
    return ['--dotenv', join(folder, name)];
  };
  const first = file('.env', 'KLING_ACCESS_KEY=AKfirst\nKLING_SECRET_KEY="sk-first-0123456789"\n');
  const second = file('.env.local', 'export KLING_ACCESS_KEY=AKsecond # newer\n');
  const issuer = async (args, options) => {
    const { stdout, stderr } = await run(['token', ...args], options);
    assert.equal(stderr, '');
    return jsonwebtoken.verify(stdout.trim(), 'sk-first-0123456789').iss;
  };
  assert.equal(await issuer(first, { env: PAIR }), 'AKfirst');
  assert.equal(await issuer([...first, ...second], { env: PAIR }), 'AKsecond');
  assert.equal(await issuer([...second, ...first], { env: PAIR }), 'AKfirst');
  const byPowerShell = '\uFEFFKLING_ACCESS_KEY=AKwindows\r\n';
  const third = file('.env.windows', Buffer.from(byPowerShell, 'utf16le'));
  assert.equal(await issuer([...first, ...third], { env: PAIR }), 'AKwindows');
  const stdin = 'KLING_ACCESS_KEY=AKstdin\nKLING_SECRET_KEY=sk-first-0123456789\n';
  assert.equal(await issuer([...second, '--stdin'], { env: PAIR, stdin }), 'AKsecond');

  for (const [path, code] of [
    [join(folder, 'none'), 'ENOENT'],
    [folder, 'EISDIR'],
  ]) {
    const { status, stdout, stderr } = await run(['token', ...first, '--dotenv', path]);
    assert.deepEqual(
      [status, stdout, stderr],
      [2, '', `kling-auth: a file of --dotenv cannot be read (${code}): check its path\n`],
    );
  }
});

test('who misses credentials is told of a .env that lies there unread', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'unread-'));
  const before = process.cwd();
  process.chdir(folder);
  t.after(() => {
    process.chdir(before);
    rmSync(folder, { recursive: true });
  });
  const unread = /^kling-auth: \.env lies here and was not read: pass --dotenv \.env$/m;
  const commands = ['token', 'headers', 'verify'];
  for (const command of commands) assert.doesNotMatch((await run([command])).stderr, unread);
  writeFileSync('.env', 'OTHER=1\n');
  for (const command of commands) {
    const { status, stderr } = await run([command]);
    assert.equal(status, 1);
    assert.match(stderr, unread);
    assert.doesNotMatch((await run([command, '--dotenv', '.env'])).stderr, unread);
    assert.doesNotMatch((await run([command, '--stdin'], { stdin: '' })).stderr, unread);
  }
  assert.equal((await run(['token'], { env: PAIR })).stderr, '');
});

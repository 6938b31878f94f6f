import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { Readable, Writable } from 'node:stream';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import jsonwebtoken from 'jsonwebtoken';
import { main } from '../lib/cli/main.js';
import { startKlingSandbox } from '../lib/sandbox.js';
import { cleanEnv } from './helpers/run.mjs';

const { version } = createRequire(import.meta.url)('../package.json');
const BIN = fileURLToPath(new URL('../bin/kling-auth.js', import.meta.url));
const PAIR = {
  KLING_ACCESS_KEY: 'AKtest0123456789',
  KLING_SECRET_KEY: 'sk-test-0123456789abcdef',
};
const SECRET_ON_ARGV =
  'kling-auth: secrets are never taken from the command line, where other users and the shell history see them: set them in the environment, or pass NAME=value lines in a file (--dotenv FILE) or on standard input (--stdin)\n';

/** Runs a command line in this process. */
async function run(args, { env = {}, stdin = '', isTTY = false } = {}) {
  const sink = () => {
    const chunks = [];
    const write = (chunk, _, done) => done(void chunks.push(chunk));
    const stream = Object.assign(new Writable({ write }), { isTTY });
    return [stream, () => Buffer.concat(chunks).toString()];
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

/** Runs the real command. */
function spawnCommand(args, { env = {}, input = '' } = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...args], {
    encoding: 'utf8',
    env: cleanEnv(env),
    input,
    timeout: 60_000,
  });
  return { status, stdout, stderr };
}

async function sandboxFor(t, options) {
  const sandbox = await startKlingSandbox(options);
  t.after(() => sandbox.close());
  return sandbox;
}

/** An address on this machine where nothing listens. */
async function deadUrl() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return `http://127.0.0.1:${port}`;
}

test('token prints a token that others accept, and nothing else', () => {
  const { status, stdout, stderr } = spawnCommand(['token'], { env: PAIR });
  assert.deepEqual([status, stderr], [0, '']);
  assert.match(stdout, /^[\w-]+\.[\w-]+\.[\w-]+\n$/);
  const claims = jsonwebtoken.verify(stdout.trim(), PAIR.KLING_SECRET_KEY, {
    algorithms: ['HS256'],
    issuer: PAIR.KLING_ACCESS_KEY,
  });
  assert.equal(claims.exp - claims.nbf, 1805);
});

test('token takes a lifetime, and credentials from standard input alone', async () => {
  const stdin = `\uFEFF# my keys
export KLING_ACCESS_KEY="AKfrom stdin"
KLING_SECRET_KEY = 'sk-#-stdin' # the secret
not a variable\r
`;
  const { stdout } = await run(['token', '--stdin', '--ttl', '60'], { env: PAIR, stdin });
  const claims = jsonwebtoken.verify(stdout.trim(), 'sk-#-stdin', { issuer: 'AKfrom stdin' });
  assert.equal(claims.exp - claims.nbf, 65);

  const half = await run(['token', '--stdin'], { env: PAIR, stdin: 'KLING_ACCESS_KEY=AK1' });
  assert.deepEqual(half, {
    status: 1,
    stdout: '',
    stderr:
      'kling-auth: secret key not given: set KLING_SECRET_KEY in the environment, where KLING_ACCESS_KEY is set already\n',
  });
});

test('headers prints what curl and programs take', async (t) => {
  const sandbox = await sandboxFor(t);
  const { env } = sandbox;
  const { stdout } = await run(['headers', '--json'], { env });
  const headers = JSON.parse(stdout);
  assert.deepEqual(Object.keys(headers), ['Authorization', 'Content-Type']);
  const list = `${sandbox.url}/v1/videos/text2video`;
  assert.equal((await fetch(list, { headers })).status, 200);

  const lines = (await run(['headers'], { env })).stdout.trimEnd().split('\n');
  assert.equal(lines[1], 'Content-Type: application/json');
  assert.equal((await fetch(list, { headers: [lines[0].split(': ')] })).status, 200);
});

test('inspect takes a token apart and judges it', async () => {
  const now = Math.floor(Date.now() / 1000);
  const secret = PAIR.KLING_SECRET_KEY;
  const make = (claims) => {
    const payload = { iss: 'AK1', exp: now + 1800, nbf: now - 5, ...claims };
    // What is undefined is left out.
    return jsonwebtoken.sign(JSON.parse(JSON.stringify(payload)), secret, { noTimestamp: true });
  };
  const table = [
    ['good', make(), PAIR, [0, true, null, 'genuine']],
    ['unchecked', make(), {}, [0, true, null, 'not checked']],
    ['expired', make({ exp: now - 1 }), {}, [1, false, 'expired', 'not checked']],
    ['early', make({ nbf: now + 60 }), {}, [1, false, 'not-yet-valid', 'not checked']],
    ['expired, checked', make({ exp: now - 1 }), PAIR, [1, false, 'expired', 'genuine']],
    ['endless', make({ exp: undefined }), {}, [1, false, 'malformed', 'not checked']],
    ['long', make({ exp: now + 4000 }), PAIR, [1, false, 'lifetime', 'genuine']],
    ['another family', make(), { KLINGAI_SECRET_KEY: secret }, [0, true, null, 'genuine']],
    ['forged', make(), { KLING_SECRET_KEY: 'sk-other' }, [1, false, 'signature', 'wrong']],
  ];
  for (const [name, token, env, expected] of table) {
    const { status, stdout } = await run(['inspect', token, '--json'], { env });
    const { valid, reason, signature, claims, header } = JSON.parse(stdout);
    assert.deepEqual([status, valid, reason, signature], expected, name);
    assert.deepEqual([claims.iss, header.alg], ['AK1', 'HS256']);
  }

  const shown = await run(['inspect', '-'], {
    stdin: `Authorization: Bearer ${make()}\n`,
    env: PAIR,
  });
  assert.equal(shown.status, 0);
  assert.match(shown.stdout, /^✓ valid\n {2}header {5}\{"alg":"HS256","typ":"JWT"\}\n/);
  assert.match(shown.stdout, /\n {2}until {6}20\S+Z \(in 30 min\)\n/);
  assert.match(shown.stdout, /\n {2}signature {2}genuine\n$/);

  const forged = await run(['inspect', make()], { env: { KLING_SECRET_KEY: 'sk-other' } });
  assert.match(forged.stdout, /^✗ signed with another secret key, or changed since\n/);
  const unchecked = await run(['inspect', make()]);
  assert.match(unchecked.stdout, /^✓ its form and dates are valid\n/);

  const broken = await run(['inspect', 'a.b.c']);
  assert.deepEqual(broken, {
    status: 1,
    stdout: '',
    stderr: 'kling-auth: token is not a JWT: its header is not base64url of a JSON object\n',
  });
  assert.deepEqual(await run(['inspect', '-'], { stdin: `api-key-kling-${'k'.repeat(43)}\n` }), {
    status: 1,
    stdout: '',
    stderr:
      'kling-auth: this is an API Key, which holds nothing to look at: kling-auth verify asks Kling about it\n',
  });
});

test('inspect tells without the secret key what no key could mend', async () => {
  const now = Math.floor(Date.now() / 1000);
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const make = (header, claims) =>
    [
      encode({ alg: 'HS256', ...header }),
      encode({ iss: 'AK1', exp: now + 60, ...claims }),
      'AAAA',
    ].join('.');
  const table = [
    [{}, {}, null],
    [{ alg: 'none' }, {}, 'algorithm'],
    [{ alg: 'HS512' }, { exp: 1 }, 'algorithm'],
    [{ alg: 5 }, {}, 'malformed'],
    [{ crit: ['exp'] }, {}, 'malformed'],
    [{}, { iss: undefined }, 'malformed'],
    [{}, { iss: 5, exp: 1 }, 'malformed'],
    [{}, { exp: `${now + 60}` }, 'malformed'],
    [{}, { nbf: 'soon' }, 'malformed'],
    [{}, { exp: 1, nbf: now + 3600 }, 'expired'],
    [{}, { exp: now + 4000, nbf: now + 3600 }, 'not-yet-valid'],
    [{}, { exp: now + 4000 }, 'lifetime'],
    [{}, { exp: 1e300 }, 'lifetime'],
  ];
  for (const [header, claims, expected] of table) {
    const { status, stdout } = await run(['inspect', make(header, claims), '--json']);
    const { valid, reason, signature } = JSON.parse(stdout);
    assert.deepEqual(
      [status, valid, reason, signature],
      [expected === null ? 0 : 1, expected === null, expected, 'not checked'],
      JSON.stringify([header, claims]),
    );
  }
});

test('inspect shows no escape that a terminal would obey', async () => {
  const token = jsonwebtoken.sign({ iss: '\x1b[2J\u0085', exp: 1 }, 'k', { noTimestamp: true });
  const { stdout } = await run(['inspect', token]);
  assert.ok(!stdout.includes('\x1b') && !stdout.includes('\u0085'));
  assert.match(stdout, /iss +\\u001b\[2J\\u0085\n/);
});

test('verify says whether Kling accepts, by its exit status too', async (t) => {
  const sandbox = await sandboxFor(t);
  const good = await run(['verify'], { env: sandbox.env });
  assert.equal(good.status, 0);
  assert.match(
    good.stdout,
    /^✓ Kling accepts the credentials\n {2}host {5}http:\/\/127\.0\.0\.1:\d+\n/,
  );

  const key = { KLING_API_BASE: sandbox.url, KLING_API_KEY: sandbox.apiKey };
  const byKey = await run(['verify'], { env: key });
  assert.equal(byKey.status, 0);
  assert.match(byKey.stdout, /\n {2}sent {5}API key from env:KLING_API_KEY\n/);
  assert.equal(sandbox.requests.at(-1).credential, 'apiKey');
  assert.match(good.stdout, /\n {2}sent {5}access key and secret key from env:KLING_ACCESS_KEY\n/);

  const { KLING_API_BASE, ...keys } = sandbox.env;
  const json = await run(['verify', '--json', '--base', `${KLING_API_BASE}/v1`], { env: keys });
  assert.equal(json.status, 0);
  const { ok, code, credential, baseUrl } = JSON.parse(json.stdout);
  assert.deepEqual([ok, code, credential, baseUrl], [true, 0, 'jwt', `${KLING_API_BASE}/v1`]);

  const wrong = { ...sandbox.env, KLING_SECRET_KEY: 'sk-wrong-0123456789' };
  const refused = await run(['verify'], { env: wrong });
  assert.equal(refused.status, 1);
  assert.match(refused.stdout, /^✗ Kling refuses\n {2}reply {4}HTTP 401, code 1002\n/);
  assert.match(refused.stdout, /\n {2}message {2}Authorization is invalid\n {2}hint {5}\S/);

  sandbox.fail({ code: 1102, message: '\x1b[31mno more' });
  const account = await run(['verify'], { env: sandbox.env });
  assert.equal(account.status, 1);
  assert.match(account.stdout, /HTTP 429, code 1102\n {2}message {3}\[31mno more\n/);
});

test('without a reply the exit status is 3', async () => {
  const env = { ...PAIR, KLING_API_BASE: await deadUrl() };
  const { status, stdout, stderr } = await run(['verify'], { env });
  assert.deepEqual([status, stdout], [3, '']);
  assert.equal(
    stderr,
    `kling-auth: no reply from ${env.KLING_API_BASE}: nothing listens there: check the base URL and the port (ECONNREFUSED)\n`,
  );
  const json = await run(['verify', '--json'], { env });
  assert.equal(json.status, 3);
  assert.equal(JSON.parse(json.stdout).error.code, 'KLING_NETWORK');
  assert.equal((await run(['doctor'], { env })).status, 3);
});

test('verify --sandbox goes the whole way without credentials or network', () => {
  const { status, stdout, stderr } = spawnCommand(['verify', '--sandbox'], {
    // The stand-in must not be confused by what is set.
    env: { KLING_ACCESS_KEY: 'half a pair', KLING_API_BASE: 'nonsense', NODE_NO_WARNINGS: '1' },
  });
  assert.equal(stderr, '');
  assert.equal(status, 0);
  const steps = stdout.split('\n').filter((line) => /^[✓✗]/.test(line));
  assert.deepEqual(
    steps.map((line) => line.slice(0, line.indexOf(':'))),
    [
      ...['✓ sign', '✓ verify', '✓ submit', '✓ poll'],
      ...['✓ API Key', '✓ verify', '✓ submit', '✓ poll'],
      ...['✓ revoke', '✓ revoke'],
    ],
  );
  assert.match(steps[3], /processing, then succeed$/);
  assert.match(steps[7], /processing, then succeeded$/);
  assert.match(steps[8], /HTTP 401, code 1000: \S/);
  assert.match(steps[9], /HTTP 401, code 1002: \S/);
});

test('doctor names what is wrong and what mends it, never a value', async (t) => {
  const sandbox = await sandboxFor(t, { clockSkewSec: -60 });
  const findings = async (env) => {
    const { status, stdout } = await run(['doctor', '--json'], { env });
    for (const secret of [sandbox.secretKey, sandbox.accessKey])
      assert.ok(!stdout.includes(secret));
    const { ok, findings } = JSON.parse(stdout);
    return { status, ok, of: (name) => findings.find(({ check }) => check === name) };
  };
  const skewed = await findings(sandbox.env);
  assert.equal(
    skewed.of('node').detail,
    `${process.version} on ${process.platform}-${process.arch}`,
  );
  const core =
    process.env.KLING_AUTH_BINARY === 'wasm'
      ? 'as WebAssembly: KLING_AUTH_BINARY asks for it'
      : '.+\\.node';
  assert.match(skewed.of('addon').detail, new RegExp(`^kling-auth ${version}, ${core}$`));
  assert.equal(skewed.of('KLING_SECRET_KEY').detail, '32 characters');
  assert.equal(skewed.of('KLING_API_BASE').detail, sandbox.url);
  assert.match(skewed.of('clock').detail, /^(59|60|61) s ahead of Kling’s$/);
  assert.match(skewed.of('clock').fix, /^set the clock/);
  assert.match(
    skewed.of('retry').detail,
    /^refused for the clock \(HTTP 401, code 1003\), then tried once more/,
  );
  assert.equal(skewed.of('verify').detail, 'Kling accepts the credentials');
  assert.match(skewed.of('endpoints').detail, /^legacy \(\/v1\/…\): yes, newer .*: no$/);
  assert.deepEqual([skewed.status, skewed.ok], [1, false]);

  sandbox.clockSkewSec = 0;
  const fine = await findings(sandbox.env);
  assert.deepEqual([fine.status, fine.ok], [0, true]);
  assert.equal(
    fine.of('credentials').detail,
    'access key and secret key from env:KLING_ACCESS_KEY',
  );
  assert.equal(fine.of('verify').detail, 'Kling accepts the credentials');

  const bare = await findings({ KLING_API_BASE: sandbox.url, KLING_SECRET_KEY: '' });
  assert.deepEqual([bare.status, bare.ok], [1, false]);
  assert.deepEqual(bare.of('credentials'), {
    check: 'credentials',
    ok: false,
    detail: 'credentials not given',
    fix: 'set KLING_API_KEY in the environment (or KLING_ACCESS_KEY and KLING_SECRET_KEY), or pass apiKey (or accessKey and secretKey); KLING_SECRET_KEY is set, but empty',
  });
  assert.equal(bare.of('KLING_SECRET_KEY').detail, 'empty');
  const withPassword = {
    ...sandbox.env,
    KLING_API_BASE: 'https://me:pass@word@kling.invalid/v1?k=secret',
  };
  const odd = await findings(withPassword);
  assert.equal(odd.of('KLING_API_BASE').detail, 'https://…@kling.invalid/v1');
  assert.match(odd.of('host')?.detail ?? odd.of('credentials').detail, /^KLING_API_BASE /);
  assert.equal(bare.of('host').ok, true);
  assert.equal(bare.of('verify'), undefined);

  const human = await run(['doctor'], {
    env: { ...sandbox.env, KLING_SECRET_KEY: ' padded-secret' },
  });
  assert.match(
    human.stdout,
    /\n✗ credentials {2}KLING_SECRET_KEY is padded with white space\n {2}to mend it: trim it\n/,
  );
});

test('doctor shows no variable but the base URL, whatever it is called', async (t) => {
  const sandbox = await sandboxFor(t);
  const names = [
    'KLING_DATABASE_PASSWORD',
    'KLING_URL_SIGNING_KEY',
    'KLINGAI_API_BASE',
    'KLING_API_BASE_TOKEN',
  ];
  const env = { ...sandbox.env, ...Object.fromEntries(names.map((name) => [name, 'hunter2!'])) };
  const { stdout } = await run(['doctor', '--json'], { env });
  assert.ok(!stdout.includes('hunter2!'));
  const { findings } = JSON.parse(stdout);
  const detailOf = (name) => findings.find(({ check }) => check === name).detail;
  assert.deepEqual(names.map(detailOf), Array(4).fill('8 characters'));
  assert.equal(detailOf('KLING_API_BASE'), sandbox.url);
});

test('sandbox runs until it is interrupted and tells how to use it', async (t) => {
  if (process.platform === 'win32') {
    // Windows has no signal that a program could catch.
    assert.equal((await run(['sandbox', '--help'])).status, 0);
    return;
  }
  const child = spawn(process.execPath, [BIN, 'sandbox', '--json'], {
    env: cleanEnv(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.after(() => child.kill('SIGKILL'));
  const ended = once(child, 'exit');
  child.stdout.setEncoding('utf8');
  const [line] = await once(child.stdout, 'data');
  const env = JSON.parse(line);
  assert.deepEqual(Object.keys(env).sort(), [
    'KLING_ACCESS_KEY',
    'KLING_API_BASE',
    'KLING_API_KEY',
    'KLING_SECRET_KEY',
    'KLING_WEBHOOK_SECRET',
  ]);
  assert.equal((await run(['verify', '--base', env.KLING_API_BASE], { env })).status, 0);
  const [logged] = await once(child.stderr.setEncoding('utf8'), 'data');
  assert.match(logged, /^GET \/account\/costs\?\S+ 200 0\n/);
  child.kill('SIGINT');
  assert.deepEqual(await ended, [0, null]);
});

test('sandbox serves its console, opens it where there is a browser, and says where there is none', async (t) => {
  if (process.platform === 'win32') return;
  const start = async (args, path) => {
    const child = spawn(process.execPath, [BIN, 'sandbox', ...args], {
      env: cleanEnv({ PATH: path }),
      stdio: ['ignore', 'ignore', 'pipe'], // who starts it may know the keys already
    });
    t.after(() => child.kill('SIGKILL'));
    let text = '';
    child.stderr.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
    });
    const seen = async (pattern) => {
      while (!pattern.test(text)) await once(child.stderr, 'data');
      return pattern.exec(text);
    };
    return { child, seen };
  };
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  t.after(() => taken.close());
  const { port } = taken.address();
  const { child, seen } = await start(['--open', '--console-port', String(port)], '/nowhere');
  await seen(new RegExp(`^port ${port} is in use: the console gets another one$`, 'm'));
  const [, url] = await seen(/^Console: (http:\/\/127\.0\.0\.1:\d+)$/m);
  await seen(new RegExp(`^no browser could be opened: open ${url} yourself$`, 'm'));
  assert.match(await (await fetch(url)).text(), /<title>Kling sandbox<\/title>/);
  child.kill('SIGINT');
  assert.deepEqual(await once(child, 'exit'), [0, null]);
});

test('secrets on the command line are refused without being repeated', async () => {
  for (const arg of [
    '--secret-key=sk-123456',
    '--access-key',
    '--api-key=x',
    '--apikey=x',
    '--key=x',
    '--sk',
    '-k',
    '--token=x',
    '--password',
    `--${'x'.repeat(30)}`,
  ]) {
    for (const command of ['token', 'verify', 'doctor']) {
      const { status, stdout, stderr } = await run([command, arg, 'sk-123456'], { env: PAIR });
      assert.deepEqual(
        { status, stdout, stderr },
        { status: 2, stdout: '', stderr: SECRET_ON_ARGV },
      );
    }
  }
});

test('wrong usage is told in a sentence, with exit status 2', async () => {
  const table = [
    [['nonsense'], 'no such command, see kling-auth --help'],
    [['--nonsense'], 'no such option, see kling-auth --help'],
    [['toString'], 'no such command, see kling-auth --help'],
    [['token', '--nope'], 'unknown option --nope'],
    [['token', '--nope=sk-123456'], 'unknown option --nope'],
    [['token', 'sk-123456'], 'this command takes no argument'],
    [['token', '--ttl'], '--ttl needs a value'],
    [['token', '--ttl', 'soon'], '--ttl must be a number'],
    [
      ['token', '--ttl', '0'],
      'ttlSec must be a whole number of seconds from 1 to 1800, received 0',
    ],
    [['token', '--stdin=yes'], '--stdin takes no value'],
    [['inspect'], 'token (or - for standard input) is missing'],
    [['inspect', 'a', 'b'], 'one token (or - for standard input) is enough'],
    [['verify', '--sandbox', '--region', 'cn'], '--sandbox leaves no room for --region'],
    [['verify', '--sandbox', '--dotenv', 'package.json'], '--sandbox leaves no room for --dotenv'],
    [
      ['verify', '--dotenv', '/nowhere/.env'],
      'a file of --dotenv cannot be read (ENOENT): check its path',
    ],
    [
      ['verify', '--base', 'http://127.0.0.1', '--region', 'cn'],
      'baseUrl and region exclude each other: pass one of them',
    ],
    [['sandbox', '--no-console', '--open'], '--no-console leaves no room for --open'],
    [['sandbox', '--port', '70000'], 'port must be a whole number from 0 to 65535, received 70000'],
  ];
  for (const [args, message] of table) {
    assert.deepEqual(
      await run(args, { env: PAIR }),
      { status: 2, stdout: '', stderr: `kling-auth: ${message}\n` },
      args.join(' '),
    );
  }
  for (const args of [
    ['verify', '--region', 'mars'],
    ['verify', '--base', 'nowhere'],
  ]) {
    const { status, stdout, stderr } = await run(args, { env: PAIR });
    assert.deepEqual([status, stdout], [2, '']);
    assert.match(stderr, /^kling-auth: (region must be|baseUrl is not an absolute URL)/);
  }
  const json = await run(['verify', '--json', '--nope']);
  assert.equal(json.status, 2);
  assert.deepEqual(JSON.parse(json.stdout), {
    ok: false,
    error: { code: 'USAGE', message: 'unknown option --nope' },
  });
});

test('every command has help, and there is a version', async () => {
  const overview = await run(['--help']);
  assert.equal(overview.status, 0);
  const names = [...overview.stdout.matchAll(/^ {2}([a-z]+) {2,}\S/gm)].map(([, name]) => name);
  assert.deepEqual(names, [
    'token',
    'headers',
    'inspect',
    'verify',
    'doctor',
    'explain',
    'sandbox',
    'init',
  ]);
  for (const name of names) {
    const { status, stdout } = await run([name, '--help']);
    assert.equal(status, 0);
    assert.match(stdout, new RegExp(`^Usage: kling-auth ${name}\\b`));
    // The usage line names what is explained, and nothing else.
    const [usage, ...rest] = stdout.split('\n');
    const explained = rest.join('\n').matchAll(/^ {2}(--[a-z-]+(?: [A-Z]+)?) {2,}\S/gm);
    assert.deepEqual(
      [...usage.matchAll(/\[(--[^\]]+)\]/g)].map(([, form]) => form),
      [...explained].map(([, form]) => form),
    );
    assert.equal(usage.includes('[--stdin] [--dotenv FILE]...'), stdout.includes('  --stdin '));
  }
  const bare = await run([]);
  assert.deepEqual(bare, { status: 2, stdout: '', stderr: overview.stdout });
  assert.deepEqual(await run(['--version']), { status: 0, stdout: `${version}\n`, stderr: '' });
});

test('colour is for terminals, and for those who ask', async (t) => {
  const sandbox = await sandboxFor(t);
  const coloured = async (env, isTTY) =>
    (await run(['verify'], { env: { ...sandbox.env, ...env }, isTTY })).stdout.includes('\x1b[32m');
  const table = [
    [{}, true, true],
    [{}, false, false],
    [{ NO_COLOR: '1' }, true, false],
    [{ NO_COLOR: '' }, true, true],
    [{ TERM: 'dumb' }, true, false],
    [{ FORCE_COLOR: '1' }, false, true],
    [{ FORCE_COLOR: '0' }, true, false],
    [{ FORCE_COLOR: '1', NO_COLOR: '1' }, false, true],
  ];
  for (const [env, isTTY, expected] of table) {
    assert.equal(await coloured(env, isTTY), expected, JSON.stringify([env, isTTY]));
  }
});

test('no secret gets out, even where a server repeats it', async (t) => {
  const sandbox = await sandboxFor(t);
  const message = `bad key ${sandbox.secretKey}`;
  const stdin = Object.entries(sandbox.env).map((entry) => `${entry.join('=')}\n`);
  const table = [
    [['verify'], { env: sandbox.env }],
    [['verify', '--json'], { env: sandbox.env }],
    [['verify', '--stdin'], { stdin: stdin.join('') }],
  ];
  for (const [args, io] of table) {
    sandbox.fail({ code: 1002, message });
    const { stdout, stderr } = await run(args, io);
    assert.ok(!(stdout + stderr).includes(sandbox.secretKey));
    assert.match(stdout, /bad key \[concealed\]/);
  }
});

test('a reader that hangs up is no error', async () => {
  const child = spawn(process.execPath, [BIN, '--help'], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.destroy();
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  assert.deepEqual([await once(child, 'close'), stderr], [[0, null], '']);
});

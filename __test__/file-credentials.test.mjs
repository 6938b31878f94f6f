import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs, {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { KlingAuth } from 'kling-auth';
import { fileCredentials } from 'kling-auth/credentials';

const SECRET = 'sk-never-to-be-shown';
const API_KEY = `api-key-kling-${'k'.repeat(43)}`;
const PAIR = { accessKey: 'ak-of-the-file', secretKey: SECRET };
/** Windows has no pipe in a folder, and none of `/dev`. */
const hasDevices = process.platform !== 'win32';
const JSON_PAIR = JSON.stringify(PAIR);

function scratch(t) {
  const folder = mkdtempSync(join(tmpdir(), 'kling-auth-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** What a provider gives for one file with this content. */
function readOnce(t, content) {
  const file = join(scratch(t), 'kling');
  writeFileSync(file, content);
  return { file, answer: fileCredentials(file)({ signal: new AbortController().signal }) };
}

const ask = (get) => get({ signal: new AbortController().signal });

test('a file may hold JSON, variables, or an API Key', async (t) => {
  const end = new Date('2030-01-02T03:04:05Z');
  for (const [content, expected] of [
    [JSON_PAIR, PAIR],
    [`\uFEFF${JSON_PAIR}\r\n`, PAIR],
    [
      JSON.stringify({ access_key: 'ak-1', secret_key: 'sk-1', db: 5 }),
      { accessKey: 'ak-1', secretKey: 'sk-1' },
    ],
    [JSON.stringify({ api_key: API_KEY }), { apiKey: API_KEY }],
    [JSON.stringify({ apiKey: API_KEY, accessKey: null }), { apiKey: API_KEY }],
    [JSON.stringify({ apiKey: API_KEY, expiresAt: end }), { apiKey: API_KEY, expiresAt: end }],
    [JSON.stringify({ apiKey: API_KEY, expiresAt: +end }), { apiKey: API_KEY, expiresAt: end }],
    [
      JSON.stringify({ KLING_ACCESS_KEY: 'ak-1', KLING_SECRET_KEY: 'sk-1' }),
      { accessKey: 'ak-1', secretKey: 'sk-1' },
    ],
    [
      '# mine\nexport KLING_ACCESS_KEY="ak-1"\n\nKLING_SECRET_KEY=sk-1 # secret\nDB=x',
      { accessKey: 'ak-1', secretKey: 'sk-1' },
    ],
    [`KLING_API_KEY=${API_KEY}`, { apiKey: API_KEY }],
    [API_KEY, { apiKey: API_KEY }],
    [`${API_KEY}\n`, { apiKey: API_KEY }],
    [`${API_KEY}\r\n`, { apiKey: API_KEY }],
    [Buffer.from(`\uFEFF${API_KEY}\r\n`, 'utf16le'), { apiKey: API_KEY }],
  ]) {
    assert.deepEqual(await readOnce(t, content).answer, expected, content);
  }
});

test('what is no credential is refused with the path, and without the content', async (t) => {
  const wanted =
    'it must hold accessKey and secretKey, or apiKey, or variables such as KLING_ACCESS_KEY and KLING_SECRET_KEY';
  for (const [content, code, message] of [
    ['', 'KLING_UNREADABLE_FILE', ' is empty: write the key into it'],
    ['\n', 'KLING_UNREADABLE_FILE', ' is empty: write the key into it'],
    [' \n\n', 'KLING_INVALID_CREDENTIALS', ' is empty'],
    [
      JSON_PAIR.slice(0, -3),
      'KLING_INVALID_CREDENTIALS',
      ' is not JSON, though it begins like it: it was cut off or damaged',
    ],
    [`["${SECRET}"]`, 'KLING_INVALID_CREDENTIALS', ` is not an object with keys: ${wanted}`],
    [`"${SECRET}"`, 'KLING_INVALID_CREDENTIALS', ` is not an object with keys: ${wanted}`],
    [
      `{"password":"${SECRET}"}`,
      'KLING_INVALID_CREDENTIALS',
      ` holds no key of Kling's: ${wanted}`,
    ],
    [
      `{"accessKey":["${SECRET}"]}`,
      'KLING_INVALID_CREDENTIALS',
      ' holds accessKey, but not as a string',
    ],
    [
      `{"secretKey":"${SECRET}"}`,
      'KLING_INVALID_CREDENTIALS',
      ' lacks accessKey: the two halves of a pair stand in one secret',
    ],
    [
      'KLING_ACCESS_KEY=ak-1',
      'KLING_INVALID_CREDENTIALS',
      ' lacks KLING_SECRET_KEY: the two halves of a pair stand in one secret',
    ],
    [
      `{"apiKey":"${API_KEY}","expiresAt":"${SECRET}"}`,
      'KLING_INVALID_CREDENTIALS',
      ' holds an expiresAt that is neither an ISO date nor milliseconds',
    ],
    [
      `{"accessKey":"ak-1","secretKey":" ${SECRET}"}`,
      'KLING_INVALID_CREDENTIALS',
      ': secretKey is padded with white space: trim it',
    ],
    [
      `${API_KEY}\n\n`,
      'KLING_INVALID_CREDENTIALS',
      ": apiKey ends with a line break, which is the file's and not the key's: trim it",
    ],
    [
      `${SECRET}\0`,
      'KLING_INVALID_CREDENTIALS',
      ': apiKey has a NUL character inside: it was read from the wrong file or buffer',
    ],
    [
      'x'.repeat(65_537),
      'KLING_UNREADABLE_FILE',
      ' has more than 64 KiB: that is not a file with a key',
    ],
  ]) {
    const { file, answer } = readOnce(t, content);
    await assert.rejects(answer, { name: 'KlingAuthError', code, message: `${file}${message}` });
    const error = await answer.catch((reason) => reason);
    assert.equal(JSON.stringify([error.message, String(error.cause)]).includes(SECRET), false);
  }
});

test('what is not a regular file that may be read is refused, and nothing waits for it', async (t) => {
  const folder = scratch(t);
  const path = (name) => join(folder, name);
  mkdirSync(path('folder'));
  if (hasDevices) {
    assert.equal(spawnSync('mkfifo', [path('fifo')]).status, 0);
    symlinkSync('loop', path('loop'));
  }
  writeFileSync(path('file'), API_KEY);
  const kind =
    'is not a regular file: a pipe, a socket or a device can be read only once, or without end';
  const absent = 'does not exist: look at the path, and whether the secret is mounted';
  for (const [name, problem] of [
    ['absent', absent],
    ['file/below', absent],
    ['n'.repeat(300), absent],
    ['folder', 'is a directory: name a file in it'],
    ...(hasDevices
      ? [
          ['fifo', kind],
          ['loop', 'is a symbolic link that leads back to itself'],
        ]
      : []),
  ]) {
    await assert.rejects(ask(fileCredentials(path(name))), {
      code: 'KLING_UNREADABLE_FILE',
      message: `${path(name)} ${problem}`,
    });
  }
  if (hasDevices) {
    await assert.rejects(ask(fileCredentials('/dev/zero')), { message: `/dev/zero ${kind}` });
  }
  await assert.rejects(
    ask(fileCredentials({ accessKey: path('file'), secretKey: path('absent') })),
    {
      message: `${path('absent')} ${absent}`,
    },
  );
});

test('a file that this user may not read is named', (t) => {
  if (process.platform === 'win32') return; // has no modes of files
  const folder = scratch(t);
  chmodSync(folder, 0o755);
  const file = join(folder, 'kling');
  writeFileSync(file, API_KEY, { mode: 0 });
  const source = `
    import { fileCredentials } from 'kling-auth/credentials';
    if (process.getuid() === 0) process.setuid(65534);
    await fileCredentials(process.argv[1])({}).catch(({ message }) => console.log(message));
  `;
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '-e', source, file],
    { encoding: 'utf8', cwd: new URL('..', import.meta.url) },
  );
  assert.equal(
    stdout,
    `${file} may not be read by the user that runs this process: give it the right to\n`,
    stderr,
  );
});

test('a key in the place of a path is not shown', () => {
  for (const key of [SECRET, API_KEY, 'A/b+'.repeat(8), 'ak-1.sk-1-which-is-long', 'AK|SK']) {
    for (const [argument, paths] of [
      ['paths', key],
      ['apiKey', { apiKey: key }],
      ['secretKey', { accessKey: './absent', secretKey: key }],
    ]) {
      assert.throws(() => fileCredentials(paths), {
        name: 'TypeError',
        code: 'KLING_INVALID_ARG_VALUE',
        message: `${argument} does not look like the path of a file, and no file of this name exists: a key itself is passed to KlingAuth, and a file that comes later by a path that begins with ./ or /`,
      });
    }
  }
});

test('bad arguments are refused at once', () => {
  const shape =
    'paths must be the path of a file, { accessKey, secretKey } or { apiKey }, each with the path of its file';
  for (const [paths, name, code, message] of [
    [undefined, 'TypeError', 'KLING_INVALID_ARG_VALUE', shape],
    [{}, 'TypeError', 'KLING_INVALID_ARG_VALUE', shape],
    [{ accessKey: 'a' }, 'TypeError', 'KLING_INVALID_ARG_VALUE', shape],
    [
      { accessKey: './a', secretKey: './b', apiKey: './c' },
      'TypeError',
      'KLING_INVALID_ARG_VALUE',
      shape,
    ],
    [{ apiKey: '' }, 'TypeError', 'KLING_INVALID_ARG_VALUE', 'apiKey must be the path of a file'],
    ['', 'TypeError', 'KLING_INVALID_ARG_VALUE', 'paths must be the path of a file'],
    ['a\0b', 'TypeError', 'KLING_INVALID_ARG_VALUE', 'paths must be the path of a file'],
    [
      { apiKey: 1 },
      'TypeError',
      'KLING_INVALID_ARG_TYPE',
      /^apiKey must be a string, received a number$/,
    ],
    [{ apiKeys: 'x' }, 'TypeError', 'KLING_UNKNOWN_OPTION', /^unknown option/],
    [1, 'TypeError', 'KLING_INVALID_ARG_TYPE', /^paths must be an object, received a number$/],
  ]) {
    assert.throws(() => fileCredentials(paths), { name, code, message });
  }
});

/** The versions of a mounted pair, as Kubernetes lays them out. */
function mounted(t) {
  const folder = scratch(t);
  let version = 0;
  const path = (name) => join(folder, name);
  const mount = ({ accessKey, secretKey }) => {
    const next = `..v${++version}`;
    mkdirSync(path(next));
    writeFileSync(path(`${next}/access-key`), accessKey);
    writeFileSync(path(`${next}/secret-key`), `${secretKey}\n`);
    symlinkSync(next, path('..data_tmp'));
    renameSync(path('..data_tmp'), path('..data'));
    if (version > 1) rmSync(path(`..v${version - 1}`), { recursive: true });
  };
  mount(PAIR);
  symlinkSync('..data/access-key', path('access-key'));
  symlinkSync('..data/secret-key', path('secret-key'));
  return { mount, paths: { accessKey: path('access-key'), secretKey: path('secret-key') } };
}

test('both halves come from one version, whenever it is swapped', async (t) => {
  const { mount, paths } = mounted(t);
  let calls = 0;
  let swapAt = 0;
  let version = 0;
  for (const name of ['open', 'realpath', 'stat']) {
    const original = fs.promises[name];
    t.mock.method(fs.promises, name, (...args) => {
      calls++;
      if (calls === swapAt) mount({ accessKey: `ak-${++version}`, secretKey: `sk-${version}` });
      return original(...args);
    });
  }
  // How many calls there are depends on whether the files are older than a moment.
  do {
    [calls, swapAt] = [0, version + 1];
    const { accessKey, secretKey } = await ask(fileCredentials(paths));
    if (version === 0) assert.deepEqual({ accessKey, secretKey }, PAIR);
    else assert.equal(accessKey.slice(3), secretKey.slice(3), `swapped before call ${swapAt}`);
  } while (version === swapAt);
  assert.ok(version >= 4);
});

test('what was read before is replaced only when it has stayed the same for a moment', async (t) => {
  const file = join(scratch(t), 'kling');
  writeFileSync(file, API_KEY);
  const get = fileCredentials(file);
  assert.deepEqual(await ask(get), { apiKey: API_KEY });
  const next = `${API_KEY.slice(0, -1)}2`;
  // An API Key cut short looks like a shorter one.
  writeFileSync(file, next.slice(0, 30));
  // As somebody who waits for a token does.
  const awake = setInterval(() => {}, 2 ** 30);
  t.after(() => clearInterval(awake));
  const reading = ask(get);
  await new Promise(setImmediate);
  writeFileSync(file, next);
  assert.deepEqual(await reading, { apiKey: next });
});

test('a listener hears of every way to replace a file, and of nothing after it has left', async (t) => {
  const folder = scratch(t);
  const file = join(folder, 'kling');
  const get = fileCredentials(file);
  let heard = () => assert.fail('told without news');
  const leave = get.subscribe(() => heard());
  const leaveToo = get.subscribe(() => {});
  const news = async (change) => {
    const told = new Promise((resolve, reject) => {
      heard = resolve;
      setTimeout(reject, 8000, new Error(`nothing was told after: ${change}`)).unref();
    });
    change();
    await told;
  };
  const awake = setInterval(() => {}, 2 ** 30);
  t.after(() => clearInterval(awake));
  // As KlingAuth does: what is there when it asks for the first time is no news.
  await assert.rejects(ask(get), { code: 'KLING_UNREADABLE_FILE' });
  const other = join(folder, 'other');
  await news(() => writeFileSync(file, 'first'));
  await news(() => writeFileSync(file, 'written to'));
  await news(() => {
    writeFileSync(other, 'renamed');
    renameSync(other, file);
  });
  await news(() => unlinkSync(file));
  await news(() => {
    writeFileSync(other, 'linked');
    symlinkSync(other, file);
  });
  await news(() => writeFileSync(other, 'behind a link'));
  leave();
  leave();
  leaveToo();
});

test('a watch keeps no process alive', () => {
  const source = `
    import { fileCredentials } from 'kling-auth/credentials';
    fileCredentials('/run/absent').subscribe(() => {});
  `;
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', source], {
    encoding: 'utf8',
    cwd: new URL('..', import.meta.url),
    timeout: 20_000,
  });
  assert.equal(status, 0, stderr);
});

/** What a KlingAuth over this file tells, one after the other. */
function watching(file) {
  const heard = [];
  let wake = () => {};
  const tell = (what) => (event) => {
    heard.push([what, event]);
    wake();
  };
  const auth = new KlingAuth({
    credentials: fileCredentials(file),
    onRefresh: tell('refresh'),
    onError: tell('error'),
  });
  const next = async () => {
    while (heard.length === 0) {
      await new Promise((resolve) => {
        wake = resolve;
      });
    }
    return heard.shift();
  };
  return { auth, next };
}

test('KlingAuth has the new pair within seconds, and a bad file takes no token away', async (t) => {
  const file = join(scratch(t), 'kling.json');
  const replace = (content) => {
    writeFileSync(`${file}.new`, content);
    renameSync(`${file}.new`, file);
  };
  replace(JSON_PAIR);
  const { auth, next } = watching(file);
  // Held by what keeps the process awake: by its own callbacks alone it would be collected.
  const awake = setInterval(() => auth, 2 ** 30);
  t.after(() => clearInterval(awake));
  await auth.ready();
  assert.equal((await next())[1].reason, 'initial');
  const { token } = auth;
  const damaged = [
    [
      () => replace('{"accessKey":"ak'),
      'is not JSON, though it begins like it: it was cut off or damaged',
    ],
    [() => unlinkSync(file), 'does not exist: look at the path, and whether the secret is mounted'],
    [() => mkdirSync(file), 'is a directory: name a file in it'],
  ];
  for (const [change, problem] of damaged) {
    change();
    for (;;) {
      const [what, error] = await next();
      assert.equal(what, 'error');
      assert.equal(error.code, 'KLING_PROVIDER_FAILED');
      if (error.message === `the credentials provider failed: ${file} ${problem}`) break;
    }
    assert.equal(auth.token, token);
  }
  rmSync(file, { recursive: true });
  replace(JSON.stringify({ ...PAIR, accessKey: 'ak-new' }));
  while ((await next())[0] === 'error');
  assert.equal(auth.accessKey, 'ak-new');
  auth[Symbol.dispose]?.();
});

test('a program that watches a file ends when it has nothing else to do', (t) => {
  const file = join(scratch(t), 'kling');
  writeFileSync(file, API_KEY);
  const source = `
    import { KlingAuth } from 'kling-auth';
    import { fileCredentials } from 'kling-auth/credentials';
    const auth = new KlingAuth({ credentials: fileCredentials(process.argv[1]) });
    await auth.ready();
    console.log(auth.token);
  `;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '-e', source, file],
    { encoding: 'utf8', cwd: new URL('..', import.meta.url), timeout: 20_000 },
  );
  assert.equal(stdout, `${API_KEY}\n`, stderr);
  assert.equal(status, 0);
});

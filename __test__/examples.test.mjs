import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

// What each program prints, and which requests it makes of the sandbox besides.
const EXAMPLES = {
  'ai-sdk': {
    lines: ['video/mp4, 24 bytes'],
    requests: ['POST', 'GET', 'GET', 'GET file'],
  },
  axios: { lines: ['processing', 'succeed'], requests: ['POST', 'GET', 'GET'] },
  express: { lines: ['succeed after 100 min'], requests: ['POST', ...Array(100).fill('GET')] },
  lambda: {
    lines: [
      'frozen for 0 min, then 200',
      'frozen for 50 min, then 200',
      'frozen for 10 min, then 200',
    ],
    requests: ['POST', 'POST', 'POST'],
  },
  next: {
    lines: ['200 processing', '200 succeed', '400 Task not found by id/external id: ../costs'],
    requests: ['POST', 'GET', 'GET', 'GET refused'],
  },
  openai: { lines: ['processing', 'succeed'], requests: ['POST', 'GET', 'GET'] },
  undici: { lines: ['200 submitted', '200 processing'], requests: ['POST', 'GET'] },
};

const seen = {};

for (const [name, expected] of Object.entries(EXAMPLES)) {
  test(`examples/${name}.mjs runs as it stands, and Kling would have served it`, async (t) => {
    const lines = [];
    const { log } = console;
    t.after(() => {
      console.log = log;
    });
    console.log = (...values) => lines.push(values.join(' '));
    const { requests } = await import(`../examples/${name}.mjs`);
    assert.deepEqual(lines, expected.lines);
    assert.deepEqual(
      requests.map(({ method, status, path }) => {
        const kind = path.startsWith('/sandbox/') ? ' file' : '';
        return method + (kind || (status === 200 ? '' : ' refused'));
      }),
      expected.requests,
    );
    for (const { credential, status, path } of requests) {
      assert.notEqual(status, 401);
      assert.equal(credential, path.startsWith('/sandbox/') ? 'none' : 'jwt');
    }
    seen[name] = requests;
  });
}

test('polling for 100 minutes takes a token for each 25 of them, and the thawed function a new one', () => {
  const tokens = (requests) => new Set(requests.map(({ expiresAt }) => expiresAt.getTime())).size;
  // Signed at minute 0, and when less than 5 of its 30 minutes are left: 25, 50, 75, 100.
  assert.equal(tokens(seen.express), 5);
  const [first, thawed, next] = seen.lambda;
  assert.equal(thawed.expiresAt - first.expiresAt >= 50 * 60_000, true);
  assert.deepEqual(thawed.expiresAt, next.expiresAt);
});

test('the clients run on every Node.js that this package supports', () => {
  for (const name of ['ai', 'axios', 'express', 'openai', 'undici']) {
    const file = new URL(`../node_modules/${name}/package.json`, import.meta.url);
    const { engines } = JSON.parse(readFileSync(file, 'utf8'));
    assert.match(engines?.node ?? '>=18', /^>= ?18\b/, name);
  }
});

test('every example is run by a test', () => {
  const folder = (path) => {
    const url = new URL(path, import.meta.url);
    const files = readdirSync(url).filter((file) => /\.(mjs|ts)$/.test(file));
    return files.map((file) => [file, readFileSync(new URL(file, url), 'utf8')]);
  };
  const examples = folder('../examples/');
  const tests = folder('./');
  const users = [...tests, ...examples].map(([, source]) => source).join('\n');
  const unused = examples
    .map(([file]) => file)
    .filter((file) => !Object.hasOwn(EXAMPLES, file.replace('.mjs', '')))
    // By the test that starts it, or the program that it is a part of.
    .filter((file) => !new RegExp(`['/]${file}'`).test(users));
  assert.deepEqual(unused, []);
});

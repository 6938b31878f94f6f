// The JavaScript tests in Wine, file by file, and what they need that is not there.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const LINKS = 'symbolic links, which Wine 8 lacks';
const COMPILER = 'the TypeScript compiler, which is installed for Linux';

/** By file: how the names of tests begin that fail, and what they need. A file as a whole is `''`. */
const NEEDS = {
  checklist: {
    'what init writes keeps .env files out of git': 'git',
    'doctor finds a .env that git tracks': 'git',
    "doctor runs nothing that a stranger's repository names": 'git',
    'the command shows it all': 'git',
  },
  'file-credentials': {
    'both halves come from one version': LINKS,
    'a listener hears of every way to replace a file': LINKS,
  },
  loading: { 'with permissions a look that is denied': 'to load nothing before, as Wine 8 has to' },
  package: { '': 'npm' },
  places: { 'the program of docs/secrets/': LINKS },
  readme: { 'every snippet of': LINKS, 'every snippet and every example': COMPILER },
  'sandbox-endpoints': { 'it serves https': 'openssl' },
  token: {
    'PyJWT accepts': 'python3',
    'for ASCII access keys the token is byte for byte what PyJWT': 'python3',
    'OpenSSL computes': 'openssl',
  },
  typings: { 'an error is about the form that was meant': COMPILER },
  video: { '': LINKS },
  'webhook-interop': { 'PyPI standardwebhooks': 'python3' },
  'webhook-replay': { 'two processes that share a Redis': 'redis-server' },
};

/**
 * Runs each file; throws where a test fails that is not listed, or is listed and passes.
 *
 * @param {string} folder
 * @param {ReturnType<typeof import('../lib/windows-node.mjs').windowsNode>} node
 * @returns {string[]} what there is to say
 */
export function runWindowsSuite(folder, node) {
  const lacks = new Map();
  let passed = 0;
  for (const file of readdirSync(join(folder, '__test__'))) {
    const [, name] = /^(.*)\.test\.mjs$/.exec(file) ?? [];
    if (name === undefined) continue;
    const { stdout, stderr } = node(['--test-reporter=tap', `__test__/${file}`], { cwd: folder });
    const count = /^# pass (\d+)$/m.exec(stdout);
    const failed = [...stdout.matchAll(/^not ok \d+ - (.*)$/gm)].map(([, test]) => test);
    // A file that ends before its tests has said nothing of any.
    const results = count ? failed : [''];
    const listed = Object.entries(NEEDS[name] ?? {});
    const isListed = (test) => listed.some(([begins]) => test.startsWith(begins));
    const unknown = results.filter((test) => !isListed(test));
    assert.deepEqual(unknown, [], `${file}:\n${stdout}\n${stderr}`);
    for (const [begins, need] of listed) {
      const tests = results.filter((test) => test.startsWith(begins)).length;
      assert.ok(tests > 0, `${file}: “${begins}” passes, though listed as in need of ${need}`);
      lacks.set(need, (lacks.get(need) ?? 0) + tests);
    }
    passed += Number(count?.[1] ?? 0);
  }
  return [`${passed} passed`, ...[...lacks].map(([need, tests]) => `${tests} need ${need}`)];
}

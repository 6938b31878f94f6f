// Loading and the first token in a fresh process, in the surroundings that programs have: nothing loaded
// before, `node:crypto` loaded, `fetch` used, and an ESM program.
import { spawnSync } from 'node:child_process';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { summary, table } from './measure.mjs';
import { folder } from './released.mjs';

const ROUNDS = 30;

const CLAIMS = `const now = Math.floor(Date.now() / 1000); const claims = { iss: 'ak-1', exp: now + 1800, nbf: now - 5 };`;

/** How each is loaded, and what makes a token of it. */
export const ALTERNATIVES = {
  'kling-auth': ['kling-auth', `new module.KlingAuth('ak-1', 'sk-1').token;`],
  'node:crypto by hand': [
    'node:crypto',
    `${CLAIMS} const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
     const message = part({ alg: 'HS256', typ: 'JWT' }) + '.' + part(claims);
     message + '.' + module.createHmac('sha256', 'sk-1').update(message).digest('base64url');`,
  ],
  jsonwebtoken: [
    'jsonwebtoken',
    `${CLAIMS} (module.default ?? module).sign(claims, 'sk-1', { algorithm: 'HS256', header: { typ: 'JWT' } });`,
  ],
  jose: [
    'jose',
    `${CLAIMS} await new module.SignJWT(claims).setProtectedHeader({ alg: 'HS256', typ: 'JWT' }).sign(new TextEncoder().encode('sk-1'));`,
  ],
  'fast-jwt': [
    'fast-jwt',
    `${CLAIMS} module.createSigner({ key: 'sk-1', algorithm: 'HS256', noTimestamp: true })(claims);`,
  ],
  '@node-rs/jsonwebtoken': [
    '@node-rs/jsonwebtoken',
    `${CLAIMS} module.signSync({ ...claims, data: {} }, 'sk-1');`,
  ],
};

/** What a program has done before. */
const SURROUNDINGS = {
  'a bare process': '',
  'after node:crypto': `require('node:crypto');`,
  'after fetch was used': `await (await fetch('data:,x')).text();`,
  'an ESM program, by import': '',
};

function program(surroundings, [name, first]) {
  const isModule = surroundings.includes('ESM');
  // jose is ESM alone, which `require` takes from Node.js 22 on.
  const load = isModule || name === 'jose' ? `await import('${name}')` : `require('${name}')`;
  const body = `
    const threads = () => process.platform === 'linux' ? FS.readdirSync('/proc/self/task').length : 0;
    ${SURROUNDINGS[surroundings]}
    gc();
    const before = { heap: process.memoryUsage().heapUsed, rss: process.memoryUsage().rss, threads: threads() };
    const start = process.hrtime.bigint();
    const module = ${load};
    ${first}
    const ms = Number(process.hrtime.bigint() - start) / 1e6;
    const more = threads() - before.threads;
    gc();
    const { heapUsed, rss } = process.memoryUsage();
    console.log(JSON.stringify({ ms, heap: heapUsed - before.heap, rss: rss - before.rss, threads: more }));`;
  return isModule
    ? `import FS from 'node:fs';\n${body}`
    : `const FS = require('node:fs');\n(async () => {${body}})();`;
}

export async function run() {
  const sections = [];
  for (const surroundings of Object.keys(SURROUNDINGS)) {
    const samples = {};
    for (let round = 0; round < ROUNDS; round++) {
      for (const [name, alternative] of Object.entries(ALTERNATIVES)) {
        const file = join(folder, surroundings.includes('ESM') ? 'startup.mjs' : 'startup.cjs');
        writeFileSync(file, program(surroundings, alternative));
        const { stdout, stderr, status } = spawnSync(process.execPath, ['--expose-gc', file], {
          cwd: folder,
          encoding: 'utf8',
        });
        if (status !== 0) throw new Error(stderr);
        samples[name] ??= [];
        samples[name].push(JSON.parse(stdout));
      }
    }
    const times = Object.entries(samples).map(([name, runs]) => [
      name,
      summary(runs.map(({ ms }) => ms)),
    ]);
    sections.push(
      table(
        `Loading and the first token: ${surroundings}`,
        Object.fromEntries(times),
        'kling-auth',
        'ms',
      ),
    );
    if (surroundings === 'a bare process') sections.push(memory(samples));
  }
  return sections;
}

function memory(samples) {
  const median = (name, member) =>
    `${(summary(samples[name].map((sample) => sample[member])).median / 1000).toFixed(0)} kB`;
  const modules = join(folder, 'node_modules', 'kling-auth-linux-x64-gnu');
  const addon = readdirSync(modules).find((file) => file.endsWith('.node'));
  return [
    '| | JavaScript heap | resident memory | threads |',
    '| --- | ---: | ---: | ---: |',
    ...Object.keys(samples).map(
      (name) =>
        `| ${name} | ${median(name, 'heap')} | ${median(name, 'rss')} | ${Math.max(...samples[name].map(({ threads }) => threads))} |`,
    ),
    '',
    `The addon's file: ${(statSync(join(modules, addon)).size / 1000).toFixed(0)} kB.\n`,
  ].join('\n');
}

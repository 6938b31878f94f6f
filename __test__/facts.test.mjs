// A fact that is written down in several places is the same in all of them. What the package does
// comes first: it is asked, where it can be, and the texts are held against its answer.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { explainKlingReply, KlingAuth, KlingWebhook } from '../index.js';
import { STATUS } from '../lib/cli/status.js';
import { NAMES } from '../lib/credentials/secret.js';
import { TABLE } from '../lib/sandbox/table.js';
import { root } from './helpers/run.mjs';
import { membersOf, namesIn, read, rowsBelow, sorted, typings } from './helpers/texts.mjs';

const manifest = JSON.parse(read('package.json'));
const pair = { accessKey: 'ak-facts', secretKey: 'sk-facts' };
const apiKey = `api-key-kling-${'k'.repeat(43)}`;

/** "1000 to 1002", "1003, 1004" and "1000–1002" as numbers. */
function codesIn(text) {
  return [...text.matchAll(/(\d{4}|\b0\b)(?:(?: to |–)(\d{4}))?/g)].flatMap(([, from, to = from]) =>
    Array.from({ length: to - from + 1 }, (_, i) => Number(from) + i),
  );
}

// Under a status that says nothing, only a code of Kling's has a meaning.
const KINDS = new Map([[0, 'ok']]);
for (let code = 1; code < 10_000; code++) {
  const { kind } = explainKlingReply({ status: 418, body: { code } });
  if (kind !== 'unknown') KINDS.set(code, kind);
}

test('service codes: the sandbox answers those that are explained, under the status that belongs to each', () => {
  assert.ok(KINDS.size > 20);
  assert.deepEqual(sorted(TABLE.keys()), sorted(KINDS.keys()));
  const statuses = {
    ok: 200,
    auth: 401,
    clock: 401,
    permission: 403,
    'rate-limit': 429,
    ip: 429,
    account: 429,
    policy: 400,
  };
  for (const [code, { status }] of TABLE) {
    const kind = KINDS.get(code);
    if (statuses[kind]) assert.equal(status, statuses[kind], `${code}`);
    else assert.equal(Math.floor(status / 100), kind === 'server' ? 5 : 4, `${code}`);
  }
});

test('service codes: the typings and the docs give each the kind that it is explained as', () => {
  const comment = typings.match(
    / \* What a reply is about\.(.*?)\*\/\nexport type KlingReplyKind =([^;]*);/s,
  );
  const [, list, union] = comment;
  const declared = [...union.matchAll(/'([\w-]+)'/g)].map(([, kind]) => kind);
  const fromTypings = new Map();
  for (const [, kind, text] of list.matchAll(/- `([\w-]+)`: ([^\n]*)/g)) {
    assert.ok(declared.includes(kind), kind);
    for (const code of codesIn(text)) fromTypings.set(code, kind);
  }
  fromTypings.set(0, 'ok');
  assert.deepEqual(fromTypings, KINDS);
  assert.deepEqual(sorted(new Set([...KINDS.values(), 'unknown'])), sorted(declared));

  const heading = '## `explainKlingReply({ status, body, headers?, method?, url?, credential? })`';
  const fromDocs = new Map();
  for (const [kindCell, codes, retryable] of rowsBelow(heading, 'docs/requests.md').slice(1)) {
    const [kind] = kindCell.match(/[\w-]+/);
    for (const code of codesIn(codes)) {
      fromDocs.set(code, kind);
      const after = (method) =>
        explainKlingReply({ status: TABLE.get(code).status, body: { code }, method });
      assert.equal(after('GET').retryable, /yes|reads/.test(retryable), `${code}, a read`);
      assert.equal(after('POST').retryable, /yes/.test(retryable), `${code}, a create`);
    }
  }
  assert.deepEqual(fromDocs, KINDS);
});

test('service codes: as many share 401 and 429 as the README, the docs and the typings say', () => {
  const word = (wanted) => {
    const codes = [...TABLE.values()].filter(({ status }) => status === wanted);
    return ['one', 'two', 'three', 'four', 'five', 'six', 'seven'][codes.length - 1];
  };
  const [, of401, of429] = read('README.md').match(/^(\w+) meanings share 401, (\w+) share 429/m);
  assert.deepEqual([of401.toLowerCase(), of429], [word(401), word(429)]);
  assert.equal(read('docs/requests.md').match(/(\w+) of Kling's codes\s+share 429/)[1], word(429));
  assert.equal(typings.match(/as (\w+) codes share the status 429/)[1], word(429));
});

/** The names that are asked for where the first one is set, in their order. */
function variablesOf(make, set) {
  const asked = [];
  const look =
    (how) =>
    (target, name, ...rest) => {
      if (typeof name === 'string' && !asked.includes(name)) asked.push(name);
      return how(target, name, ...rest);
    };
  const { get, has, getOwnPropertyDescriptor } = Reflect;
  make(
    new Proxy(set, {
      get: look(get),
      has: look(has),
      getOwnPropertyDescriptor: look(getOwnPropertyDescriptor),
    }),
  );
  return asked;
}

const VARIABLES = variablesOf((env) => new KlingAuth({ env }), { KLING_API_KEY: apiKey });
const KEYS = VARIABLES.filter((name) => !/_FILE$|_BASE$/.test(name));
const WEBHOOK = variablesOf((env) => new KlingWebhook(undefined, { env }), {
  KLING_WEBHOOK_SECRET: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
});

test('variables: the typings and the docs have those that are read, in the order in which they count', () => {
  const rows = rowsBelow('## Where credentials come from', 'docs/api.md').slice(1);
  const named = rows.map(([, cell]) => namesIn(cell).filter((name) => name.startsWith('KLING')));
  assert.deepEqual(named.flat(), KEYS);
  for (const [i, names] of named.entries()) {
    if (names.length === 0) continue;
    const values = names.length === 1 ? [apiKey] : ['ak-facts', 'sk-facts'];
    const env = Object.fromEntries(names.map((name, i) => [name, values[i]]));
    assert.equal(`\`'${new KlingAuth({ env }).source}'\``, rows[i][2]);
  }
  const [, inTypings] = typings.match(/the first family that is set wins:(.*?)\.\n/s);
  assert.deepEqual(namesIn(inTypings), KEYS);
});

test('variables: a file or a secret with these names is understood, in the same order', () => {
  const names = NAMES.flatMap(Object.values).filter((name) => name.startsWith('KLING'));
  assert.deepEqual(names, KEYS);
});

test('variables: each that is read may be a file, and docs/secrets.md has these and no others', () => {
  const read = [...KEYS, 'KLING_WEBHOOK_SECRET'];
  assert.deepEqual(WEBHOOK, ['KLING_WEBHOOK_SECRET', 'KLING_WEBHOOK_SECRET_FILE']);
  const files = [...VARIABLES, ...WEBHOOK].filter((name) => name.endsWith('_FILE'));
  assert.deepEqual(sorted(files), sorted(read.map((name) => `${name}_FILE`)));
  const rows = rowsBelow('## Files named by variables', 'docs/secrets.md').slice(1);
  assert.deepEqual(
    rows.flatMap(([file]) => namesIn(file)),
    read.map((name) => `${name}_FILE`),
  );
  assert.deepEqual(
    rows.flatMap(([, of]) => namesIn(of)),
    read,
  );
});

test('variables: the commands, the README and the typings name none that nobody reads', () => {
  const known = new Set([...VARIABLES, ...WEBHOOK, 'KLING_AUTH_BINARY', 'KLING_KEYS_CREATED']);
  const isCode = new RegExp(
    `^(${[...typings.matchAll(/'(KLING_\w+)'/g)].map(([, code]) => code).join('|')})$`,
  );
  const commands = readdirSync(join(root, 'lib/cli'))
    .filter((name) => name.endsWith('.js'))
    .map((name) => `lib/cli/${name}`);
  for (const file of ['README.md', 'index.d.ts', 'sandbox.d.ts', 'credentials.d.ts', ...commands]) {
    for (const [name] of read(file).matchAll(/\bKLING(?:AI)?_[A-Z_]*[A-Z]\b/g)) {
      assert.ok(known.has(name) || isCode.test(name), `${file}: ${name}`);
    }
  }
});

test('regions: requests go where the typings and the docs say', async () => {
  const [, union] = typings.match(/export type KlingRegion =([^;]*);/);
  const declared = [...union.matchAll(/'(\w+)'/g)].map(([, name]) => name);
  const described = Object.fromEntries(
    [...typings.matchAll(/^ {3}\* - `(\w+)`: `(https:[^`]+)`/gm)].map(([, name, url]) => [
      name,
      url,
    ]),
  );
  assert.deepEqual(Object.keys(described), declared);
  const origins = {};
  for (const region of [undefined, ...declared]) {
    const options = {
      ...pair,
      env: {},
      region,
      fetch: async (url) => {
        origins[region] = new URL(url).origin;
        return new Response();
      },
    };
    await new KlingAuth(options).fetch('/tasks');
  }
  const { undefined: byDefault, ...named } = origins;
  assert.deepEqual(named, described);
  const [, fallback] = membersOf('RefreshOptions').region.match(/@default '(\w+)'/);
  assert.equal(byDefault, origins[fallback]);
  const [, , , text] = rowsBelow('### Options', 'docs/requests.md').find(
    ([name]) => name === '`region`',
  );
  assert.deepEqual(text.match(/https:[^`]+/g), Object.values(described));
  assert.throws(() => new KlingAuth({ region: 'mars' }), {
    code: 'KLING_INVALID_ARG_VALUE',
    message: `region must be ${declared
      .map((name) => `"${name}"`)
      .join(', ')
      .replace(/, (?=[^,]*$)/, ' or ')}, received another string`,
  });
});

/** `aarch64-unknown-linux-musl` as the binary's name has it. */
function platformOf(triple) {
  const [arch, vendor, system, abi] = triple.split('-');
  const os = { apple: 'darwin', pc: 'win32', unknown: system }[vendor];
  return [os, { x86_64: 'x64', aarch64: 'arm64' }[arch], abi].filter(Boolean).join('-');
}

const PLATFORMS = sorted(manifest.napi.targets.map(platformOf));
const workflow = read('.github/workflows/release.yml');

test('platforms: the loader finds a package for each target, and for no other', () => {
  // What is published has it in one file with all that is loaded at once.
  const published = 'lib/loader/at-once.js';
  const loader = read(existsSync(join(root, published)) ? published : 'lib/loader/native.js');
  // What is published has other quotes and lines.
  const keys = [...loader.matchAll(/['"]([\w-]+)['"]\(\) \{$/gm)].map(([, name]) => name);
  assert.deepEqual(sorted(keys), PLATFORMS);
  const asked = [...loader.matchAll(/require\(['"](kling-auth-[^'"]+)['"]\)/g)];
  assert.deepEqual(
    sorted(asked.map(([, path]) => path)),
    PLATFORMS.map((name) => `kling-auth-${name}/kling-auth.${name}.node`),
  );
});

test('platforms: the release builds each target, and tests each', () => {
  const built = [...workflow.matchAll(/target: (\w+-[\w-]+(?:gnu|musl|darwin|msvc)),/g)].map(
    ([, name]) => name,
  );
  const triples = built.filter((name) => manifest.napi.targets.includes(name));
  assert.deepEqual(sorted(triples), sorted(manifest.napi.targets));
  const tested = new Set(
    [...workflow.matchAll(/\{ target: ((?:linux|darwin|win32)-[\w-]+), runner/g)].map(
      ([, name]) => name,
    ),
  );
  assert.deepEqual(sorted(tested), PLATFORMS);
});

test('platforms: the guide to a release counts a package for each, and the main one', () => {
  const words = ['seven', 'eight', 'nine', 'ten', 'eleven', 'twelve'];
  const [, count] = read('CONTRIBUTING.md').match(/each of the (\w+) packages/);
  assert.equal(words.indexOf(count) + 7, PLATFORMS.length + 1);
});

test('platforms: the docs name each system with its processors', () => {
  const systems = [
    ['Linux', 'linux'],
    ['macOS', 'darwin'],
    ['Windows', 'win32'],
  ];
  const [, sentence] = read('docs/deployment.md').match(
    /with the binary for the system: (.*?)\. It runs on/s,
  );
  for (const [name, os] of systems) {
    const [clause] = sentence.split(';').filter((part) => part.includes(name));
    const ours = PLATFORMS.filter((platform) => platform.startsWith(os));
    assert.deepEqual(
      sorted(new Set(clause.match(/\b(x64|arm64)\b/g))),
      sorted(new Set(ours.map((platform) => platform.split('-')[1]))),
      name,
    );
    assert.equal(
      /musl/.test(clause),
      ours.some((platform) => platform.endsWith('musl')),
      name,
    );
    assert.match(read('README.md'), new RegExp(`natively on [^:]*${name}`));
  }
});

test('versions: the package, the crates and the documents say the same', () => {
  const cargo = read('Cargo.toml');
  const inCargo = (key) => cargo.match(new RegExp(`^${key} = "(.*)"$`, 'm'))[1];
  assert.equal(inCargo('version'), manifest.version);
  for (const file of ['src/core', 'src/binding', 'src/wasm']) {
    assert.match(read(`${file}/Cargo.toml`), /^version\.workspace = true$/m, file);
  }

  const rust = inCargo('rust-version');
  assert.match(read('CONTRIBUTING.md'), new RegExp(`Rust ${rust} or later`));
  assert.match(workflow, new RegExp(`RUST: ${rust}\\.0$`, 'm'));

  const node = manifest.engines.node.match(/^>=(\d+)$/)[1];
  for (const file of ['README.md', 'CONTRIBUTING.md', 'docs/deployment.md']) {
    assert.match(read(file), new RegExp(`Node\\.js ${node} or\\s+later`), file);
  }
  for (const [, tested] of workflow.matchAll(/node: \[(\d+)/g)) assert.equal(tested, node);
  assert.match(manifest.devDependencies['@types/node'], new RegExp(`^\\^${node}\\.`));
});

test('versions: the oldest C library is that of the builds', () => {
  const [, glibc] = workflow.match(/x86_64-unknown-linux-gnu\.(\d+\.\d+)/);
  for (const file of ['README.md', 'docs/deployment.md']) {
    assert.match(read(file), new RegExp(`glibc ${glibc.replace('.', '\\.')} or later`), file);
  }
});

test('versions: the least TypeScript of the documents is installed to compile with', () => {
  const [, least] = read('docs/deployment.md').match(/typings need TypeScript (\d+\.\d+)/);
  const { dependencies } = JSON.parse(read('scripts/tools/package.json'));
  assert.match(dependencies[`typescript-${least}`], new RegExp(`^npm:typescript@${least}\\.`));
});

const helpOf = (...command) =>
  execFileSync(process.execPath, [join(root, 'bin/kling-auth.js'), ...command, '--help'], {
    encoding: 'utf8',
  });
const commandsIn = (help) => [...help.matchAll(/^ {2}([a-z]+) {2,}/gm)].map(([, name]) => name);

test('commands: the help and the docs say what each exit status means', () => {
  const meanings = {
    fine: 'ok',
    refused: 'refused',
    'wrong usage': 'usage',
    'no reply': 'network',
  };
  const [, sentence] = helpOf().match(/^Exit status: (.*)\.$/m);
  const rows = rowsBelow('# Command line', 'docs/command-line.md').filter(([n]) => /^\d$/.test(n));
  for (const said of [sentence.split(', '), rows.map((row) => row.join(' '))]) {
    const statuses = said.map((text) => {
      const [, status, meaning] = text.match(/^(\d) (fine|refused|wrong usage|no reply)/);
      return [meanings[meaning], Number(status)];
    });
    assert.deepEqual(Object.fromEntries(statuses), { ...STATUS });
  }
});

test('commands: each option is documented with the commands that take it, and no other', () => {
  const commands = commandsIn(helpOf());
  const taken = {};
  for (const command of commands) {
    for (const [, option] of helpOf(command).matchAll(/^ {2}(--[a-z-]+(?: [A-Z]+)?) {2,}/gm)) {
      taken[option] = [...(taken[option] ?? []), command];
    }
  }
  const documented = {};
  for (const [option, of] of rowsBelow('# Command line', 'docs/command-line.md')) {
    const [, name] = option.match(/^`(--.*)`$/) ?? [];
    if (name === undefined) continue;
    const named = namesIn(of);
    documented[name] = /^all/.test(of) ? commands.filter((one) => !named.includes(one)) : named;
  }
  assert.deepEqual(documented, taken);
});

test('members: the documents list each of KlingAuth, of KlingWebhook and of the sandbox', () => {
  const declaredIn = (declaration, text) => {
    const [, body] = text.split(declaration)[1].match(/^(.*?)^}/ms);
    const members = body.matchAll(/^ {2}(?:get |readonly )?(\w+)(?:<.*>)?(?:\(|: )/gm);
    return new Set([...members].map(([, name]) => name).filter((name) => name !== 'constructor'));
  };
  const listedIn = (heading, file) =>
    new Set(
      rowsBelow(heading, file).flatMap(([cell]) =>
        [...cell.matchAll(/`\.?(\w+)/g)].map(([, name]) => name),
      ),
    );
  const ofKlingAuth =
    '`new KlingAuth(accessKey?, secretKey?, bufferSec?)` or `new KlingAuth(options?)`';
  for (const [members, listed] of [
    [declaredIn('export class KlingAuth {', typings), listedIn(`## ${ofKlingAuth}`, 'docs/api.md')],
    [
      declaredIn('export interface KlingWebhook<Async extends boolean = false> {', typings),
      listedIn('## `new KlingWebhook(secret?, options?)`', 'docs/webhooks.md'),
    ],
    [
      declaredIn('export interface KlingSandbox {', read('sandbox.d.ts')),
      listedIn('# Sandbox', 'docs/sandbox.md'),
    ],
  ]) {
    assert.ok(members.size >= 3);
    assert.deepEqual(
      [...members].filter((name) => !listed.has(name)),
      [],
    );
  }
});

test('versions: the compatibility date of the docs is the oldest that is tested', () => {
  const [, oldest] = read('scripts/test-edge.mjs').match(/DATES = \['([\d-]+)'/);
  assert.match(read('docs/edge.md'), new RegExp(`Compatibility date\\*\\* \`${oldest}\` or later`));
});

test('commands: each that the help lists is documented, and no other', () => {
  const help = helpOf();
  const listed = commandsIn(help);
  const named = read('docs/command-line.md').matchAll(/\bkling-auth ([a-z]+)\b/g);
  assert.ok(listed.length >= 7);
  assert.deepEqual(sorted(new Set([...named].map(([, name]) => name))), sorted(listed));
});

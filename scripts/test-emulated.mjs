// The package on processors that no addon is published for: s390x, whose bytes are the other way round,
// and 32-bit ARM. WebAssembly does the work, and nobody is warned. Emulated; Debian 12 on x64, as root.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { consumer, smoke, unpackInto } from './install/consumer.mjs';
import { layOutSuite } from './install/suite.mjs';
import { emulatedNode } from './lib/emulated-node.mjs';
import { pack } from './lib/pack.mjs';
import { binaries } from './lib/released.mjs';
import { attempt, capture } from './lib/sh.mjs';
import { note, scratch, step } from './lib/steps.mjs';

const work = scratch('emulated');

/** What is signed there and checked here; a token that is signed here and checked there. */
const EXCHANGE = `
const { KlingAuth, KlingWebhook, verifyKlingToken } = require('kling-auth');
const keys = { accessKey: 'ak-0123456789', secretKey: process.argv[1] };
const now = () => 1_700_000_000_000;
const token = new KlingAuth({ ...keys, now }).token;
const at = { now: now() };
const { valid, reason } = verifyKlingToken(process.argv[2], keys.secretKey, at);
const webhook = new KlingWebhook('whsec_' + Buffer.alloc(24, 7).toString('base64'));
console.log(JSON.stringify({
  token,
  accepted: valid || reason,
  forged: verifyKlingToken(process.argv[2] + 'A', keys.secretKey, at).valid,
  signature: webhook.sign('msg_1', 1_700_000_000, 'ü'.repeat(70_000)),
}));`;
const SECRET = 'sk-0123456789';
const TOKEN = sign({ iss: 'ak-0123456789', exp: 1_700_001_800, nbf: 1_699_999_995 });

/** As `node:crypto` makes it. */
function sign(claims) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`;
  return `${text}.${createHmac('sha256', SECRET).update(text).digest('base64url')}`;
}

function assertExchanged(said) {
  const body = `msg_1.1700000000.${'ü'.repeat(70_000)}`;
  assert.deepEqual(said, {
    token: TOKEN,
    accepted: true,
    forged: false,
    signature: `v1,${createHmac('sha256', Buffer.alloc(24, 7)).update(body).digest('base64')}`,
  });
}

/** One compares files alone; one is about executables of x64 and arm64. */
const ELSEWHERE = ['bindings.test.mjs', 'musl.test.mjs'];

/** Tests that start no program: what they would start is not emulated. */
function ownTests(folder) {
  return readdirSync(join(folder, '__test__'))
    .filter((name) => name.endsWith('.test.mjs') && !ELSEWHERE.includes(name))
    .map((name) => join('__test__', name))
    .filter((file) => {
      const source = readFileSync(join(folder, file), 'utf8');
      return !/node:child_process|helpers\/(python|redis|run)\.mjs|typescript/.test(source);
    });
}

const { main } = await step('the packages', () =>
  pack(binaries, join(work, 'packages'), { placeholders: true }),
);
const project = consumer(join(work, 'project'));
unpackInto(project, { 'kling-auth': main });

for (const processor of ['s390x', 'armhf']) {
  const [command, args] = await step(`Node.js for ${processor}`, () => emulatedNode(processor));
  const node = (...more) => attempt(command, [...args, ...more], { cwd: project });
  await step(`installed on ${processor}`, () => {
    smoke(project, command, args);
    const { status, stdout, stderr } = node('-e', EXCHANGE, SECRET, TOKEN);
    assert.equal(status, 0, stderr);
    assert.equal(stderr, '');
    assertExchanged(JSON.parse(stdout));
    const doctor = node('node_modules/kling-auth/bin/kling-auth.js', 'doctor', '--json');
    const { findings } = JSON.parse(doctor.stdout);
    const { detail } = findings.find(({ check }) => check === 'addon');
    assert.match(detail, /as WebAssembly: no addon is published for this system$/);
    note(detail);
  });
  await step(`the JavaScript tests on ${processor} that start no program`, () => {
    const suite = layOutSuite(join(work, processor), { main });
    const files = ownTests(suite);
    let passed = 0;
    for (const file of files) {
      const printed = capture(command, [...args, '--test-reporter=tap', file], { cwd: suite });
      passed += Number(/^# pass (\d+)$/m.exec(printed)[1]);
    }
    note(`${passed} passed in ${files.length} files`);
  });
}

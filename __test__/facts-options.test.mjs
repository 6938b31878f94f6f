// Options: what is taken, what the typings declare and what the documents list are the same, and so are
// their ranges and defaults.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  explainKlingReply,
  generateKlingToken,
  KlingAuth,
  KlingWebhook,
  verifyKlingToken,
} from '../index.js';
import { startKlingSandbox } from '../lib/sandbox.js';
import { nodeWebhook } from '../lib/webhook.js';
import { membersOf, namesIn, read, rowsBelow, sorted } from './helpers/texts.mjs';

const pair = { accessKey: 'ak-facts', secretKey: 'sk-facts' };
const whsec = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const auth = new KlingAuth(pair);
const sandboxTypings = read('sandbox.d.ts');
const sandboxMembers = (name) => membersOf(name, sandboxTypings);
const sandbox = (use) => async (options) => {
  const sandbox = await startKlingSandbox();
  try {
    return use(sandbox, options);
  } finally {
    await sandbox.close();
  }
};

/** Everything that takes options: how to call it, and what the typings declare. */
const TAKERS = {
  KlingAuth: [
    (options) => new KlingAuth(options),
    {
      ...membersOf('StaticPairOptions'),
      ...membersOf('ApiKeyOptions'),
      ...membersOf('ProviderOptions'),
    },
  ],
  generateKlingToken: [
    generateKlingToken,
    { ...membersOf('GenerateKlingTokenOptions') },
    { also: ['apiKey'] }, // refused with a sentence of its own
  ],
  verifyKlingToken: [
    (options) => verifyKlingToken('', pair.secretKey, options),
    membersOf('VerifyKlingTokenOptions'),
  ],
  explainKlingReply: [explainKlingReply, membersOf('KlingReply')],
  KlingWebhook: [(options) => new KlingWebhook(whsec, options), membersOf('KlingWebhookOptions')],
  getToken: [(options) => auth.getToken(options), membersOf('GetTokenOptions')],
  verify: [(options) => auth.verify(options), membersOf('VerifyOptions')],
  startKlingSandbox: [startKlingSandbox, sandboxMembers('KlingSandboxOptions')],
  fail: [sandbox((s, options) => s.fail(options)), sandboxMembers('KlingSandboxFault')],
  'sandbox.rotate': [
    sandbox((s, options) => s.rotate(options)),
    sandboxMembers('KlingSandboxRotation'),
  ],
  rotateWebhookSecret: [
    sandbox((s, options) => s.rotateWebhookSecret(options)),
    sandboxMembers('KlingSandboxWebhookRotation'),
  ],
  nodeWebhook: [nodeWebhook, membersOf('KlingWebhookReceiverOptions', read('webhook.d.ts'))],
};

/** What is said of an option that is like none: the list of all. */
async function optionsOf(call) {
  try {
    await call({ qqqqqq: 1 });
  } catch ({ code, message }) {
    assert.equal(code, 'KLING_UNKNOWN_OPTION', message);
    return message.match(/is like none of (.*)$/)[1].split(', ');
  }
  assert.fail('an unknown option was taken');
}

for (const [name, [call, members, { also = [] } = {}]] of Object.entries(TAKERS)) {
  test(`${name} takes the options that the typings declare, and no others`, async () => {
    const taken = await optionsOf(call);
    assert.deepEqual(sorted(taken), sorted([...Object.keys(members), ...also]));
  });
}

/** Numbers as texts have them: `2,592,000`, `600000`, `10_000`. */
const number = (text) => Number(text.replaceAll(/[,_]/g, ''));

for (const [name, [call, members]] of Object.entries(TAKERS)) {
  const ranges = Object.entries(members).flatMap(([member, comment]) => {
    const [, from, to, orZero] = comment.match(/\b(\d+) to (\d[\d,]*\d|\d)(, or 0)?/) ?? [];
    return to === undefined ? [] : [[member, orZero ? 0 : number(from), number(to)]];
  });
  if (ranges.length === 0) continue;
  test(`${name} refuses what is out of the ranges of the typings: ${ranges.flat().join(' ')}`, async () => {
    for (const [member, from, to] of ranges) {
      const needed = /^provider|^apiKeyMax/.test(member) ? { credentials: async () => pair } : {};
      for (const value of [from - 1, to + 1]) {
        await assert.rejects(
          async () => call({ ...needed, [member]: value }),
          ({ code, message }) => {
            assert.equal(code, 'KLING_OUT_OF_RANGE', `${member}: ${message}`);
            assert.ok(message.includes(`from ${from} to ${to}`), message);
            return true;
          },
        );
      }
    }
  });
}

/** Where each document lists options, and which column has their defaults. */
const TABLES = [
  [
    'KlingAuth',
    [
      [
        '## `new KlingAuth(accessKey?, secretKey?, bufferSec?)` or `new KlingAuth(options?)`',
        'docs/api.md',
        1,
      ],
      ['### Options', 'docs/requests.md', 2],
    ],
  ],
  ['KlingWebhook', [['## `new KlingWebhook(secret?, options?)`', 'docs/webhooks.md', 2]]],
  ['startKlingSandbox', [['# Sandbox', 'docs/sandbox.md', 1]]],
];

for (const [name, tables] of TABLES) {
  test(`the documents list every option of ${name} with its default, and no other`, () => {
    const [, members] = TAKERS[name];
    const listed = new Map();
    const ranges = new Map();
    for (const [heading, file, column] of tables) {
      const rows = rowsBelow(heading, file);
      const end = rows.findIndex(([first], i) => i > 0 && !/^`/.test(first));
      for (const row of rows.slice(1, end === -1 ? undefined : end)) {
        const names = namesIn(row[0]);
        // Options that share a row have one default, or each its own.
        const cells = row[column].split(', ');
        for (const [i, option] of names.entries()) {
          ranges.set(option, row.slice(1).join(' '));
          listed.set(option, cells.length === names.length ? cells[i] : row[column]);
        }
      }
    }
    assert.deepEqual(sorted(listed.keys()), sorted(Object.keys(members)));
    for (const [option, text] of ranges) {
      const [, from, to] = text.match(/\b(\d+) to (\d[\d,]*)/) ?? [];
      if (to === undefined) continue;
      const [, least, most] = members[option].match(/\b(\d+) to (\d[\d,]*\d|\d)/);
      assert.deepEqual([from, to].map(number), [least, most].map(number), option);
    }
    for (const [option, cell] of listed) {
      const [, declared = ''] = members[option].match(/@default (.+)$/) ?? [];
      if (/^[\d,]+$/.test(declared) || /^[\d,]+$/.test(cell)) {
        assert.equal(number(cell.match(/[\d,]+/)[0]), number(declared.match(/[\d,]+/)[0]), option);
      } else if (/^(true|false|'\w*')/.test(declared)) {
        assert.equal(cell.replaceAll('`', '').split(';')[0], declared.split(',')[0].trim(), option);
      }
    }
  });
}

test('defaults: those that show are those of the typings', () => {
  const [, members] = TAKERS.KlingAuth;
  const byDefault = (option) => Number(members[option].match(/@default \D*(\d+)/)[1]);
  const now = 1_800_000_000_000;
  const { refreshesAt, expiresAt, token } = new KlingAuth({ ...pair, now: () => now });
  const { nbf } = JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));
  assert.equal((expiresAt - now) / 1000, byDefault('ttlSec'));
  assert.equal((expiresAt - refreshesAt) / 1000, byDefault('bufferSec'));
  assert.equal(now / 1000 - nbf, byDefault('clockToleranceSec'));

  const tolerance = Number(TAKERS.KlingWebhook[1].toleranceSec.match(/@default (\d+)/)[1]);
  const webhook = new KlingWebhook(whsec, { now: () => now });
  const delivered = (ageSec) => {
    const sent = now / 1000 - ageSec;
    const signature = webhook.sign('1', new Date(sent * 1000), '{}');
    return webhook.verify('{}', {
      'webhook-id': '1',
      'webhook-timestamp': `${sent}`,
      'webhook-signature': signature,
    });
  };
  delivered(tolerance);
  assert.throws(() => delivered(tolerance + 1), { code: 'KLING_WEBHOOK_TOO_OLD' });
});

// What `doctor` finds without a network, variable by variable.
import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { Readable, Writable } from 'node:stream';
import { test } from 'node:test';
import { main } from '../lib/cli/main.js';

const K = 'api-key-kling-Ab3_dEf6hIj9-LmN2pQr5tUv8xYz1BcD4fGh7jKl0nO';
const AK = 'A0b1C2d3E4f5G6h7I8j9K0l1M2n3O4p5';
const SK = 'q5P4o3N2m1L0k9J8i7H6g5F4e3D2c1B0';
const WHSEC = 'whsec_dGVzdHNlY3JldHRlc3RzZWNyZXR0ZXN0c2VjcmV0MTI=';
const GATEWAY = 'https://gateway.example';

/** The findings beside those on the machine, as `check: detail`. */
async function findings(env) {
  const chunks = [];
  const write = (chunk, _, done) => done(void chunks.push(chunk));
  const io = Object.assign(new EventEmitter(), {
    stdout: new Writable({ write }),
    stderr: new Writable({ write }),
    stdin: Readable.from([]),
    env,
  });
  await main(['doctor', '--offline', '--json'], io);
  const { findings: found } = JSON.parse(Buffer.concat(chunks).toString());
  const text = JSON.stringify(found);
  for (const secret of [K.slice(14), AK, SK]) assert.ok(!text.includes(secret), text);
  return found
    .filter(
      ({ ok, check }) => ok !== true && !['node', 'addon', '.env', 'variables'].includes(check),
    )
    .map(({ check, detail }) => `${check}: ${detail}`);
}

test('doctor finds what is wrong with a variable, in use or not', async () => {
  for (const [env, ...expected] of [
    [{ KLING_API_KEY: K }],
    [{ KLING_API_KEY: K, KLING_WEBHOOK_SECRET: `${WHSEC} ${WHSEC}` }],
    [{ KLING_API_KEY: 'x', KLING_API_BASE: GATEWAY }, /^base URL: none of Kling’s hosts/],
    [
      { KLING_API_KEY: 'sk-0123456789' },
      /^KLING_API_KEY: KLING_API_KEY does not begin with api-key-kling-, .* another service's/,
    ],
    [
      { KLING_API_KEY: K, KLING_WEBHOOK_SECRET: K },
      /^KLING_WEBHOOK_SECRET: .* looks like an API Key: the secret .* begins with whsec_$/,
    ],
    [
      { KLING_API_KEY: K, KLING_ACCESS_KEY: K },
      /^KLING_ACCESS_KEY: .* looks like an API Key: set KLING_API_KEY/,
      /^passed over: KLING_ACCESS_KEY set too/,
    ],
    // Told once, where the credentials are.
    [
      { KLING_API_KEY: WHSEC },
      /^credentials: KLING_API_KEY looks like a webhook secret/,
      /character 50/,
    ],
    [
      { KLING_ACCESS_KEY: AK, KLING_SECRET_KEY: `${SK.slice(1)}С` },
      /^KLING_SECRET_KEY: .* character 32 is a letter of another alphabet/,
    ],
    [
      { KLING_ACCESS_KEY: 'sk_0123', KLING_SECRET_KEY: SK },
      /^KLING_ACCESS_KEY: .* looks like a secret key$/,
    ],
    [
      { STAGING_KLING_API_KEY: K },
      /^credentials: /,
      /: .* with the option prefix: 'STAGING_' only$/,
    ],
    [{ NEXT_PUBLIC_KLING_API_KEY: K }, /^credentials: NEXT_PUBLIC_/, /put into what browsers load/],
    [
      { KLING_ACCES_KEY: AK },
      /^credentials: /,
      /^KLING_ACCES_KEY: .* nobody reads it: rename it to KLING_ACCESS_KEY$/,
    ],
    [
      { KLING_API_KEY: K, KLING_API_BASE: K },
      /^base URL: looks like an API Key, and is the place of a URL$/,
    ],
    [{ KLING_API_KEY: K, KLING_API_BASE: 'api.klingai.com' }, /^base URL: is no URL$/],
    [{ KLING_API_KEY: K, KLING_API_BASE: 'https://api.klingai.com/v1/' }],
    [
      { KLING_API_KEY: K, KLING_API_BASE: 'https://api.klingai.com/v1/videos/text2video' },
      /^base URL: has a path/,
    ],
  ]) {
    const found = await findings(env);
    assert.equal(found.length, expected.length, found.join('\n'));
    for (const [index, pattern] of expected.entries()) assert.match(found[index], pattern);
  }
});

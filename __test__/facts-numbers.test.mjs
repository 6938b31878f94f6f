// A number that is written down in several places is the same in all of them, every time that it is.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { read } from './helpers/texts.mjs';

const WORDS = { a: 1, two: 2, five: 5 };
/** Numbers as texts have them: `2,592,000`, `600000`, `10_000`, `five`, and `1e4` in what is published. */
const number = (text) => WORDS[text] ?? Number(text.replaceAll(/[,_]/g, ''));

const minutes = (sec) => sec / 60;
const seconds = (ms) => ms / 1000;
const twice = (sec) => sec * 2;
const KiB = 1024;

/**
 * Each place with what is around the number there, and, where it counts in another unit, what makes
 * one of the other. The first place is the source, where there is one that can be named so.
 *
 * @type {Record<string, [file: string, around: RegExp, unit?: (value: number) => number][]>}
 */
const NUMBERS = {
  'how long a provider may take, in ms': [
    ['src/core/provider.rs', /"providerTimeoutMs"[^;]*unwrap_or\((\w+)\)/g],
    ['index.d.ts', /@default (\d+)\s+\*\/\s+providerTimeoutMs/g],
  ],
  'how long a provider may take at most, in ms': [
    ['index.d.ts', /How long `credentials` may take, in whole milliseconds, 1 to ([\d,]+)/g],
    ['docs/api.md', /how long the provider may take, up to ([\d,]+)/g],
  ],
  'for how long a failing provider is left alone at most, in s': [
    [
      'src/core/provider.rs',
      /MAX_BACKOFF: Duration = Duration::from_mins\((\d+)\)/g,
      (m) => m * 60,
    ],
    ['docs/credentials.md', /up to (\d+) seconds, less/g],
  ],
  'when a provided API Key is old, in s': [
    ['src/core/auth/policy.rs', /api_key_max_age_sec: (\d\w*),/g],
    ['index.d.ts', /@default (\d+)\s+\*\/\s+apiKeyMaxAgeSec/g],
    ['docs/credentials.md', /`apiKeyMaxAgeSec` \((\d+)\)/g],
  ],
  'how long verify waits, in ms': [
    ['src/binding/network.rs', /DEFAULT_MS: i64 = (\w+);/g],
    ['index.d.ts', /@default (\d+)\s+\*\/\s+timeoutMs/g],
    ['docs/requests.md', /`timeoutMs` \(([\d,]+)\)/g],
    ['docs/command-line.md', /wait for a reply, in milliseconds, by default (\d+)/g],
    ['lib/cli/verify.js', /Longest wait for a reply\. Default: (\d+)/g],
  ],
  'how many ids a webhook remembers': [
    ['src/binding/webhook.rs', /SEEN_CAPACITY: usize = (\w+);/g],
    ['index.d.ts', /the last\s+\* (\d+) of them/g],
    ['docs/webhooks.md', /the last ([\d,]+) ids/g],
  ],
  'how far a delivery may be from now, in s': [
    ['index.d.ts', /@default (\d+)\s+\*\/\s+toleranceSec/g],
    ['docs/webhooks.md', /the (\d+) seconds/g],
  ],
  'how large a callback may be, in bytes': [
    ['lib/webhook/receive.js', /bodyLimit \?\? (1024) \* 1024/g, (k) => k * KiB],
    ['webhook.d.ts', /@default (\d+)\s+\*\/\s+bodyLimit/g],
    ['docs/webhooks.md', /`bodyLimit` in bytes \(default (\d+) MiB\)/g, (m) => m * KiB * KiB],
  ],
  'how many signatures are looked at': [
    ['src/core/webhook/headers.rs', /MAX_SIGNATURES: usize = (\d+)/g],
    ['index.d.ts', /are looked at, and (\d+) signatures/g],
  ],
  'for how many days a callback has two signatures': [
    ['lib/sandbox/callbacks.js', /OVERLAP_MS = (\d+) \* (?:86_400_000|864e5)/g],
    ['sandbox.d.ts', /for (\d+) days of the sandbox/g],
    ['docs/sandbox.md', /two signatures for (\d+) days/g],
    ['docs/webhooks.md', /two signatures for the (\d+) days/g],
    ['docs/secrets.md', /two\s+signatures for (\d+) days/g],
  ],
  'how many KiB of a reply are read': [
    ['src/core/reply/envelope.rs', /BODY_LIMIT: usize = (\d+) \* 1024/g],
    ['lib/loader/wasm.js', /REPLY_BODY_LIMIT = (\d+) \* 1024/g],
    ['index.d.ts', /\((\d+) KiB are read\)/g],
  ],
  "how many characters of a server's text are shown": [
    ['src/core/reply/envelope.rs', /TEXT_LIMIT: usize = (\d+)/g],
    ['index.d.ts', /on one line, at most (\d+)\s+\* characters/g],
  ],
  'how many KiB a file with a key has': [
    ['lib/credentials/read-file.js', /MAX_BYTES = (\d+) \* 1024/g],
    ['lib/credentials/read-file.js', /has more than (\d+) KiB/g],
    ['index.d.ts', /of at most (\d+) KiB, which is read here/g],
    ['credentials.d.ts', /longer than (\d+) KiB/g],
    ['docs/secrets.md', /(\d+) KiB/g],
  ],
  'how often files are looked at, in s': [
    ['lib/credentials/file.js', /POLL_MS = (\w+)/g, seconds],
    ['docs/secrets.md', /are looked at once (a) second/g],
  ],
  'how long files must have stayed the same, in s': [
    ['lib/credentials/file.js', /SETTLED_MS = (\d+)/g, seconds],
    ['docs/secrets.md', /same for ([\d.]+) s/g],
  ],
  'how many KiB of headers are looked at': [
    ['src/core/webhook/headers.rs', /MAX_HEADER_BYTES: usize = (\d+) \* 1024/g],
    ['index.d.ts', /Of these three, (\d+) KiB/g],
    ['index.d.ts', /separate it from the timestamp[^,]*, or more than (\d+) KiB/g],
    ['docs/webhooks.md', /more than (\d+) KiB/g],
  ],
  'how long a token lives at most and by default, in s': [
    ['src/core/token/mod.rs', /MAX_TTL_SEC: i64 = (\d+)/g],
    ['src/core/token/mod.rs', /`ttlSec` is 1 to (\d+)/g],
    ['index.d.ts', /@default (\d+)\s+\*\/\s+ttlSec/g],
    [
      'index.d.ts',
      /Lifetime of a token in whole seconds, 1 to (\d+)\. Kling's samples use (?:\d+)/g,
    ],
    ['index.d.ts', /the (\d+) s of Kling's samples/g],
    ['sandbox.d.ts', /let in, in seconds, at least (\d+)/g],
    ['sandbox.d.ts', /Kling's samples have (\d+)/g],
    ['sandbox.d.ts', /@default (\d+)\s+\*\/\s+maxTokenTtlSec/g],
    ['lib/sandbox.js', /maxTokenTtlSec, \{ from: (\d+)/g],
    ['lib/sandbox/instance.js', /maxTokenTtlSec \?\? (\d+)/g],
    ['lib/cli/options.js', /Lifetime, 1 to \d+\. Default: (\d+)\./g],
    ['lib/cli/options.js', /Lifetime, 1 to (\d+)\./g],
    ['docs/command-line.md', /the token lives: 1 to (\d+)/g],
    ['docs/command-line.md', /the token lives: 1 to \d+, by default (\d+)/g],
    ['docs/api.md', /a token's lifetime, 1 to (\d+)/g],
    ['docs/sandbox.md', /samples have (\d+)/g],
    ['docs/credentials.md', /signs a JWT, (\d+) minutes at most/g, (min) => min * 60],
    ['SECURITY.md', /the (\d+) s of Kling's samples/g],
  ],
  'how far ahead a token may end, in s': [
    ['lib/cli/inspect.js', /MAX_AHEAD_SEC = (\d+)/g],
    ['src/core/token/mod.rs', /MAX_TTL_SEC: i64 = (\d+)/g, (sec) => sec + 5],
    ['index.d.ts', /(?:may not\s+\* end|it ends) more than (\d+) s from now/g],
    ['docs/sandbox.md', /ends more than (\d+) s ahead/g],
  ],
  "how far a signer's clock may be ahead, in s": [
    ['src/core/token/mod.rs', /SAMPLE_TOLERANCE_SEC: i64 = (\d+)/g],
    ['src/core/request/skew.rs', /TOLERATED_MS: i64 = (\w+)/g, seconds],
    ['lib/sandbox/bearer.js', /SAMPLE_TOLERANCE_SEC = (\d+)/g],
    ['lib/cli/doctor.js', /TOLERATED_SKEW_SEC = (\d+)/g],
    ['index.d.ts', /and (\d+) s that the signer's clock/g],
    ['index.d.ts', /(?:a difference of more than|made up for beyond) (\d+) s/gi],
    ['docs/requests.md', /exceeds (\d+) s/g],
    ['docs/sandbox.md', /(\d+) s for a signer's clock/g],
  ],
  'how long a reply may take whose Date is believed, in s': [
    ['src/core/request/skew.rs', /LONGEST_ROUND_TRIP_MS: i64 = (\w+)/g, seconds],
    ['docs/requests.md', /took more than (\d+) s/g],
  ],
  'how long before its end a token is replaced, in minutes': [
    ['index.d.ts', /A sixth of `ttlSec`: (\d+) where/g, minutes],
    ['README.md', /replaced (\w+) minutes before its end/g],
    ['docs/credentials.md', /replaced (\w+) minutes before its end/g],
    ['docs/api.md', /`bufferSec` +\| (\d+)/g, minutes],
  ],
  'how long a token is used by default, in minutes': [
    ['src/core/token/mod.rs', /MAX_TTL_SEC: i64 = (\d+)/g, (sec) => minutes(sec - sec / 6)],
    ['docs/secrets.md', /(\d+) minutes/g],
    ['docs/secrets/cloud-run.md', /every (\d+) minutes/g],
  ],
  'how many requests and callbacks the sandbox keeps': [
    ['lib/sandbox/instance.js', /KEPT_REQUESTS = (\w+)/g],
    ['lib/sandbox/callbacks.js', /KEPT_CALLBACKS = (\w+)/g],
    ['sandbox.d.ts', /The latest ([\d,]+) /g],
    ['docs/sandbox.md', /the latest ([\d,]+)/g],
  ],
  'how many requests the console keeps': [
    ['lib/sandbox/console/feed.js', /KEPT = (\d+)/g],
    ['docs/sandbox.md', /The latest (\d+) requests stay/g],
  ],
  'how many requests the console shows': [
    ['lib/sandbox/console/page.js', /SHOWN = (\d+)/g],
    ['docs/sandbox.md', /(\d+) of them are shown/g],
  ],
  'how many units a pack of the sandbox has': [
    ['lib/sandbox/packs.js', /PLENTY = (\w+)/g],
    ['sandbox.d.ts', /of ([\d,]+) units each/g],
    ['sandbox.d.ts', /@default (\d+)\s+\*\/\s+units/g],
    ['docs/sandbox.md', /([\d,]+) units of each/g],
  ],
  'how many tasks can be asked for at once': [
    ['lib/sandbox/newer.js', /MAX_IDS = (\d+)/g],
    ['docs/sandbox.md', /up to (\d+) ids/g],
  ],
  'how long an API Key is': [
    [
      'src/core/shape/mod.rs',
      /API_KEY_LENGTH: usize = (\d+)/g,
      (all) => all - 'api-key-kling-'.length,
    ],
    ['README.md', /`api-key-kling-` and (\d+) characters/g],
    ['docs/credentials.md', /`api-key-kling-` and (\d+) characters/g],
    ['docs/secrets.md', /api-key-kling-\[\\+w-\]\{(\d+)\}/g],
  ],
  'how long an access key and a secret key are': [
    ['src/core/shape/mod.rs', /HALF_LENGTH: usize = (\d+)/g],
    ['README.md', /a secret key: (\d+) characters each/g],
    ['docs/credentials.md', /keys of (\d+) letters and digits/g],
    ['docs/secrets.md', /secret key are (\d+) letters/g],
    ['docs/secrets.md', /\[A-Za-z0-9\]\{(\d+)\}/g],
  ],
  'when a key is old, in days': [
    ['lib/cli/checks/keys-age.js', /MAX_AGE_DAYS = (\d+)/g],
    ['docs/command-line.md', /more than (\d+) days old/g],
  ],
  'how often the video program looks, in s': [
    ['examples/video.ts', /POLL_SEC = (\d+)/g],
    ['docs/video.md', /the program looks every (\d+) s/g],
  ],
  'how long the video program waits after a failure at most, in s': [
    ['examples/video.ts', /Math\.min\(2 \*\* this\.#failures, (\d+)\)/g, twice],
    ['docs/video.md', /up to (\w+) minutes/g, (min) => min * 60],
  ],
  'the least Node.js with --env-file': [
    ['README.md', /Node\.js (20\.\d+) or later/g],
    ['docs/secrets/laptop.md', /(20\.\d+)/g],
  ],
};

for (const [name, places] of Object.entries(NUMBERS)) {
  test(`${name}: one number`, () => {
    const found = places.flatMap(([file, around, unit = (value) => value]) => {
      const matches = [...read(file).matchAll(around)];
      assert.ok(matches.length > 0, `${file} has ${around}`);
      return matches.map(([, text]) => [unit(number(text)), file]);
    });
    const [[value]] = found;
    for (const [other, file] of found) assert.equal(other, value, file);
  });
}

// The option `now` must return a number wherever it is asked, and whenever: what it returns instead
// never stands for the system clock.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KlingAuth } from '../index.js';
import { BODY, exampleWebhook, HEADERS, SECONDS } from './helpers/webhook.mjs';

const PAIR = { accessKey: 'ak-1', secretKey: 'sk-1' };
const START = SECONDS * 1000;

/** A clock that shows the time `times` times, and then `last`. */
function failing(times, last) {
  let asked = 0;
  return () => (asked++ < times ? START : last);
}

const REFUSED = JSON.stringify({ code: 1003, message: 'Authorization is not active yet' });
/** A network on which every request is refused for its token's dates. */
const refusing = async () =>
  new Response(REFUSED, { status: 401, headers: { date: new Date(START + 1e6).toUTCString() } });
const url = 'https://api-singapore.klingai.com/v1/images/generations/1';

/** Calls by what they ask the clock for; each with how many times it is asked in all. */
const CALLS = {
  token: (now) => new KlingAuth({ ...PAIR, now }).token,
  refresh: (now) => new KlingAuth({ ...PAIR, now }).refresh(),
  getToken: (now) => new KlingAuth({ ...PAIR, now }).getToken(),
  'getToken of a provider': (now) => new KlingAuth({ credentials: () => PAIR, now }).getToken(),
  'a forced getToken of a provider': (now) =>
    new KlingAuth({ credentials: () => PAIR, now }).getToken({ forceRefresh: true }),
  fetch: (now) => new KlingAuth({ ...PAIR, now, fetch: refusing }).fetch(url),
  verify: (now) => new KlingAuth({ ...PAIR, now, fetch: refusing }).verify(),
  'KlingWebhook.verify': (now) => exampleWebhook({ now }).verify(BODY, HEADERS),
  'replay protection': (now) =>
    exampleWebhook({ now, replayProtection: true }).verify(BODY, HEADERS),
};

for (const [name, call] of Object.entries(CALLS)) {
  test(`${name} takes nothing but a number for a time, the first time and later`, async () => {
    let asked = 0;
    await call(() => {
      asked++;
      return START;
    });
    assert.ok(asked > 0);
    for (let times = 0; times < asked; times++) {
      for (const last of [undefined, null, '5', {}]) {
        const error = await (async () => call(failing(times, last)))().catch((reason) => reason);
        // What a provider's answer comes to grief over is the cause of what is told.
        const refusal = error.code === 'KLING_PROVIDER_FAILED' ? error.cause : error;
        assert.equal(refusal?.code, 'KLING_OUT_OF_RANGE', `asked ${times} times, ${last}`);
        assert.match(refusal.message, /^now\(\) must be .*, received NaN$/);
      }
    }
  });
}

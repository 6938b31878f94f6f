// What happens after the call that asked for it. Test runners refuse what is loaded after a test, and
// await what is scheduled in one.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runJson } from './helpers/run.mjs';

/** Runs `source`, which has `watch`, and returns what it reports. */
const watched = (source) =>
  runJson(`
    const { createHook } = require('node:async_hooks');
    const Module = require('node:module');
    const { KlingAuth, KlingWebhook } = require('kling-auth');
    const pair = { accessKey: 'ak-1', secretKey: 'sk-1' };
    let scheduled = 0;
    const loaded = [];
    const hook = createHook({ init: () => { scheduled += 1; } });
    const load = Module._load;
    let loads = loaded;
    Module._load = function (request) {
      loads.push(request);
      return Reflect.apply(load, this, arguments);
    };
    /** What is scheduled in a call, and what is loaded after it until \`over\`. */
    async function watch(call, over = () => new Promise((resolve) => setTimeout(resolve))) {
      loads = [];
      scheduled = 0;
      hook.enable();
      const result = call();
      hook.disable();
      const during = scheduled;
      const later = [];
      loads = later;
      let outcome = 'fulfilled';
      try { await result; } catch (error) { outcome = String(error.code ?? error.name); }
      await over();
      loads = [];
      return { during, later, outcome };
    }
    (async () => { console.log(JSON.stringify(await (${source})())); })();`);

test('a token schedules nothing when nobody listens, and a listener’s turn loads nothing', () => {
  const { quiet, called, published } = watched(`async () => {
    const { subscribe } = require('node:diagnostics_channel');
    const heard = [];
    const read = (options) => () => {
      const auth = new KlingAuth({ ...pair, ...options });
      auth.token;
      auth.headers;
      auth.refresh();
    };
    const onRefresh = ({ reason }) => heard.push(reason);
    const quiet = await watch(read({}));
    const called = { ...(await watch(read({ onRefresh }))), heard: heard.splice(0) };
    subscribe('kling-auth:refresh', onRefresh);
    const published = { ...(await watch(read({}))), heard: heard.splice(0) };
    return { quiet, called, published };
  }`);
  assert.deepEqual(quiet, { during: 0, later: [], outcome: 'fulfilled' });
  for (const { during, later, heard } of [called, published]) {
    assert.ok(during > 0);
    assert.deepEqual(later, []);
    assert.deepEqual(heard, ['initial', 'forced']);
  }
});

const REPLY =
  'new Response(\'{"code":0,"data":{}}\', { headers: { date: new Date().toUTCString() } })';
const REFUSAL = `new Response('{"code":1004,"message":"not yet valid"}', { status: 401 })`;
const later = (value) => `() => new Promise((resolve) => setTimeout(() => resolve(${value}), 5))`;

for (const [what, call, outcome] of [
  ['a first token by fetch', `fetch: ${later(REPLY)}`, "fetch('/v1/x')"],
  ['a refusal that is looked into', `fetch: ${later(REFUSAL)}`, "fetch('/v1/x')"],
  ['a verification', `fetch: ${later(REPLY)}`, 'verify()'],
  [
    'a verification that no reply comes to',
    `fetch: async () => { throw Object.assign(new Error('x'), { code: 'ECONNREFUSED' }); }`,
    'verify()',
    'KLING_NETWORK',
  ],
  ['a provider that answers', `credentials: ${later('pair')}`, 'getToken()'],
  [
    'a provider that fails',
    `credentials: async () => { throw new Error('no'); }, onError: () => {}`,
    'getToken()',
    'KLING_PROVIDER_FAILED',
  ],
  [
    'a provider that answers nonsense',
    `credentials: ${later('7')}, onError: () => {}`,
    'ready()',
    'KLING_PROVIDER_FAILED',
  ],
].map(([what, options, member, outcome = 'fulfilled']) => [
  what,
  `new KlingAuth({ ${options.startsWith('cred') ? '' : '...pair, '}onRefresh() {}, ${options} }).${member}`,
  outcome,
])) {
  test(`${what}: nothing is loaded in a later turn`, () => {
    const seen = watched(`() => watch(() => ${call})`);
    assert.deepEqual({ ...seen, during: undefined }, { during: undefined, later: [], outcome });
  });
}

test('a delivery loads nothing in a later turn', () => {
  const { later: loaded, outcome } = watched(`() => {
    const { fetchWebhook } = require('kling-auth/webhook');
    const webhook = new KlingWebhook('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
    const handle = fetchWebhook(() => new Response(), { webhook });
    return watch(() => handle(new Request('http://localhost/', { method: 'POST', body: '{}' })));
  }`);
  assert.deepEqual([loaded, outcome], [[], 'fulfilled']);
});

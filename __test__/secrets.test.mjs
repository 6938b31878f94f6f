import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runJson } from './helpers/run.mjs';

// The secret is put together at run time, so that it stands in no source text of the child.
const PLANT = `
  const marker = ['recog', 'nisable'].join('');
  const secret = () => ['sk', marker, 'secret', 'X'.repeat(20)].join('-');
  const { KlingAuth, generateKlingToken, decodeKlingToken, verifyKlingToken } = require('./index.js');`;

const SNAPSHOT = `
  const snapshot = async () => {
    for (let i = 0; i < 5; i++) { gc(); await new Promise(setImmediate); }
    const folder = require('node:fs').mkdtempSync(require('node:path').join(require('node:os').tmpdir(), 'kling-auth-'));
    const file = require('node:v8').writeHeapSnapshot(folder + '/snapshot.heapsnapshot');
    const text = require('node:fs').readFileSync(file, 'latin1');
    require('node:fs').rmSync(folder, { recursive: true });
    return text;
  };`;

test('a heap snapshot shows neither secret nor token', () => {
  const found = runJson(
    `${PLANT} ${SNAPSHOT}
    globalThis.kept = [];
    (function () {
      process.env.KLING_ACCESS_KEY = 'ak'; process.env.KLING_SECRET_KEY = secret();
      kept.push(new KlingAuth('ak', secret()), new KlingAuth({ accessKey: 'ak', secretKey: secret() }), new KlingAuth());
      delete process.env.KLING_SECRET_KEY;
      for (const auth of kept) { auth.token; auth.headers; auth.refresh(); auth.token; }
      generateKlingToken({ accessKey: 'ak', secretKey: secret() });
    })();
    (async () => {
      await Promise.all(kept.map((auth) => auth.getToken()));
      const text = await snapshot();
      // Control: what the program itself holds is found, so the search works.
      globalThis.held = ['held', marker, 'by-the-program'].join('-');
      const control = await snapshot();
      console.log(JSON.stringify({
        secret: text.includes(marker + '-secret'),
        token: text.includes(['eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9', 'eyJ'].join('.')),
        control: control.includes('held-' + marker),
        alive: kept.every((auth) => auth.token.length > 100),
      }));
    })();`,
    { flags: ['--expose-gc'] },
  );
  assert.deepEqual(found, { secret: false, token: false, control: true, alive: true });
});

test('no printout and no error shows secret or token', () => {
  const { texts, marker, tokens } = runJson(`${PLANT}
    const { format, inspect } = require('node:util');
    const auth = new KlingAuth('ak', secret());
    const tokens = [auth.token];
    const deep = { depth: 9, showHidden: true, getters: true, showProxy: true };
    const show = (value) => [
      inspect(value), inspect(value, deep), inspect(value, { ...deep, customInspect: false, getters: false }), format('%o %O %j %s', value, value, value, value),
      JSON.stringify(value), String(value), JSON.stringify({ ...value }), JSON.stringify(Object.entries(value)),
      JSON.stringify(Object.getOwnPropertyDescriptors(value)), ...[structuredClone, require('node:v8').serialize].map((clone) => { try { return inspect(clone(value)); } catch (error) { return inspect(error, deep); } }),
    ];
    const texts = show(auth);
    const s = secret();
    const attempts = [
      ...[s + ' ', s + '\\n', '"' + s + '"', s + '\\0', s + '…', s + '****', s + '\\ud800', [s], { s }, Buffer.from(s)].flatMap((bad) => [
        () => new KlingAuth('ak', bad), () => new KlingAuth(bad, 'sk'), () => generateKlingToken({ accessKey: 'ak', secretKey: bad }),
        () => new KlingAuth({ env: { KLING_ACCESS_KEY: 'ak', KLING_SECRET_KEY: bad } }), () => verifyKlingToken(auth.token, bad),
      ]),
      () => new KlingAuth(s, s), () => new KlingAuth(s), () => generateKlingToken(s), () => new KlingAuth('ak', s, s), () => new KlingAuth({ accessKey: 'ak', secretKey: s, ttlSec: s }),
      () => decodeKlingToken('Bearer ' + auth.token), () => decodeKlingToken(s), () => auth.invalidate([auth.token]), () => verifyKlingToken([auth.token], s),
    ];
    for (const attempt of attempts) {
      try { attempt(); texts.push('no error'); } catch (error) { texts.push(error.message, error.stack, inspect(error, deep), JSON.stringify(error)); }
    }
    if (Symbol.dispose) { auth[Symbol.dispose](); texts.push(...show(auth)); }
    console.log(JSON.stringify({ texts, marker, tokens }));`);
  assert.ok(texts.length > 200);
  assert.ok(!texts.includes('no error'));
  for (const text of texts) {
    assert.ok(!text?.includes(marker), text);
    for (const token of tokens) assert.ok(!text?.includes(token.split('.')[2]), text);
  }
});

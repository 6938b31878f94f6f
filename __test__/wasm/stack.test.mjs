// The end of the stack within the module is the end of the module, so nothing that the module calls
// may come near it. V8 throws at the entry of a function that it has yet to compile unless 40 KiB are
// left, and it may throw away the code of any function that was not called for a while: each import
// must find that room. Run by test:wasm.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';

/** What the module has called, and what of it had too little room. */
const called = new Set();
const cramped = new Set();
let functions = 0;

/** @param {string} name */
function visit(name) {
  called.add(name);
  try {
    // The inner function is one that V8 has never compiled.
    new Function(`return () => ${++functions}`)()();
  } catch {
    cramped.add(name);
  }
}

/** The names of all imports. */
let imports;
const { Instance } = WebAssembly;
WebAssembly.Instance = class extends Instance {
  constructor(module, { js }) {
    imports = Object.keys(js);
    const visited = Object.entries(js).map(([name, answer]) => [
      name,
      (...numbers) => {
        visit(name);
        return answer(...numbers);
      },
    ]);
    super(module, { js: Object.fromEntries(visited) });
  }
};

const { REFUSED, WORKS } = await import('../helpers/surface.mjs');
const require = createRequire(import.meta.url);
const { KlingAuth, KlingWebhook } = require('../../index.js');
const { checkOptions } = require('../../lib/check.js');
const webhook = new KlingWebhook('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');

const CALLS = [
  ...Object.entries(WORKS).map(([name, call]) => [name, 'nothing', call]),
  ...Object.entries(REFUSED).map(([name, [code, call]]) => [name, code, call]),
  ['a body of bytes', 'nothing', () => webhook.sign('id', 1614265330, new Uint8Array(3))],
  ['a date', 'nothing', () => checkOptions('options', { at: new Date(0) }, { at: 'date' })],
  [
    'a file that is missing',
    'KLING_UNREADABLE_FILE',
    () => new KlingAuth({ env: { KLING_API_KEY_FILE: '/nowhere/key' } }),
  ],
];

/** Thrown to get up as fast as possible. */
const UP = Symbol('up');

/** What a call ends with that is tried at every depth on the way back from the end of the stack. */
function endsNearTheEnd(call, last) {
  const seen = new Set();
  const dive = () => {
    try {
      dive();
    } catch (error) {
      if (error === UP) throw error;
      // The end.
    }
    let end = 'nothing';
    try {
      call();
    } catch (error) {
      end = error.code ?? `${error.name}: ${error.message}`;
    }
    seen.add(end);
    if (end === last) throw UP;
  };
  assert.throws(dive, (error) => error === UP, `never ends with ${last}`);
  seen.delete('RangeError: Maximum call stack size exceeded');
  return [...seen];
}

test('near the end of the stack, what the module calls can still be compiled', () => {
  // Optimized code takes less of the stack.
  for (let i = 0; i < 20_000; i++) WORKS.clockSkewSec();
  for (const [name, end, call] of CALLS) {
    assert.deepEqual(endsNearTheEnd(call, end), [end], name);
    assert.deepEqual([...cramped], [], name);
  }
  // Nothing here makes the module run out of memory.
  const expected = imports.filter((name) => name !== 'out_of_memory');
  assert.deepEqual([...called].sort(), expected.sort());
});

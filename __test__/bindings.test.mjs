// Both bindings offer the same: what the addon has, WebAssembly has too.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';

const require = createRequire(import.meta.url);

test('every class and method of native.d.ts is there on WebAssembly, and no other', () => {
  const { readFileSync } = require('node:fs');
  const typings = readFileSync(new URL('../native.d.ts', import.meta.url), 'utf8');
  const { wasmNative } = require('../lib/loader/wasm.js');
  const native = wasmNative(() => assert.fail('nothing is called'));
  const declared = [...typings.matchAll(/^export declare (?:class|const|function) (\w+)/gm)];
  assert.deepEqual(declared.map(([, name]) => name).sort(), Object.keys(native).sort());
  for (const [, name, body] of typings.matchAll(/^export declare class (\w+) \{\n(.*?)^\}/gms)) {
    const methods = [...body.matchAll(/^ {2}(\w+)\(/gm)].map(([, method]) => method);
    const members = Object.getOwnPropertyNames(native[name].prototype);
    assert.deepEqual(
      methods.sort(),
      members.filter((member) => !['tell'].includes(member)).sort(),
      name,
    );
  }
});

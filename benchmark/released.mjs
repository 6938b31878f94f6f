// The package as it is released, which is what is measured: the JavaScript as it is published, the binary
// as it is built for Linux x64. Elsewhere, and with KLING_BENCH=source, the clone itself.
import { rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { unpackInto } from '../scripts/install/consumer.mjs';
import { pack } from '../scripts/lib/pack.mjs';
import { binaries, buildReleased } from '../scripts/lib/released.mjs';
import { root } from '../scripts/lib/sh.mjs';

/** Where `require('kling-auth')` finds it, and the packages it is compared with. */
export const folder = prepare();

const load = createRequire(join(folder, 'package.json'));

export const { KlingAuth, KlingWebhook } = load('kling-auth');
export const { startKlingSandbox } = load('kling-auth/sandbox');

function prepare() {
  const isSource = process.env.KLING_BENCH === 'source';
  if (isSource || process.platform !== 'linux' || process.arch !== 'x64') return root;
  const folder = join(root, 'target', 'bench');
  // A child process finds what its parent has put there.
  if (process.env.KLING_BENCH === 'ready') return folder;
  buildReleased();
  const { main, platforms } = pack(binaries, join(root, 'target', 'bench-packages'), {
    placeholders: true,
  });
  rmSync(folder, { recursive: true, force: true });
  unpackInto(folder, {
    'kling-auth': main,
    'kling-auth-linux-x64-gnu': platforms['linux-x64-gnu'],
  });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  process.env.KLING_BENCH = 'ready';
  return folder;
}

// A Next.js app, built by both its bundlers, whose routes and middleware sign tokens. Linux x64.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { join } from 'node:path';
import { serveWithNext } from './install/next.mjs';
import { pack } from './lib/pack.mjs';
import { binaries, buildReleased } from './lib/released.mjs';
import { note, scratch, step } from './lib/steps.mjs';

const work = scratch('next');

const { main, platforms } = await step('the packages', () => {
  buildReleased();
  return pack(binaries, join(work, 'packages'), { placeholders: true });
});
await step('Next.js, standalone output of both its bundlers', async () => {
  const tarballs = { 'kling-auth': main, 'kling-auth-linux-x64-gnu': platforms['linux-x64-gnu'] };
  const asked = await serveWithNext(join(work, 'next'), tarballs, (token) => {
    const [head, claims, signature] = token.split('.');
    const hmac = createHmac('sha256', 'sk-0123456789').update(`${head}.${claims}`);
    assert.equal(signature, hmac.digest('base64url'));
  });
  note(`turbopack and webpack: ${asked.join(', ')}`);
});

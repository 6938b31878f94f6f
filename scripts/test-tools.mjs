// The packed package inside the tools that its users run: test runners, bundlers, frameworks, and what
// holds permissions back. Linux x64. The binary is that of the development build.
import { join } from 'node:path';
import { runKlingApi } from './inside/clients.mjs';
import { runJest } from './inside/jest.mjs';
import { buildNext } from './inside/next.mjs';
import {
  countListeners,
  runMocks,
  runOnDeno,
  runServerless,
  runUnderValgrind,
  runWithPermissions,
} from './inside/node.mjs';
import { makeOneFile } from './inside/one-file.mjs';
import { compileTypes } from './inside/types.mjs';
import { runVitest } from './inside/vitest.mjs';
import { pack } from './lib/pack.mjs';
import { root } from './lib/sh.mjs';
import { note, scratch, step } from './lib/steps.mjs';
import { npmTools, userTools } from './lib/tools.mjs';

const only = process.argv[2];
/** Steps whose name contains the argument, or all. */
const part = async (name, work) => {
  if (only === undefined || name.includes(only)) return step(name, work);
};

await step('tools', () => {
  npmTools();
  userTools();
});
const tarballs = await step('the packages', () => {
  const { main, platforms } = pack(root, join(root, 'target', 'inside'), { placeholders: true });
  return { 'kling-auth': main, 'kling-auth-linux-x64-gnu': platforms['linux-x64-gnu'] };
});

await part('jest', () => note(runJest(tarballs).join('; ')));
await part('vitest', () => note(runVitest(tarballs).join('; ')));
const folder = await step('sinon, and the mocks of node:test', () => runMocks(tarballs));
await part('Express behind serverless-http, node-mocks-http', () => runServerless(folder));
await part('one listener for a signal', () => countListeners(folder));
await part('node --permission', () => runWithPermissions(folder));
await part('Deno', () => runOnDeno(folder));
await part("kling-api, a client of others'", () => note(runKlingApi(tarballs)));
await part('valgrind', () => runUnderValgrind(folder));
await part('one file', () => note(makeOneFile(tarballs, scratch('one-file')).join('; ')));
await part('typings', () => note(compileTypes(tarballs).join('; ')));
await part('Next.js without a secret', async () => note((await buildNext(tarballs)).join('; ')));

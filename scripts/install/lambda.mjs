// What a deployment tool puts into a function's archive: traced with @vercel/nft, run elsewhere.
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { capture } from '../lib/sh.mjs';
import { node, npmTools } from '../lib/tools.mjs';

const HANDLER = `import { KlingAuth, verifyKlingToken } from 'kling-auth';

const auth = new KlingAuth();

export const handler = async () => {
  const { valid } = verifyKlingToken(auth.token, process.env.KLING_SECRET_KEY);
  return { statusCode: valid ? 200 : 500 };
};
`;

const INVOKE = `const start = process.hrtime.bigint();
const { handler } = await import('./handler.mjs');
const { statusCode } = await handler();
const ms = Number(process.hrtime.bigint() - start) / 1e6;
console.log(JSON.stringify({ statusCode, ms }));
`;

/** @returns {Promise<string>} what was measured */
export async function traceLambda(project, folder) {
  writeFileSync(join(project, 'handler.mjs'), HANDLER);
  const { nodeFileTrace } = createRequire(join(npmTools(), 'package.json'))('@vercel/nft');
  const { fileList } = await nodeFileTrace([join(project, 'handler.mjs')], {
    base: project,
    processCwd: project,
  });
  const files = [...fileList].sort();
  assert.ok(
    files.includes('node_modules/kling-auth-linux-x64-gnu/kling-auth.linux-x64-gnu.node'),
    files.join('\n'),
  );

  const task = join(folder, 'task');
  for (const file of files) {
    mkdirSync(join(task, file, '..'), { recursive: true });
    cpSync(join(project, file), join(task, file));
  }
  const archive = join(folder, 'function.zip');
  capture('python3', ['-m', 'zipfile', '-c', archive, ...readdirSync(task)], { cwd: task });

  const unpacked = join(folder, 'var-task');
  mkdirSync(unpacked);
  capture('python3', ['-m', 'zipfile', '-e', archive, unpacked]);
  writeFileSync(join(unpacked, 'invoke.mjs'), INVOKE);
  const env = { KLING_ACCESS_KEY: 'ak-0123456789', KLING_SECRET_KEY: 'sk-0123456789' };
  const cold = Array.from({ length: 15 }, () => {
    const { statusCode, ms } = JSON.parse(
      capture(node(22), ['invoke.mjs'], { cwd: unpacked, env }),
    );
    assert.equal(statusCode, 200);
    return ms;
  }).sort((a, b) => a - b);
  const [best, median] = [cold[0], cold[7]].map((ms) => ms.toFixed(1));
  return `${files.length} files, zip of ${statSync(archive).size} bytes; import and first token on Node.js 22: ${median} ms (best ${best})`;
}

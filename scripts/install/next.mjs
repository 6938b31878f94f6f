// A Next.js app that returns tokens, as standalone output, run elsewhere: from a route in Node.js, where the
// addon makes them, and from a route and a middleware in the edge runtime, where WebAssembly does.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../__test__/helpers/port.mjs';
import { capture, cleanEnv } from '../lib/sh.mjs';
import { node } from '../lib/tools.mjs';
import { unpackInto } from './consumer.mjs';

const FILES = {
  'package.json': JSON.stringify({
    name: 'next-consumer',
    version: '1.0.0',
    private: true,
    dependencies: { next: '16.4.6', react: '19.3.1', 'react-dom': '19.3.1' },
  }),
  'next.config.mjs': `export default {
  output: 'standalone',
  serverExternalPackages: ['kling-auth'],
  outputFileTracingRoot: import.meta.dirname,
  turbopack: { root: import.meta.dirname },
};
`,
  'app/layout.js': `export default function Layout({ children }) {
  return <html lang="en"><body>{children}</body></html>;
}
`,
  'app/api/token/route.js': `import { KlingAuth } from 'kling-auth';

export const dynamic = 'force-dynamic';

export function GET() {
  return Response.json({ token: new KlingAuth().token });
}
`,
  'app/api/edge/route.js': `import { KlingAuth } from 'kling-auth';

export const runtime = 'edge';

export function GET() {
  return Response.json({ token: new KlingAuth().token, runtime: globalThis.EdgeRuntime });
}
`,
  'middleware.js': `import { generateKlingToken } from 'kling-auth';

export const config = { matcher: '/api/middleware' };

export function middleware() {
  return Response.json({ token: generateKlingToken(), runtime: globalThis.EdgeRuntime });
}
`,
};

/** Where each token comes from, and whether that is the edge runtime. */
const PATHS = { '/api/token': false, '/api/edge': true, '/api/middleware': true };

/**
 * @param {Record<string, string>} tarballs by package name
 * @param {(token: string) => void} verify
 * @returns {Promise<string[]>} what was asked
 */
export async function serveWithNext(folder, tarballs, verify) {
  for (const [name, content] of Object.entries(FILES)) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  const env = { NEXT_TELEMETRY_DISABLED: '1' };
  capture('npm', ['install', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error'], {
    cwd: folder,
  });
  unpackInto(folder, tarballs);
  for (const builder of ['--turbopack', '--webpack']) {
    rmSync(join(folder, '.next'), { recursive: true, force: true });
    capture(node(22), ['node_modules/next/dist/bin/next', 'build', builder], { cwd: folder, env });
    const elsewhere = `${folder}-standalone${builder}`;
    cpSync(join(folder, '.next', 'standalone'), elsewhere, { recursive: true });
    for (const token of await tokensFrom(elsewhere)) verify(token);
  }
  return Object.keys(PATHS);
}

async function tokensFrom(folder) {
  const port = await freePort();
  const server = spawn(node(22), ['server.js'], {
    cwd: folder,
    env: cleanEnv({
      PORT: String(port),
      HOSTNAME: '127.0.0.1',
      KLING_ACCESS_KEY: 'ak-0123456789',
      KLING_SECRET_KEY: 'sk-0123456789',
    }),
    stdio: 'ignore',
  });
  try {
    const tokens = [];
    for (const [path, isEdge] of Object.entries(PATHS)) {
      const response = await answer(`http://127.0.0.1:${port}${path}`, server);
      const body = await response.text();
      assert.equal(response.status, 200, `${path}: ${body}`);
      const { token, runtime } = JSON.parse(body);
      assert.equal(runtime === 'edge-runtime', isEdge, `${path} ran in ${runtime ?? 'Node.js'}`);
      tokens.push(token);
    }
    return tokens;
  } finally {
    server.kill();
    await once(server, 'exit');
  }
}

async function answer(url, server) {
  for (let attempt = 0; attempt < 300 && server.exitCode === null; attempt++) {
    try {
      return await fetch(url);
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  throw new Error('the Next.js server did not answer within 30 s');
}

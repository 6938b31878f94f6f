// A Next.js app with a route that returns a token, as standalone output, run elsewhere.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
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
};

/**
 * @param {Record<string, string>} tarballs by package name
 * @param {(token: string) => void} verify
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
    verify(await tokenFrom(elsewhere));
  }
}

async function tokenFrom(folder) {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
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
    for (let attempt = 0; attempt < 300 && server.exitCode === null; attempt++) {
      try {
        const response = await fetch(`http://127.0.0.1:${port}/api/token`);
        assert.equal(response.status, 200);
        return (await response.json()).token;
      } catch (error) {
        if (error.code === 'ERR_ASSERTION') throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error('the Next.js server did not answer within 30 s');
  } finally {
    server.kill();
    await once(server, 'exit');
  }
}

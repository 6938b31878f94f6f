// A registry on this machine's loopback that holds nothing but what is published to it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../__test__/helpers/port.mjs';
import { capture, cleanEnv } from './sh.mjs';
import { node, npmProgram } from './tools.mjs';

/**
 * Starts it and publishes the tarballs.
 *
 * @param {string} folder A folder of its own; it is emptied.
 * @param {string[]} tarballs
 * @returns {Promise<{ url: string, npmrc: string, stop: () => Promise<void> }>}
 */
export async function startRegistry(folder, tarballs) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/`;
  const config = join(folder, 'config.yaml');
  const npmrc = join(folder, 'npmrc');
  writeFileSync(
    config,
    `storage: ${join(folder, 'storage')}
packages:
  '**':
    access: $all
    publish: $all
log: { type: file, path: ${join(folder, 'log')}, level: warn }
`,
  );
  writeFileSync(
    npmrc,
    `registry=${url}\n//127.0.0.1:${port}/:_authToken=none\naudit=false\nfund=false\nupdate-notifier=false\n`,
  );

  const output = openSync(join(folder, 'output'), 'w');
  const server = spawn(
    node(22),
    [npmProgram('verdaccio'), '--config', config, '--listen', `127.0.0.1:${port}`],
    {
      cwd: folder,
      env: cleanEnv(),
      stdio: ['ignore', output, output],
    },
  );
  const ended = once(server, 'exit');
  const stop = async () => {
    server.kill();
    await ended;
  };
  try {
    await answering(`${url}-/ping`, server);
    for (const tarball of tarballs) {
      capture('npm', ['publish', tarball, '--ignore-scripts', '--silent'], {
        cwd: folder,
        env: { NPM_CONFIG_USERCONFIG: npmrc },
      });
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, npmrc, stop };
}

async function answering(url, server) {
  for (let attempt = 0; attempt < 300 && server.exitCode === null; attempt++) {
    try {
      if ((await fetch(url)).ok) return;
    } catch {
      // not listening yet
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${url} did not answer within 30 s`);
}

// What auth.fetch adds to the platform's fetch: a request to a server on loopback, in a process of
// its own so that it does not share the event loop.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { summary, table } from './measure.mjs';
import { KlingAuth } from './released.mjs';

const SERVER = `
  const body = JSON.stringify({ code: 0, message: 'SUCCEED', request_id: 'r', data: [] });
  const server = require('node:http').createServer((request, response) => {
    request.resume();
    response.setHeader('Content-Type', 'application/json');
    response.end(body);
  });
  server.listen(0, '127.0.0.1', () => process.send(server.address().port));
  process.on('disconnect', () => process.exit());
`;

export async function run() {
  const server = spawn(process.execPath, ['-e', SERVER], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  try {
    const [port] = await once(server, 'message');
    const baseUrl = `http://127.0.0.1:${port}`;
    const auth = new KlingAuth({ accessKey: 'ak', secretKey: 'sk', baseUrl });
    const url = `${baseUrl}/v1/videos/text2video`;
    const Authorization = auth.headers.Authorization;
    const post = { method: 'POST', body: JSON.stringify({ prompt: 'a cat' }) };
    const json = { 'Content-Type': 'application/json' };
    const text = async (response) => (await response).text();

    const get = await alternate({
      fetch: () => text(fetch(url, { headers: { Authorization } })),
      'auth.fetch': () => text(auth.fetch('/v1/videos/text2video')),
    });
    const posted = await alternate({
      fetch: () => text(fetch(url, { ...post, headers: { ...json, Authorization } })),
      'auth.fetch': () => text(auth.fetch('/v1/videos/text2video', { ...post, headers: json })),
    });
    return [
      table('GET to a server on loopback', get, 'fetch', 'µs'),
      table('POST to a server on loopback', posted, 'fetch', 'µs'),
    ];
  } finally {
    server.kill();
  }
}

/**
 * Single requests in turn, rather than rounds of them: what slows a machine lasts longer than one.
 *
 * @param {Record<string, () => Promise<unknown>>} alternatives
 */
async function alternate(alternatives) {
  const entries = Object.entries(alternatives).map(([name, run]) => ({ name, run, us: [] }));
  for (let i = 0; i < 6000; i++) {
    for (const { run, us } of i % 2 ? entries : [...entries].reverse()) {
      const start = process.hrtime.bigint();
      await run();
      // The first ones warm up the compiler and the connection.
      if (i >= 1000) us.push(Number(process.hrtime.bigint() - start) / 1e3);
    }
  }
  return Object.fromEntries(entries.map(({ name, us }) => [name, summary(us)]));
}

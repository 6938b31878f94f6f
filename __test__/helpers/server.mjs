// Servers on loopback, for the platform's real fetch to talk to.
import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';

/**
 * @param {import('node:test').TestContext} t
 * @param {(request: { method: string, url: string, headers: Record<string, string>, body: string }, response: import('node:http').ServerResponse) => void} handle
 */
export async function serve(t, handle) {
  const requests = [];
  const server = createServer(async (incoming, response) => {
    const chunks = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const { method, url, headers } = incoming;
    const request = { method, url, headers, body: Buffer.concat(chunks).toString() };
    requests.push(request);
    handle(request, response);
  });
  server.keepAliveTimeout = 0; // on a busy machine it would end a connection with a request on its way
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address();
  return { url: `http://127.0.0.1:${port}`, port, requests };
}

export function reply(response, status, body, headers = {}) {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

export const PAIR = { accessKey: 'ak-loopback', secretKey: 'sk-loopback' };

/** The claims of a bearer token that `PAIR` signed, checked with Node's own HMAC. */
export function claimsOf(authorization) {
  const [, head, claims, signature] =
    /^Bearer ([\w-]+)\.([\w-]+)\.([\w-]+)$/.exec(authorization ?? '') ?? [];
  const expected = createHmac('sha256', PAIR.secretKey).update(`${head}.${claims}`);
  if (expected.digest('base64url') !== signature) return undefined;
  return JSON.parse(Buffer.from(claims, 'base64url').toString());
}

/** The code that Kling answers a bearer token with, by the clock `now` in seconds. */
export function judge(authorization, now) {
  const claims = claimsOf(authorization);
  if (!claims) return 1002;
  return now < claims.nbf ? 1003 : now >= claims.exp ? 1004 : 0;
}

/**
 * Kling as far as tokens go: judges them by its own clock, `aheadSec` from the local one.
 *
 * @param {import('node:test').TestContext} t
 * @param {{ aheadSec?: number, headers?: Record<string, string> }} [options]
 */
export function serveKling(t, { aheadSec = 0, headers = {} } = {}) {
  return serve(t, (request, response) => {
    const now = Math.floor(Date.now() / 1000) + aheadSec;
    const code = judge(request.headers.authorization, now);
    const body = { code, message: code === 0 ? 'SUCCEED' : 'refused', request_id: 'r-1' };
    const date = new Date(now * 1000).toUTCString();
    reply(response, code === 0 ? 200 : 401, body, { date, ...headers });
  });
}

// 1,000 requests of auth.fetch aborted at random moments, from waiting for the provider to reading the
// body: no unhandled rejection, no listener and no connection is left.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises';

const { KlingAuth } = createRequire(import.meta.url)('../../index.js');

const COUNT = 1_000;
/** At a time. */
const TOGETHER = 50;
/** What the server and the provider take at most for a step. */
const STEP_MS = 8;

const unhandled = [];
process.on('unhandledRejection', (reason) => unhandled.push(reason));

const step = (value) => pause(Math.random() * STEP_MS, value);
const sockets = new Set();
const server = createServer(async (request, response) => {
  request.resume();
  await step();
  const refused = Math.random() < 0.3;
  response.writeHead(refused ? 401 : 200, { 'Content-Type': 'application/json' });
  response.write('{"code":');
  await step();
  response.end(refused ? '1004,"message":"Authorization token has expired"}' : '0}');
});
server.on('connection', (socket) => {
  sockets.add(socket);
  socket.on('close', () => sockets.delete(socket));
});
await once(server.listen(0, '127.0.0.1'), 'listening');
const baseUrl = `http://127.0.0.1:${server.address().port}`;

/** An AbortController whose signal counts its listeners. */
function counted() {
  const controller = new AbortController();
  const { signal } = controller;
  const listeners = new Set();
  for (const [name, change] of [
    ['addEventListener', 'add'],
    ['removeEventListener', 'delete'],
  ]) {
    const method = signal[name];
    signal[name] = (type, listener, options) => {
      // What the platform's fetch and streams hang on is theirs, and weak.
      if (new Error().stack.includes('/lib/abort.js')) listeners[change](listener);
      return method.call(signal, type, listener, options);
    };
  }
  return { controller, listeners };
}

const outcomes = { aborted: 0, done: 0 };

/** @param {number} longest What is waited at most before it is aborted, in milliseconds. */
async function request(longest) {
  const auth = new KlingAuth({
    baseUrl,
    credentials: () => step({ accessKey: 'ak', secretKey: 'sk' }),
  });
  const { controller, listeners } = counted();
  const reason = new Error('enough');
  const timer = setTimeout(() => controller.abort(reason), Math.random() * longest);
  try {
    const { signal } = controller;
    const response = await auth.fetch('/v1/videos/text2video', {
      method: 'POST',
      body: '{}',
      signal,
    });
    await response.text();
    outcomes.done++;
  } catch (error) {
    assert.equal(error, reason);
    outcomes.aborted++;
  }
  clearTimeout(timer);
  assert.equal(listeners.size, 0, 'a listener was left on the signal');
}

const together = (longest) => Promise.all(Array.from({ length: TOGETHER }, () => request(longest)));
// What a machine as busy as this one takes, so that about as many are aborted as are done.
await together(600_000);
outcomes.done = 0;
const start = performance.now();
await together(600_000);
const longest = performance.now() - start;
outcomes.done = 0;
for (let i = 0; i < COUNT; i += TOGETHER) await together(longest);
await turn();
// Those that wait for another request are closed by the server; none may be in the middle of one.
server.closeIdleConnections?.();
for (let i = 0; i < 500 && sockets.size > 0; i++) await pause(10);
console.log(
  `${COUNT} requests: ${outcomes.aborted} aborted, ${outcomes.done} done; ${unhandled.length} unhandled rejections, ${sockets.size} connections left`,
);
assert.deepEqual(unhandled, []);
assert.equal(sockets.size, 0, 'connections are left');
server.close();

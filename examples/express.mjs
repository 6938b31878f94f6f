// A service that submits a task and is asked for it until it is done, for longer than any token
// lives. Simulated time: every poll comes a minute after the one before.
import { once } from 'node:events';
import express from 'express';
import { explainKlingReply, KlingAuth } from 'kling-auth';
import { startKlingSandbox } from 'kling-auth/sandbox';

let minutes = 0;
const now = () => Date.now() + minutes * 60_000; // for this demonstration only
const sandbox = await startKlingSandbox({ now, taskSec: 100 * 60 }); // a stand-in for Kling
const auth = new KlingAuth({ env: sandbox.env, now }); // in a real service: new KlingAuth()

const app = express();
app.use(express.json());

app.post('/videos', async (request, response) => {
  await passOn(response, '/v1/videos/text2video', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ prompt: request.body.prompt }),
  });
});

app.get('/videos/:id', async (request, response) => {
  await passOn(response, `/v1/videos/text2video/${encodeURIComponent(request.params.id)}`);
});

async function passOn(response, path, init) {
  const reply = await auth.fetch(path, init);
  const { status, headers } = reply;
  const body = await reply.json();
  const { ok, hint, retryable } = explainKlingReply({ status, headers, body });
  response.status(status).json(ok ? body.data : { hint, retryable });
}

const server = app.listen(0, '127.0.0.1');
await once(server, 'listening');
const origin = `http://127.0.0.1:${server.address().port}`;

const created = await fetch(`${origin}/videos`, {
  method: 'POST',
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify({ prompt: 'a paper boat' }),
});
let task = await created.json();
while (task.task_status !== 'succeed') {
  minutes += 1;
  task = await (await fetch(`${origin}/videos/${task.task_id}`)).json();
}
console.log(`${task.task_status} after ${minutes} min`);

server.close();
await sandbox.close();
export const { requests } = sandbox;

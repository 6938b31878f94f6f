// An AWS Lambda handler. What stands outside the handler survives from one invocation to the next,
// but the process is frozen in between: no timer runs, and the clock has jumped when it thaws.
import { KlingAuth } from 'kling-auth';
import { startKlingSandbox } from 'kling-auth/sandbox';

let frozenMs = 0;
const now = () => Date.now() + frozenMs; // for this demonstration only
const sandbox = await startKlingSandbox({ now }); // a stand-in for Kling
const auth = new KlingAuth({ env: sandbox.env, now }); // in a real function: new KlingAuth()

export async function handler(event) {
  const reply = await auth.fetch('/v1/videos/text2video', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ prompt: event.prompt }),
  });
  const { data } = await reply.json();
  return { statusCode: reply.status, body: JSON.stringify(data) };
}

for (const minutes of [0, 50, 10]) {
  frozenMs += minutes * 60_000;
  const { statusCode } = await handler({ prompt: 'a paper boat' });
  console.log(`frozen for ${minutes} min, then ${statusCode}`);
}

await sandbox.close();
export const { requests } = sandbox;

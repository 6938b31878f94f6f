// OpenAI's client takes a function for its key and asks it before every request, so it can talk to
// anything that wants a short-lived bearer token.
import { KlingAuth } from 'kling-auth';
import { startKlingSandbox } from 'kling-auth/sandbox';
import OpenAI from 'openai';

const sandbox = await startKlingSandbox(); // a stand-in for Kling
const auth = new KlingAuth({ env: sandbox.env }); // with an account of your own: new KlingAuth()

const client = new OpenAI({
  baseURL: sandbox.url,
  apiKey: async () => (await auth.getToken()).token,
});

const created = await client.post('/v1/videos/text2video', { body: { prompt: 'a paper boat' } });
let task = created.data;
while (task.task_status !== 'succeed') {
  task = (await client.get(`/v1/videos/text2video/${task.task_id}`)).data;
  console.log(task.task_status);
}

await sandbox.close();
export const { requests } = sandbox;

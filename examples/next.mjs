// Calls the route handler in next-route.mjs as Next.js does.
import { startKlingSandbox } from 'kling-auth/sandbox';

const sandbox = await startKlingSandbox(); // a stand-in for Kling
Object.assign(process.env, sandbox.env);
const route = await import('./next-route.mjs');

const url = 'http://localhost:3000/api/videos';
const body = JSON.stringify({ prompt: 'a paper boat' });
const created = await route.POST(new Request(url, { method: 'POST', body }));
const { task_id: id } = await created.json();
for (let i = 0; i < 2; i++) {
  const response = await route.GET(new Request(`${url}?id=${id}`));
  console.log(response.status, (await response.json()).task_status);
}
const unknown = await route.GET(new Request(`${url}?id=../costs`));
console.log(unknown.status, (await unknown.json()).message);

await sandbox.close();
export const { requests } = sandbox;

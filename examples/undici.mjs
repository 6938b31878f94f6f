// A dispatcher that adds the token, for everything that goes through undici; and auth.fetch with a
// dispatcher of one's own, for proxies, pools and timeouts.
import { KlingAuth } from 'kling-auth';
import { startKlingSandbox } from 'kling-auth/sandbox';
import { Agent, request, fetch as undiciFetch } from 'undici';

const sandbox = await startKlingSandbox(); // a stand-in for Kling
const agent = new Agent({ connections: 2, headersTimeout: 10_000 });

// The dispatcher and the fetch that is given it must come from the same undici.
const auth = new KlingAuth({ env: sandbox.env, fetch: undiciFetch });

const withToken = (dispatch) => (options, handler) => {
  const headers = { ...options.headers, authorization: `Bearer ${auth.token}` };
  return dispatch({ ...options, headers }, handler);
};

const { statusCode, body } = await request(`${sandbox.url}/v1/videos/text2video`, {
  dispatcher: agent.compose(withToken),
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ prompt: 'a paper boat' }),
});
const { data } = await body.json();
console.log(statusCode, data.task_status);

const response = await auth.fetch(`/v1/videos/text2video/${data.task_id}`, { dispatcher: agent });
console.log(response.status, (await response.json()).data.task_status);

await agent.close();
await sandbox.close();
export const { requests } = sandbox;

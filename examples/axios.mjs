// An interceptor gives every request of an axios instance a token that is good.
import axios from 'axios';
import { KlingAuth } from 'kling-auth';
import { startKlingSandbox } from 'kling-auth/sandbox';

const sandbox = await startKlingSandbox(); // a stand-in for Kling
const auth = new KlingAuth({ env: sandbox.env }); // with an account of your own: new KlingAuth()

const kling = axios.create({ baseURL: sandbox.url });
kling.interceptors.request.use(async (config) => {
  const { token } = await auth.getToken();
  config.headers.set('Authorization', `Bearer ${token}`);
  return config;
});

const created = await kling.post('/v1/videos/text2video', { prompt: 'a paper boat' });
const { task_id: id } = created.data.data;
for (let i = 0; i < 2; i++) {
  const { data } = await kling.get(`/v1/videos/text2video/${id}`);
  console.log(data.data.task_status);
}

await sandbox.close();
export const { requests } = sandbox;

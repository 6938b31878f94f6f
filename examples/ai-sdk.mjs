// A video model for the AI SDK whose token comes from a function, as its providers take their
// headers: asked before every request, so that a long wait for a video outlives no token.
import { experimental_generateVideo as generateVideo } from 'ai';
import { KlingAuth } from 'kling-auth';
import { startKlingSandbox } from 'kling-auth/sandbox';

const sandbox = await startKlingSandbox(); // a stand-in for Kling
const auth = new KlingAuth({ env: sandbox.env }); // with an account of your own: new KlingAuth()

function kling(modelId, { baseURL, token }) {
  const request = async (path, init, signal) => {
    const headers = {
      Authorization: `Bearer ${await token()}`,
      'Content-Type': 'application/json',
    };
    const response = await fetch(`${baseURL}/v1/videos/text2video${path}`, {
      ...init,
      headers,
      signal,
    });
    const { code, message, data } = await response.json();
    if (code !== 0) throw new Error(`Kling answers ${code}: ${message}`);
    return data;
  };
  return {
    specificationVersion: 'v3',
    provider: 'kling',
    modelId,
    maxVideosPerCall: 1,
    async doGenerate({ prompt, aspectRatio, duration, abortSignal }) {
      const order = { model_name: modelId, prompt, aspect_ratio: aspectRatio, duration };
      let task = await request('', { method: 'POST', body: JSON.stringify(order) }, abortSignal);
      while (task.task_status !== 'succeed') {
        if (task.task_status === 'failed') throw new Error(task.task_status_msg);
        task = await request(`/${task.task_id}`, {}, abortSignal);
      }
      return {
        videos: task.task_result.videos.map(({ url }) => ({
          type: 'url',
          url,
          mediaType: 'video/mp4',
        })),
        warnings: [],
        response: { timestamp: new Date(), modelId, headers: {} },
      };
    },
  };
}

const { video } = await generateVideo({
  model: kling('kling-v2-6', {
    baseURL: sandbox.url,
    token: async () => (await auth.getToken()).token,
  }),
  prompt: 'a paper boat',
  duration: 5,
  // The SDK downloads from public hosts only: the sandbox is on this machine.
  download: async ({ url }) => {
    const response = await fetch(url);
    return {
      data: new Uint8Array(await response.arrayBuffer()),
      mediaType: response.headers.get('content-type'),
    };
  },
});
console.log(`${video.mediaType}, ${video.uint8Array.length} bytes`);

await sandbox.close();
export const { requests } = sandbox;

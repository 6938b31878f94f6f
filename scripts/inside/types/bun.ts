// Under Bun's typings `typeof fetch` has a member, which no function of the program's own has.
import { KlingAuth } from 'kling-auth';

export const auth = new KlingAuth({
  accessKey: 'ak-1',
  secretKey: 'sk-1',
  fetch: async (input, init) => fetch(input, init),
});
export const reply: Promise<Response> = auth.fetch('/v1/videos/text2video');

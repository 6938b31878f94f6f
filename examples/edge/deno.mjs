// A server on Deno, and on Deno Deploy, where no addon may be loaded:
// deno run --allow-net --allow-env --allow-read deno.mjs
import { KlingAuth } from 'kling-auth';

const auth = new KlingAuth();

Deno.serve({ port: Number(Deno.env.get('PORT') ?? 8000) }, async () => {
  const { ok, hint } = await auth.verify();
  return Response.json({ ok, hint });
});

// A function in Vercel's edge runtime, which has the environment as process.env.
import { KlingAuth } from 'kling-auth';

export const config = { runtime: 'edge' };

let auth;

export default async function handler() {
  auth ??= new KlingAuth();
  const verification = await auth.verify();
  return Response.json({ ok: verification.ok, hint: verification.hint });
}

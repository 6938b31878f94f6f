// A Worker that scripts/test-edge.mjs asks for all that the package does there.
import {
  decodeKlingToken,
  explainKlingReply,
  generateKlingToken,
  KlingAuth,
  KlingWebhook,
  verifyKlingToken,
} from 'kling-auth';
import { fetchWebhook } from 'kling-auth/webhook';

let calls = 0;
const provided = new KlingAuth({
  async credentials() {
    calls++;
    await new Promise((resolve) => setTimeout(resolve, 10));
    return { accessKey: `AKprovided${calls}`, secretKey: 'SKprovided' };
  },
  env: {},
});

const held = {};

/** Whether a token was signed with the key, by an implementation that is not ours. */
async function isGenuine(token, secret) {
  const encoder = new TextEncoder();
  const [header, claims, signature] = token.split('.');
  const key = await crypto.subtle.importKey(
    'raw',
    encoder.encode(secret),
    { name: 'HMAC', hash: 'SHA-256' },
    false,
    ['verify'],
  );
  const bytes = Uint8Array.from(atob(signature.replaceAll('-', '+').replaceAll('_', '/')), (c) =>
    c.charCodeAt(0),
  );
  return crypto.subtle.verify('HMAC', key, bytes, encoder.encode(`${header}.${claims}`));
}

const routes = {
  async token(env) {
    const auth = new KlingAuth({ env });
    const { token } = auth;
    return {
      genuine: await isGenuine(token, env.KLING_SECRET_KEY),
      verified: verifyKlingToken(token, env.KLING_SECRET_KEY).valid,
      refused: verifyKlingToken(token, 'another secret key').reason,
      claims: decodeKlingToken(token).claims,
      same: auth.token === token && (await auth.getToken()).token === token,
      source: auth.source,
      shown: JSON.stringify(auth),
      generated: await isGenuine(generateKlingToken({ env }), env.KLING_SECRET_KEY),
    };
  },
  'no keys': () => new KlingAuth({ env: {} }),
  'a wrong option': () => new KlingAuth({ accesKey: 'x' }),
  'a file': () => new KlingAuth({ env: { KLING_API_KEY_FILE: '/run/secrets/kling' } }),
  explained: () => explainKlingReply({ status: 401, body: { code: 1003, message: 'x' } }).kind,
  async clock({ base, ...env }) {
    const auth = new KlingAuth({ env, baseUrl: base });
    const response = await auth.fetch('/v1/videos/text2video?pageSize=1');
    const verified = await auth.verify();
    return { status: response.status, ok: verified.ok, skew: auth.clockSkewSec };
  },
  async provider() {
    const tokens = await Promise.all([1, 2, 3].map(() => provided.getToken()));
    return { calls, tokens: new Set(tokens.map(({ token }) => token)).size };
  },
  async failing() {
    const auth = new KlingAuth({ credentials: () => Promise.reject(new Error('mine')), env: {} });
    await auth.getToken();
  },
  async never() {
    const credentials = () => new Promise(() => {});
    await new KlingAuth({ credentials, providerTimeoutMs: 20, env: {} }).getToken();
  },
  disposed(env) {
    const auth = new KlingAuth({ env });
    if (auth.token === '') throw new Error('unreachable');
    // Symbol.dispose is not in every runtime.
    auth[Symbol.dispose ?? Symbol.for('none')]?.();
    return Symbol.dispose ? auth.token : 'no Symbol.dispose';
  },
  hold(env) {
    held.auth = new KlingAuth({ env });
    return held.auth.token;
  },
  held: () => held.auth.token,
  many(env) {
    for (let i = 0; i < 10; i++) new KlingAuth({ env }).token;
    return true;
  },
  none: () => true,
};

const webhook = (env) =>
  fetchWebhook(({ payload }) => Response.json(payload), {
    webhook: new KlingWebhook(null, { env }),
  });

export async function handle(request, env) {
  const { pathname } = new URL(request.url);
  if (pathname === '/webhook') return webhook(env)(request);
  try {
    return Response.json({ value: await routes[decodeURIComponent(pathname.slice(1))](env) });
  } catch ({ name, code, message }) {
    return Response.json({ name, code, message });
  }
}

export default { fetch: handle };

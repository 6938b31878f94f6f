// A sandbox with a clock that stands still, and a way to call it.
import { startKlingSandbox } from '../../lib/sandbox.js';

export const NOW = 1_700_000_000_000;
export const API_KEY = `api-key-kling-${'0123456789'.repeat(4)}abc`;

/** @param {import('node:test').TestContext} t */
export async function start(t, options) {
  const clock = { now: NOW };
  const sandbox = await startKlingSandbox({ apiKey: API_KEY, now: () => clock.now, ...options });
  t.after(() => sandbox.close());
  /** Sends a request with the API Key and takes the reply apart. */
  const call = async (path, json, { method, headers } = {}) => {
    const response = await fetch(new URL(path, sandbox.url), {
      method: method ?? (json === undefined ? 'GET' : 'POST'),
      headers: { authorization: `Bearer ${API_KEY}`, ...headers },
      ...(json !== undefined && { body: JSON.stringify(json) }),
    });
    const body = await response.json();
    return {
      status: response.status,
      code: body.code,
      message: body.message,
      data: body.data,
      body,
    };
  };
  return { sandbox, clock, call };
}

export const pick = ({ status, code, message }) => [status, code, message];

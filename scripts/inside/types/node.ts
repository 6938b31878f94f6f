// The least version of TypeScript reads the typings without `skipLibCheck`.
import { KlingAuth, type KlingAuthOptions, KlingWebhook } from 'kling-auth';
import { startKlingSandbox } from 'kling-auth/sandbox';
import { fetchWebhook, nodeWebhook } from 'kling-auth/webhook';

const options: KlingAuthOptions = { fetch: async (input, init) => fetch(input, init) };
export const token: string = new KlingAuth(options).token;
export const exported = [KlingWebhook, startKlingSandbox, nodeWebhook, fetchWebhook];

import { fetchWebhook } from 'kling-auth/webhook';

export const POST = fetchWebhook(async ({ payload }) => Response.json(payload));

import { fetchWebhook } from 'kling-auth/webhook';

export const dynamic = 'force-dynamic';

export const POST = fetchWebhook(async ({ payload }) => Response.json(payload));

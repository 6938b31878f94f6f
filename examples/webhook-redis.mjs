// A server for Kling's callbacks that shares its memory of delivery ids with its siblings, so that
// none of them accepts what another has accepted already.
//
//   KLING_WEBHOOK_SECRET=whsec_… REDIS_URL=redis://127.0.0.1:6379 PORT=8080 node webhook-redis.mjs
//
// Needs `npm install redis`, and Redis 6 or later.
import { createServer } from 'node:http';
import { KlingWebhook, nodeWebhook } from 'kling-auth/webhook';
import { createClient } from 'redis';

const redis = createClient({ url: process.env.REDIS_URL });
redis.on('error', (error) => console.error('redis:', error.message));
await redis.connect();

// Never shorter than it is: from Redis 7 on, `EXPIRE … GT` does the same.
const EXTEND = `
  if redis.call('TTL', KEYS[1]) < tonumber(ARGV[1]) then redis.call('EXPIRE', KEYS[1], ARGV[1]) end`;

const webhook = new KlingWebhook(null, {
  // SET … NX is one indivisible step: of two servers with the same id, one gets `OK`. The other
  // gets `null`, and so does whoever sends the id again before the key has expired.
  async isReplay(id, expiresAt) {
    const key = `kling:webhook:${id}`;
    const EX = Math.max(1, Math.ceil((expiresAt.getTime() - Date.now()) / 1000) + 1);
    const stored = await redis.set(key, '1', { NX: true, EX });
    if (stored !== null) return false;
    // A repeated delivery has a later timestamp, until whose end it could be replayed.
    await redis.eval(EXTEND, { keys: [key], arguments: [`${EX}`] });
    return true;
  },
});

const verify = nodeWebhook({
  webhook,
  onRejected: (error) => console.error(`rejected: ${error.code}: ${error.message}`),
});

const server = createServer((req, res) => {
  verify(req, res, (error) => {
    if (error) {
      console.error(error);
      res.writeHead(500).end();
      return;
    }
    // The place to store the event. Once this is answered, Kling does not send it again.
    console.log(`accepted: ${req.klingWebhook.id}`);
    res.writeHead(200).end();
  });
});
server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${server.address().port}`);
});

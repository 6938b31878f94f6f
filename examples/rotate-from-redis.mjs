// Rotation from a Redis key: whoever sets it reaches every process at once, through Redis's keyspace
// notifications (`notify-keyspace-events K$`). The key holds `{ "accessKey": …, "secretKey": … }`.
import { KlingAuth } from 'kling-auth';
import { createClient } from 'redis';
import { run } from './load.mjs';

const KEY = 'kling:credentials';

const client = await createClient({ url: process.env.REDIS_URL }).connect();
const subscriber = await client.duplicate().connect();

// Subscribed before the first read: a change in between is not missed.
const changed = new EventTarget();
await subscriber.subscribe(`__keyspace@0__:${KEY}`, () => changed.dispatchEvent(new Event('set')));
const read = async () => JSON.parse(await client.get(KEY));

const auth = new KlingAuth(await read());
changed.addEventListener('set', async () => {
  try {
    auth.rotate(await read());
  } catch (error) {
    // No key, or Redis is away: the pair at hand stays in use until the next change.
    console.error(`${error.code ?? error.name}: ${error.message}`);
  }
});

await run(auth);
await subscriber.close();
await client.close();

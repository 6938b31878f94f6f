// The client signs its tokens and reads its replies by itself; the sandbox is to be Kling for it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { KlingAPI } from 'kling-api';
import { startKlingSandbox } from 'kling-auth/sandbox';

const tls = { key: readFileSync('key.pem'), cert: readFileSync('cert.pem') };
const sandbox = await startKlingSandbox({ tls });
const { accessKey, secretKey } = sandbox;
const clientWith = (keys) => new KlingAPI({ accessKey, secretKey, baseUrl: sandbox.url, ...keys });
const client = clientWith({});
const quick = { interval: 1, showSpinner: false };

/** What it says of a refusal: the code, the HTTP status and the text of Kling's reply. */
const refused = (code, httpStatus, message) => ({
  name: 'KlingAPIError',
  code,
  httpStatus,
  message,
});

assert.equal(await client.healthCheck(), true);
const account = await client.getAccountInfo(Date.now() - 86_400_000, Date.now());
assert.deepEqual([account.code, account.data.code], [0, 0]);

const order = { model_name: 'kling-v2-6', prompt: 'a paper boat', duration: '5' };
const made = await client.textToVideo({ ...order, external_task_id: 'boat-1' });
assert.match(made.data.task_id, /^\d{18}$/);
const done = await client.waitForVideoResult(made.data.task_id, undefined, quick);
assert.equal(done.data.task_status, 'succeed');
const [video] = done.data.task_result.videos;
assert.match(video.duration, /^\d+\.\d+$/);
assert.notEqual(video.id, made.data.task_id);
// Its saveVideoResult fetches from no private address; that it looked there shows which one it read.
await assert.rejects(client.saveVideoResult(done, '.'), /private\/local addresses/);
assert.equal(new URL(video.url).origin, sandbox.filesUrl);

const image = await client.generateImage({ model_name: 'kling-v2', prompt: 'a paper boat' });
const drawn = await client.waitForImageResult(
  image.data.task_id,
  (id) => client.queryImageGenTask(id),
  quick,
);
assert.ok(drawn.data.task_result.images.length > 0);

await assert.rejects(client.textToVideo({ ...order, external_task_id: 'boat-1' }), {
  ...refused(1201, 400),
  message: /already exists/,
});
await assert.rejects(client.queryTextToVideoTask('1'), {
  ...refused(1201, 400),
  message: /^Task not found by id\/external id: 1$/,
});
sandbox.fail({ code: 1102 });
await assert.rejects(client.textToVideo(order), refused(1102, 429, 'Account balance not enough'));
const stranger = clientWith({ secretKey: 'of somebody else, 0123456789' });
await assert.rejects(stranger.getAccountInfo(0, 1), refused(1002, 401, 'Authorization is invalid'));
assert.equal(await stranger.healthCheck(), false);

const { length } = sandbox.requests;
assert.ok(sandbox.requests.every(({ credential }) => credential === 'jwt'));
await sandbox.close();
console.log(`kling-api 1.0.0: ${length} requests`);

// A signed callback, verified by what people use instead. Everybody gets the body as a Buffer.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { KlingWebhook } from 'kling-auth';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { Webhook as Svix } from 'svix';
import { measure, table } from './measure.mjs';

const key = Buffer.alloc(24, 7);
const secret = `whsec_${key.toString('base64')}`;
const ours = new KlingWebhook(secret);
const standard = new StandardWebhook(secret);
const svix = new Svix(secret);

/** What most samples do: neither the headers' form nor the age is checked. */
function byHand(body, headers) {
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.`;
  const expected = createHmac('sha256', key).update(signed).update(body).digest();
  for (const entry of headers['webhook-signature'].split(' ')) {
    const given = Buffer.from(entry.slice('v1,'.length), 'base64');
    if (given.length === expected.length && timingSafeEqual(given, expected)) return true;
  }
  throw new Error('no signature matches');
}

const task = {
  task_id: '760123456789012345',
  task_status: 'succeed',
  task_status_msg: '',
  task_info: { external_task_id: 'order-4711' },
  created_at: 1785000000000,
  updated_at: 1785000180000,
};

/** A callback with one video, and a text that fills it up to `size` bytes. */
function oneText(size) {
  const body = { ...task, task_result: { videos: [video] }, prompt: '' };
  body.prompt = 'a cat on a roof, '.repeat(size).slice(0, size - JSON.stringify(body).length);
  return Buffer.from(JSON.stringify(body));
}

/** A callback with as many videos as fit `size` bytes. */
function manyVideos(size) {
  const body = { ...task, task_result: { videos: [video] } };
  while (JSON.stringify(body).length + JSON.stringify(video).length < size) {
    body.task_result.videos.push(video);
  }
  return Buffer.from(JSON.stringify(body));
}

const video = {
  id: '760123456789012346',
  url: 'https://cdn.klingai.com/bs2/upload-kling-api/0123456789/text2video/video.mp4?token=0123456789abcdef',
  duration: '5.1',
};

/** The headers that come with a callback through a proxy. */
function headersOf(body) {
  const seconds = Math.floor(Date.now() / 1000);
  const id = 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W';
  return {
    host: 'hooks.example.com',
    'user-agent': 'Kling-Webhook/1.0',
    'content-type': 'application/json',
    'content-length': String(body.length),
    'x-forwarded-for': '203.0.113.7',
    'x-forwarded-proto': 'https',
    'webhook-id': id,
    'webhook-timestamp': String(seconds),
    'webhook-signature': ours.sign(id, seconds, body),
  };
}

export async function run() {
  const sections = [];
  for (const [title, body] of [
    ['1 KB', oneText(1000)],
    ['100 KB, one long text', oneText(100_000)],
    ['100 KB, hundreds of videos', manyVideos(100_000)],
  ]) {
    const headers = headersOf(body);
    const parsed = await measure({
      'kling-auth: verify()': () => ours.verify(body, headers),
      standardwebhooks: () => standard.verify(body, headers),
      svix: () => svix.verify(body, headers),
      'node:crypto by hand, and JSON.parse': () =>
        byHand(body, headers) && JSON.parse(body.toString()),
      'JSON.parse alone': () => JSON.parse(body.toString()),
    });
    sections.push(
      table(`Callback of ${title}: verified and parsed`, parsed, 'kling-auth: verify()'),
    );
    const raw = await measure({
      'kling-auth: verifyRaw()': () => ours.verifyRaw(body, headers),
      standardwebhooks: () => standard.verify(body, headers, { jsonParse: false }),
      'node:crypto by hand': () => byHand(body, headers),
    });
    sections.push(table(`Callback of ${title}: verified`, raw, 'kling-auth: verifyRaw()'));
  }
  return sections;
}

// A signed callback, verified by what people use instead. Everybody gets the body as a Buffer.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { Webhook as Svix } from 'svix';
import { measure } from './measure.mjs';
import { KlingWebhook } from './released.mjs';

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

const SIZES = [1, 4, 16, 64, 256, 1024].map((kB) => [`${kB} kB`, kB * 1000]);
const BODIES = { 'one long text': oneText, 'hundreds of videos': manyVideos };

export async function run() {
  const sections = [];
  for (const [title, bodyOf] of Object.entries(BODIES)) {
    const rows = [];
    for (const [size, bytes] of SIZES) rows.push(await row(size, bodyOf(bytes)));
    const behind = rows.findIndex(({ ahead }) => ahead <= 1);
    const ahead = rows.slice(0, behind < 0 ? rows.length : behind).at(-1)?.size ?? 'no size';
    sections.push(
      [
        `### Callbacks of ${title}: times as long as kling-auth takes`,
        '',
        '| body | verified: by hand | verified: standardwebhooks | kling-auth, µs | verified and parsed: by hand | standardwebhooks | svix | kling-auth, µs |',
        '| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
        ...rows.map(({ text }) => text),
        '',
        `Of what is verified and not parsed, kling-auth is ahead of node:crypto by hand up to ${ahead}:`,
        'there the calls cost more than the digest. Beyond it the digest decides, and the assembly of OpenSSL,',
        'which Node.js brings along, is faster than the crate sha2 with the same instructions of the CPU.\n',
      ].join('\n'),
    );
  }
  return sections;
}

async function row(size, body) {
  const headers = headersOf(body);
  const options = { rounds: 15, targetMs: 12 };
  const raw = await measure(
    {
      ours: () => ours.verifyRaw(body, headers),
      byHand: () => byHand(body, headers),
      standard: () => standard.verify(body, headers, { jsonParse: false }),
    },
    options,
  );
  const parsed = await measure(
    {
      ours: () => ours.verify(body, headers),
      byHand: () => byHand(body, headers) && JSON.parse(body.toString()),
      standard: () => standard.verify(body, headers),
      svix: () => svix.verify(body, headers),
    },
    options,
  );
  const times = (results, name) => (results[name].min / results.ours.min).toFixed(2);
  const us = (results) => (results.ours.min / 1000).toFixed(1);
  const cells = [
    size,
    times(raw, 'byHand'),
    times(raw, 'standard'),
    us(raw),
    times(parsed, 'byHand'),
    times(parsed, 'standard'),
    times(parsed, 'svix'),
    us(parsed),
  ];
  const ahead = raw.byHand.min / raw.ours.min;
  return { size, ahead, text: `| ${cells.join(' | ')} |` };
}

// Against the reference implementations of Standard Webhooks: what they sign verifies here, what is
// signed here verifies there.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { KlingWebhook } from '../index.js';
import { python } from './helpers/python.mjs';
import { SECRET, signedHeaders } from './helpers/webhook.mjs';

const webhook = new KlingWebhook(SECRET);
const seconds = Math.floor(Date.now() / 1000);
const date = new Date(seconds * 1000);
const ID = 'msg_interop';

/** JSON texts of exactly `size` bytes, of ASCII and of four-byte characters. */
const ascii = (size) => `"${'a'.repeat(size - 2)}"`;
const emoji = (size) => `"${'🎬'.repeat((size - 2) >> 2)}${'b'.repeat((size - 2) % 4)}"`;
const SIZES = [2, 3, 63, 64, 65, 1000, 65_536, 1_000_000];
const TEXTS = ['', ...SIZES.flatMap((size) => [ascii(size), emoji(size)]), '{"prompt":"ключ 🔑"}'];
/** Bytes that are no text: what signs them must not decode them first. */
const BYTES = [
  Buffer.from([0xff]),
  Buffer.from([0xc3, 0x28]),
  Buffer.from([0xed, 0xa0, 0x80]),
  Buffer.from([0xf0, 0x9f, 0x8e]),
  Buffer.from([0]),
  Buffer.alloc(1_000_000, 0xfe),
];

test('the bodies have the sizes that they are to have', () => {
  for (const size of SIZES) {
    for (const text of [ascii(size), emoji(size)]) assert.equal(Buffer.byteLength(text), size);
  }
});

test('npm standardwebhooks and this package accept what the other signs', () => {
  const peer = new StandardWebhook(SECRET);
  for (const text of TEXTS) {
    const theirs = {
      'webhook-id': ID,
      'webhook-timestamp': String(seconds),
      'webhook-signature': peer.sign(ID, date, text),
    };
    for (const body of [text, Buffer.from(text)]) {
      assert.equal(webhook.verifyRaw(body, theirs).id, ID);
    }
    const ours = signedHeaders(webhook, ID, seconds, text);
    assert.doesNotThrow(() => peer.verify(text, ours, { jsonParse: false }));
    if (text === '') continue; // no JSON: nothing to compare
    assert.deepEqual(peer.verify(text, ours), webhook.verify(text, theirs).payload);
  }
});

test('the example that Kling publishes verifies here and there', () => {
  const secret = 'whsec_dGVzdHNlY3JldHRlc3RzZWNyZXR0ZXN0c2VjcmV0MTI=';
  const [id, timestamp] = ['9876543210', 1_781_080_794];
  const body =
    '{"id":"1234567890","status":"succeeded","message":"","create_time":1781080778802,"update_time":1781080794151}';
  const signature = 'v1,UsKlJP00XoQyOn410NM9xv34sP+Gl0jnOO9Lcpr7NJ4=';
  const ours = new KlingWebhook(secret, { now: () => timestamp * 1000 });
  assert.equal(ours.sign(id, timestamp, body), signature);
  const peer = new StandardWebhook(secret);
  assert.equal(peer.sign(id, new Date(timestamp * 1000), body), signature);
  const headers = {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signature,
  };
  assert.equal(ours.verify(body, headers).payload.status, 'succeeded');
});

test('a secret whose last character has spare bits is the same key here and there', () => {
  const exact = 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaU=';
  for (const secret of [
    exact,
    'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaX=',
    'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaV=',
  ]) {
    const peer = new StandardWebhook(secret).sign(ID, date, 'x');
    assert.equal(new KlingWebhook(secret).sign(ID, date, 'x'), peer);
    assert.equal(new KlingWebhook(exact).sign(ID, date, 'x'), peer);
  }
});

test('npm standardwebhooks and this package refuse the same changes', () => {
  const peer = new StandardWebhook(SECRET);
  for (const text of TEXTS) {
    const headers = signedHeaders(webhook, ID, seconds, text);
    const changed = `${text} `;
    assert.throws(() => peer.verify(changed, headers), { message: 'No matching signature found' });
    assert.throws(() => webhook.verifyRaw(changed, headers), {
      code: 'KLING_WEBHOOK_NO_MATCHING_SIGNATURE',
    });
  }
});

test('PyPI standardwebhooks and this package accept what the other signs', () => {
  // Its `sign` and `verify` take text. Bytes that are no text go through its own HMAC and
  // comparison, with the decoding left out that they do first.
  const bodies = [...TEXTS.map((text) => Buffer.from(text)), ...BYTES];
  const deliveries = bodies.map((body) => ({
    body: body.toString('base64'),
    headers: signedHeaders(webhook, ID, seconds, body),
  }));
  const results = python(
    `
import base64, hashlib, hmac
from datetime import datetime, timezone
from standardwebhooks.webhooks import Webhook

webhook = Webhook(input["secret"])
when = datetime.fromtimestamp(input["seconds"], tz=timezone.utc)
results = []
for delivery in input["deliveries"]:
    body = base64.b64decode(delivery["body"])
    try:
        text = body.decode()
    except UnicodeDecodeError:
        text = None
    if text is None:
        signed = f"{input['id']}.{input['seconds']}.".encode() + body
        signature = "v1," + base64.b64encode(hmac.new(webhook._whsecret, signed, hashlib.sha256).digest()).decode()
        accepted = hmac.compare_digest(signature, delivery["headers"]["webhook-signature"])
    else:
        signature = webhook.sign(input["id"], when, text)
        webhook.verify(text, delivery["headers"], json_parse=False)
        accepted = True
    results.append({"signature": signature, "accepted": accepted})
print(json.dumps(results))`,
    { secret: SECRET, id: ID, seconds, deliveries },
  );
  assert.equal(results.length, bodies.length);
  for (const [i, { signature, accepted }] of results.entries()) {
    assert.equal(accepted, true, `body ${i}`);
    const headers = {
      'webhook-id': ID,
      'webhook-timestamp': String(seconds),
      'webhook-signature': signature,
    };
    assert.equal(webhook.verifyRaw(bodies[i], headers).id, ID);
  }
});

test('bytes are signed as they are', () => {
  const key = Buffer.from(SECRET.slice('whsec_'.length), 'base64');
  for (const body of BYTES) {
    const expected = createHmac('sha256', key)
      .update(`${ID}.${seconds}.`)
      .update(body)
      .digest('base64');
    assert.equal(webhook.sign(ID, seconds, body), `v1,${expected}`);
    assert.equal(webhook.verifyRaw(body, signedHeaders(webhook, ID, seconds, body)).id, ID);
  }
  // A decoder that replaces what it cannot read would sign these alike.
  const [a, b] = [Buffer.from([0xff]), Buffer.from([0xfe])];
  assert.notEqual(webhook.sign(ID, seconds, a), webhook.sign(ID, seconds, b));
});

test('a lone surrogate in a string is signed as the platform encodes it', () => {
  const text = '"\ud800"';
  assert.equal(webhook.sign(ID, seconds, text), webhook.sign(ID, seconds, Buffer.from(text)));
});

// What holds a secret goes to no other thread, and says so: a clone without a word would be `{}`.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serialize } from 'node:v8';
import { MessageChannel, Worker } from 'node:worker_threads';
import { KlingAuth, KlingWebhook } from '../index.js';
import { SECRET } from './helpers/webhook.mjs';

class Tagged extends KlingAuth {}
const INSTANCES = [
  new KlingAuth('ak', 'sk'),
  new KlingAuth({ credentials: () => ({ apiKey: 'k' }) }),
  new Tagged('ak', 'sk'),
  new KlingWebhook(SECRET),
];

test('an instance cannot be cloned, sent or given to another thread', () => {
  const { port1, port2 } = new MessageChannel();
  for (const instance of INSTANCES) {
    for (const clone of [
      () => structuredClone(instance),
      () => structuredClone({ deep: [instance] }),
      () => port1.postMessage(instance),
      () => new Worker('', { eval: true, workerData: { instance } }),
      () => serialize(instance),
    ]) {
      assert.throws(clone, (error) => {
        const name =
          instance instanceof KlingAuth ? /^#<(KlingAuth|Tagged)> / : /^#<KlingWebhook> /;
        assert.match(error.message, name);
        return clone.toString().includes('serialize') || error.name === 'DataCloneError';
      });
    }
  }
  port1.close();
  port2.close();
});

test('nothing else is to be seen of it', () => {
  for (const instance of INSTANCES) {
    assert.ok(!(instance instanceof FinalizationRegistry));
    for (const name of ['register', 'unregister']) assert.ok(!(name in instance), name);
  }
});

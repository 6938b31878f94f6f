// The console of the sandbox in Debian's Chromium, as a user has it: a program runs against the sandbox,
// and the page shows it and takes orders. With --write its pictures in docs/ are made anew.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { accessible, launch, openPage } from './console/browser.mjs';
import { load } from './console/load.mjs';
import { client, startReceiver, startSandbox, until } from './console/world.mjs';
import { attempt, root } from './lib/sh.mjs';
import { step } from './lib/steps.mjs';
import { apt } from './lib/tools.mjs';

const write = process.argv.includes('--write');
const pictures = write ? join(root, 'docs') : join(root, 'target', 'console');
const HOSTILE = '<img src=x onerror="globalThis.hit=1"><script>globalThis.hit=1</script>';

const executable = await step('Chromium', () => {
  if (attempt('which', ['chromium']).status !== 0) apt('chromium');
  return attempt('which', ['chromium']).stdout.trim();
});
const browser = await launch(executable);
const sandbox = await startSandbox();
const receiver = await startReceiver(sandbox.env);
const { KLING_API_KEY, ...pairEnv } = sandbox.env;
const { auth, call } = client(pairEnv);
const byKey = client({ KLING_API_BASE: pairEnv.KLING_API_BASE, KLING_API_KEY });
const secrets = new Set(Object.values(sandbox.env).filter((value) => !value.startsWith('http')));
secrets.add(auth.token);

const { page, everything, close } = await openPage(browser, sandbox.consoleUrl, {
  viewport: { width: 1280, height: 860 },
  colorScheme: 'light',
});
const row = (panel, text) => page.locator(`#${panel} .rows > li`, { hasText: text }).first();
const shows = (panel, ...texts) =>
  until(async () => {
    const text = await row(panel, texts[0]).textContent({ timeout: 5000 });
    return texts.every((wanted) => text.includes(wanted));
  });
const said = async (text) => {
  await page.locator('#said', { hasText: text }).waitFor();
};
const press = async (name) => {
  await page.getByRole('button', { name, exact: true }).click();
  await said('Done.');
};
const tab = (name) => page.getByRole('tab', { name });
const order = (id, more) => ({
  model_name: 'kling-v2-6',
  prompt: 'a paper boat',
  external_task_id: id,
  ...more,
});

await step('empty, and accessible', async () => {
  await page.getByText('Nothing yet.').waitFor();
  await accessible(page, 'empty');
});

await step('requests: who asked, what came back, what would mend it', async () => {
  await call('/v1/videos/text2video', order('boat-1', { callback_url: receiver.url }));
  await shows(
    'requests',
    '/v1/videos/text2video',
    'POST',
    '200 / 0',
    'token of ',
    'good for 29 min',
  );
  await byKey.call('/text-to-video/kling-3.0-turbo', { prompt: 'a kite', options: {} });
  await shows('requests', '/text-to-video/kling-3.0-turbo', 'API Key');
  await call('/tasks?task_ids=1');
  await shows('requests', '/tasks?task_ids=1', '401 / 1002', 'API Key');
  assert.match(await row('requests', '/tasks?task_ids=1').locator('.hint').textContent(), /\S{3,}/);
  const wrong = client({ ...pairEnv, KLING_SECRET_KEY: 'not-the-secret-0123456789' });
  secrets.add(wrong.auth.token);
  await wrong.call('/v1/videos/image2video');
  await shows('requests', '/v1/videos/image2video', '401 / 1002');
  await call('/v1/nothing');
  await shows('requests', '/v1/nothing', '404', 'the sandbox does not know this path');

  // Body, headers and reply on demand, by keyboard.
  const created = page.locator('#requests li', { hasText: 'POST' }).last().locator('summary');
  await created.focus();
  await page.keyboard.press('Enter');
  const more = page.locator('#requests .more', { hasText: 'a paper boat' });
  await more.waitFor();
  const text = await more.textContent();
  assert.match(text, /authorization: Bearer eyJh….{4}/);
  assert.match(text, /"task_status": "submitted"/);
  await page.keyboard.press('Enter');
});

await step('what a program sends is text', async () => {
  await call('/v1/videos/text2video', order(HOSTILE, { prompt: HOSTILE }));
  await fetch(`${pairEnv.KLING_API_BASE}/v1/videos/text2video?x=${encodeURI(HOSTILE)}`, {
    headers: { authorization: 'Bearer nonsense-that-is-no-key', 'x-note': HOSTILE },
  });
  await shows('requests', '?x=');
  const hostile = row('requests', '?x=');
  await hostile.locator('summary').click();
  await hostile.locator('.more', { hasText: 'x-note' }).waitFor();
  await hostile.locator('summary').click();
  await tab(/^Tasks/).click();
  await shows('tasks', HOSTILE);
  assert.equal(await page.evaluate(() => globalThis.hit), undefined);
  assert.equal(await page.locator('img, .rows script').count(), 0);
});

await step('tasks: state, polls, what a second create would get', async () => {
  await tab(/^Requests/).focus();
  await tab(/^Requests/).click();
  await page.keyboard.press('ArrowRight');
  assert.equal(await tab(/^Tasks/).getAttribute('aria-selected'), 'true');
  await shows('tasks', 'boat-1', 'succeed', 'polls', 'external id boat-1', '“already exists”');
  const { status, body } = await call('/v1/videos/text2video', order('boat-1'));
  assert.deepEqual([status, body.code], [400, 1201]);
  const { body: made } = await call('/v1/videos/text2video', order('boat-2'));
  await shows('tasks', 'boat-2', 'submitted', '0 polls');
  await call(`/v1/videos/text2video/${made.data.task_id}`);
  await shows('tasks', 'boat-2', 'processing', '1 poll');
  await row('tasks', 'boat-2').getByRole('button', { name: 'Let it fail' }).click();
  await shows('tasks', 'boat-2', 'failed', 'Failure to pass the risk control system');
  await accessible(page, 'tasks');
});

await step('callbacks: again, twice, forged, late', async () => {
  await page.keyboard.press('ArrowRight');
  await tab(/^Callbacks/).click();
  await until(() => receiver.verdicts.length === 3);
  assert.deepEqual(receiver.verdicts.splice(0), Array(3).fill('accepted'));
  await shows('callbacks', receiver.url, 'answered 200', 'ms');
  const first = page.locator('#callbacks .rows > li').last();
  await first.locator('summary').click();
  const headers = await first.locator('pre').first().textContent();
  assert.match(headers, /^webhook-signature: v1,.{4}…$/m);
  assert.match(headers, /^webhook-id: \d{19}$/m);
  for (const [name, ...verdicts] of [
    ['Send again', 'KLING_WEBHOOK_REPLAY'],
    ['Send twice', 'KLING_WEBHOOK_REPLAY', 'KLING_WEBHOOK_REPLAY'],
    ['Send forged', 'KLING_WEBHOOK_NO_MATCHING_SIGNATURE'],
    ['Send late', 'KLING_WEBHOOK_TOO_OLD'],
  ]) {
    await first.getByRole('button', { name }).click();
    await until(() => receiver.verdicts.length === verdicts.length);
    assert.deepEqual(receiver.verdicts.splice(0), verdicts);
  }
  await shows('callbacks', 'late', 'answered 401');
  await accessible(page, 'callbacks');
  for (const signature of receiver.signatures) secrets.add(signature.split(',')[1]);
});

await step('controls: every fault by a click', async () => {
  await tab(/^Requests/).click();
  const fault = async (what, fill = {}) => {
    await page.locator('#fault [name=what]').selectOption(what);
    for (const [name, value] of Object.entries(fill)) {
      const field = page.locator(`#fault [name=${name}]`);
      if (name === 'code') await field.selectOption(value);
      else await field.fill(value);
    }
    await press('Let it go wrong');
  };
  const list = '/v1/videos/text2video';
  await fault('code', { code: '1303', times: '2' });
  for (const expected of [429, 429, 200]) assert.equal((await call(list)).status, expected);
  await shows('requests', '1303', 'as asked for');
  await fault('delay', { delayMs: '300', times: '1' });
  const started = performance.now();
  await call(list);
  assert.ok(performance.now() - started >= 295);
  await fault('reset');
  await assert.rejects(call(list));
  await shows('requests', 'connection cut');
  for (const [what, id] of [
    ['lost', 'lost-1'],
    ['lostWithStatus', 'lost-2'],
  ]) {
    await fault(what);
    const reply = await call(list, order(id)).catch(() => undefined);
    assert.equal(reply?.status, what === 'lost' ? undefined : 504);
    assert.equal((await call(`${list}/${id}`)).status, 200, 'it was made all the same');
  }
  await shows('requests', 'made, but the reply is lost');
  await fault('date');
  await call(list);
  await shows('requests', 'Date says');
  await fault('taskFails', { message: 'no boats today' });
  await call(list, order('boat-3'));
  for (let i = 0; i < 2; i++) await call(`${list}/boat-3`);
  await tab(/^Tasks/).click();
  await shows('tasks', 'boat-3', 'failed', 'no boats today');
  await tab(/^Requests/).click();
  await fault('code', { code: '5001', times: '5', path: '/v1/images' });
  await page.locator('#waiting', { hasText: '5' }).waitFor();
  assert.equal((await call(list)).status, 200);
  await press('Recover');
  await page.locator('#waiting', { hasText: '0' }).waitFor();
});

await step('its clock, its credentials, its webhook secret', async () => {
  const list = '/v1/videos/text2video';
  await page.getByLabel('Seconds ahead').fill('-600');
  await press('Set');
  const early = client(pairEnv);
  secrets.add(early.auth.token);
  assert.equal((await early.call(list)).status, 200, 'the clock is corrected');
  await shows('requests', '1003', 'ahead of the sandbox’s clock');
  await page.getByLabel('Seconds ahead').fill('0');
  await press('Set');

  await press('Rotate, keep the old');
  await press('Rotate');
  await press('Rotate, 7 days of both');
  await press('Emergency rotation');
  const shown = await sandbox.environments(5);
  for (const env of shown) {
    for (const value of Object.values(env)) if (!value.startsWith('http')) secrets.add(value);
  }
  assert.equal(new Set(shown.map((env) => env.KLING_ACCESS_KEY)).size, 3);
  const fresh = client(shown.at(-1));
  secrets.add(fresh.auth.token);
  assert.equal((await fresh.call(list)).status, 200);
  assert.equal((await client(pairEnv).call(list)).status, 401);
  await press('Revoke all');
  await page.locator('#accepts', { hasText: 'all are revoked' }).waitFor();
  assert.equal((await fresh.call(list)).status, 401);
  await press('Rotate');
});

await step('nothing is lost by a reload, and no secret is anywhere', async () => {
  const count = async () => page.locator('#requests .rows > li').count();
  // Once the last one is there, so are those before.
  await call('/v1/videos/omni-video');
  await shows('requests', '/v1/videos/omni-video');
  const before = await count();
  await page.reload();
  await page.locator('#link.live').waitFor();
  await until(async () => (await count()) === before);
  for (const name of [/^Tasks/, /^Callbacks/, /^Requests/]) await tab(name).click();
  const all = await everything();
  assert.ok(secrets.size > 15);
  for (const secret of secrets) assert.ok(!all.includes(secret), `${secret.slice(0, 6)}… is shown`);
});

await step('both themes, and a narrow screen', async () => {
  const refused = row('requests', '1003').locator('summary');
  await refused.click();
  await page.locator('#requests .more pre').first().waitFor();
  await accessible(page, 'a request in full');
  await refused.click();
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    await accessible(page, colorScheme);
    await page.evaluate(() => document.activeElement?.blur());
    await page.mouse.move(0, 0);
    await page.screenshot({ path: join(pictures, `console-${colorScheme}.png`) });
  }
  await page.setViewportSize({ width: 360, height: 740 });
  await page.reload();
  await page.locator('#link.live').waitFor();
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.equal(width, 360, 'nothing is wider than the screen');
  await accessible(page, '360 px');
  await page.screenshot({ path: join(root, 'target', 'console', 'narrow.png') });
  await page.setViewportSize({ width: 1280, height: 860 });
});

await step('10,000 requests, a body of 10 MB, a page that goes away', () =>
  load({ browser, page, sandbox, tab, until }),
);

await close();
await browser.close();
receiver.close();
assert.equal(await sandbox.stop(), 0);

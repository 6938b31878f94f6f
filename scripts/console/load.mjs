// More than a page can show.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import { openPage } from './browser.mjs';

const MANY = 10_000;
const AT_A_TIME = 32;

export async function load({ browser, page, sandbox, tab, until }) {
  const other = await openPage(browser, sandbox.consoleUrl);
  const agent = new http.Agent({ keepAlive: true, maxSockets: AT_A_TIME });
  const { KLING_API_BASE } = sandbox.env;
  const send = async (options, body) => {
    const request = http.request(KLING_API_BASE, { agent, ...options }).end(body);
    const [response] = await once(request, 'response');
    response.resume();
    await once(response, 'end');
    return response.statusCode;
  };
  const path = '/v1/videos/text2video';
  const worker = async (_, index) => {
    for (let i = index; i < MANY; i += AT_A_TIME) await send({ path: `${path}?pageNum=1&n=${i}` });
  };
  const all = Promise.all(Array.from({ length: AT_A_TIME }, worker));
  // One of two pages goes away while requests run.
  await other.close();
  await all;
  assert.equal(await send({ path, method: 'POST' }, Buffer.alloc(10_000_000, 'x')), 401);
  const bound = page.locator('#requests .bound');
  await until(async () => /^The latest 200 of 10\d{3}: older/.test(await bound.textContent()));
  assert.equal(await page.locator('#requests .rows > li').count(), 200);
  const started = Date.now();
  await tab(/^Tasks/).click();
  await tab(/^Requests/).click();
  assert.ok(Date.now() - started < 2000, 'the page answers at once');
  const big = page.locator('#requests .rows > li').first();
  await big.locator('summary').click();
  await big.getByText('the first 64 KiB of 10000000 bytes').first().waitFor();
  assert.equal(sandbox.running, true);
  agent.destroy();
}

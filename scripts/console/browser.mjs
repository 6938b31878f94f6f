// A real browser with a page of the console in it, and what must hold of everything that it does.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { browserTools } from '../lib/tools.mjs';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const require = createRequire(join(browserTools(), 'package.json'));
const axeSource = require('axe-core').source;

/** @param {string} executablePath */
export async function launch(executablePath) {
  return require('playwright-core').chromium.launch({
    executablePath,
    args: FLAGS,
    headless: true,
  });
}

/**
 * Opens the console. Fails, at `settle`, if the page asked anybody else for anything, broke its policy or
 * threw.
 */
export async function openPage(browser, url, options) {
  const context = await browser.newContext({ bypassCSP: false, ...options });
  const page = await context.newPage();
  const faults = [];
  const read = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(`${url}/`) && request.url() !== 'data:,') {
      faults.push(`asked ${request.url()}`);
    }
  });
  page.on('response', (response) => {
    if (!response.url().endsWith('/events')) read.push(response.text().catch(() => ''));
  });
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) faults.push(message.text());
  });
  await page.goto(`${url}/`);
  await page.locator('#link.live').waitFor();
  return {
    page,
    /** Everything that the page was given or shows. */
    async everything() {
      return [...(await Promise.all(read)), await page.content()].join('\n');
    },
    async close() {
      await context.close();
      assert.deepEqual(faults, []);
    },
  };
}

/** What axe finds. Its own code is evaluated by the debugger, which no policy of the page concerns. */
export async function accessible(page, where) {
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  assert.deepEqual(
    violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`),
    [],
    where,
  );
}

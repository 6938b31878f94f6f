'use strict';

const { isDotenvUnread } = require('./input.js');

/** @typedef {import('./doctor.js').Finding} Finding */

/** What bundlers put into the code that browsers load. */
const PUBLISHED =
  /^(NEXT_PUBLIC|VITE|REACT_APP|NUXT_PUBLIC|EXPO_PUBLIC|PUBLIC|GATSBY)_.*KLING.*(KEY|SECRET|TOKEN)/i;

/**
 * What may be wrong and need not be: shown beside the credentials, and no reason to fail.
 *
 * @param {import('./main.js').Context} context
 * @param {Pick<import('../..').KlingAuth, 'passedOver' | 'source'> | undefined} auth
 * @param {string} [refusal] Why there is none.
 * @returns {Generator<Finding, void>}
 */
function* further({ env, values, lists }, auth, refusal = '') {
  if (isDotenvUnread(values, lists)) {
    yield {
      check: '.env',
      ok: null,
      detail: '.env lies here and was not read',
      fix: 'pass --dotenv .env',
    };
  }
  const native = require('#native');
  const base = values.base ?? env.KLING_API_BASE;
  const url = typeof base === 'string' && base !== '' ? base : 'https://api-singapore.klingai.com';
  for (const [name, value] of Object.entries(env)) {
    if (!value) continue;
    const near = native.nearVariable(name);
    if (near !== undefined) yield { check: name, ok: null, detail: `${name} ${near}` };
    if (PUBLISHED.test(name)) {
      yield {
        check: name,
        ok: null,
        detail: `${name} is put into what browsers load, where everybody reads it`,
        fix: 'keep keys on the server, under a name without that prefix, and replace the key',
      };
    }
    const { looksLike, problem, odd } = native.describeKey(name, value, url);
    // Of one that is not in use, nobody else tells.
    if (problem !== undefined && !refusal.startsWith(`${name} `)) {
      yield { check: name, ok: null, detail: `${name} ${problem}` };
    }
    if (odd !== undefined) yield { check: name, ok: null, detail: `${name} ${odd}` };
    const prefix = /^(?!KLING)\w+?_(?=KLING)/.exec(name)?.[0];
    if (auth === undefined && looksLike !== undefined && prefix && !PUBLISHED.test(name)) {
      yield {
        check: name,
        ok: null,
        detail: `${name} is read with the option prefix: '${prefix}' only`,
      };
    }
  }
  if (auth !== undefined && auth.passedOver.length > 0) {
    yield {
      check: 'passed over',
      ok: null,
      detail: `${auth.passedOver.join(', ')} set too, and not used: ${auth.source} comes first`,
    };
  }
  const misplaced = misplacedIn(url, native);
  if (misplaced !== undefined) {
    yield { check: 'base URL', ok: null, ...misplaced };
  } else if (native.hostOf(url) === 'other') {
    yield {
      check: 'base URL',
      ok: null,
      detail:
        'none of Kling’s hosts, which are api-singapore.klingai.com and, in China, api-beijing.klingai.com',
    };
  }
  // --base beside --region is refused, so that only the variable is left to go before it.
  if (values.region !== undefined && env.KLING_API_BASE) {
    yield {
      check: 'region',
      ok: null,
      detail: `--region ${values.region} counts for nothing: KLING_API_BASE goes before it`,
      fix: 'unset KLING_API_BASE, or leave the region out',
    };
  }
  const proxy = ignored(url);
  if (proxy !== undefined) yield { check: 'proxy', ok: null, detail: proxy };
}

/**
 * What a base URL is instead of one, or has too much.
 *
 * @param {string} text
 * @param {typeof import('../loader/native.js')} native
 * @returns {{ detail: string, fix: string } | undefined}
 */
function misplacedIn(text, native) {
  let url;
  try {
    url = new URL(text);
  } catch {
    const { looksLike, problem } = native.describeKey('KLING_API_KEY', text, '');
    const isKey = looksLike !== 'no kind of key that is known' && problem === undefined;
    return {
      detail: isKey ? `looks like ${looksLike}, and is the place of a URL` : 'is no URL',
      fix: 'write it as https://host, or leave it out',
    };
  }
  const path = url.pathname.replace(/\/$/, '');
  if (native.hostOf(text) !== 'kling' || path === '' || path === '/v1') return undefined;
  return {
    detail: 'has a path, which goes before those of all requests',
    fix: `write it as ${url.origin}`,
  };
}

/** @param {string} url */
function ignored(url) {
  try {
    return require('../request/proxy.js').ignoredProxy(url);
  } catch {
    // What is no URL is told elsewhere.
    return undefined;
  }
}

module.exports = { further };

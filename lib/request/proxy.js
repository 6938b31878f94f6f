'use strict';

const platform = require('#platform');

/** Read by Node.js itself since 22.21 and 24.0, where it is told to. */
const SWITCH = 'NODE_USE_ENV_PROXY';
const DEFAULTS = new Set(['Agent', 'Dispatcher1Wrapper']);

/**
 * What to do about a proxy that the environment names and the platform's `fetch` does not use.
 *
 * @param {string} url Of the request.
 * @param {Record<string, string | undefined>} [env]
 * @returns {string | undefined}
 */
function ignoredProxy(url, env = platform.environment()) {
  const { protocol, hostname } = new URL(url);
  if (/^(localhost|127\.|\[::1\])/.test(hostname) || usesProxies()) return undefined;
  const names =
    protocol === 'http:' ? ['HTTP_PROXY', 'http_proxy'] : ['HTTPS_PROXY', 'https_proxy'];
  const name = [...names, 'ALL_PROXY', 'all_proxy'].find((name) => env[name]);
  if (name === undefined) return undefined;
  const way =
    platform.proxySwitch() === 'off'
      ? `set ${SWITCH}=1`
      : `pass the option fetch with a ProxyAgent of undici, or set ${SWITCH}=1 on Node.js 22.21 or later`;
  return `${name} is set, and Node.js's fetch does not use it by itself: ${way}`;
}

function usesProxies() {
  if ('Bun' in globalThis || 'Deno' in globalThis) return true;
  if (platform.proxySwitch() === 'on') return true;
  // A program may have set another dispatcher than those that Node.js begins with: one, or since
  // Node.js 26 two, of which the first only passes on to the second.
  return ['undici.globalDispatcher.1', 'undici.globalDispatcher.2'].some((name) => {
    const dispatcher = Reflect.get(globalThis, Symbol.for(name));
    return dispatcher !== undefined && !DEFAULTS.has(dispatcher?.constructor?.name);
  });
}

module.exports = { ignoredProxy };

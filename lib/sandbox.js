'use strict';

const { checkOptions, checkRange } = require('./check.js');
const native = require('#native');
const { CREDENTIALS } = require('./sandbox/credentials.js');
const { KlingSandbox } = require('./sandbox/instance.js');
const { LoopbackServer } = require('./sandbox/server.js');

/** @type {typeof import('../sandbox').startKlingSandbox} */
async function startKlingSandbox(options) {
  /** @type {import('../sandbox').KlingSandboxOptions} */
  const given = checkOptions('options', options, {
    ...CREDENTIALS,
    port: 'number',
    tls: 'object',
    publicOrigin: 'string',
    publicFilesOrigin: 'string',
    clockSkewSec: 'number',
    now: 'function',
    maxTokenTtlSec: 'number',
    onRequest: 'function',
    taskPolls: 'number',
    taskSec: 'number',
    packs: 'array',
    faults: 'array',
    webhookSecret: 'string',
    signCallbacks: 'boolean',
    onCallback: 'function',
    console: 'boolean',
    consolePort: 'number',
    onRotate: 'function',
  });
  const { port, taskPolls, taskSec, maxTokenTtlSec } = given;
  checkRange('port', port, { from: 0, to: 65_535, whole: true });
  checkRange('consolePort', given.consolePort, { from: 0, to: 65_535, whole: true });
  checkRange('maxTokenTtlSec', maxTokenTtlSec, { from: 1800, unit: 'seconds' });
  checkRange('taskPolls', taskPolls, { from: 1, whole: true });
  checkRange('taskSec', taskSec, { from: 0, unit: 'seconds' });
  if (taskPolls != null && taskSec != null) native.refuseBoth('taskPolls', 'taskSec');
  for (const name of /** @type {const} */ (['publicOrigin', 'publicFilesOrigin'])) {
    checkOrigin(name, given[name]);
  }
  const tls = given.tls == null ? undefined : keyAndCertificate(given.tls);
  const servers = { api: new LoopbackServer(tls), files: new LoopbackServer(tls) };
  const sandbox = new KlingSandbox(servers, given);
  try {
    await servers.api.listen(port ?? 0);
    await servers.files.listen(0);
    await sandbox.openConsole(given.consolePort ?? 0);
  } catch (error) {
    await sandbox.close();
    throw error;
  }
  return /** @type {import('../sandbox').KlingSandbox} */ (
    /** @type {import('./sandbox/instance.js').Sandbox} */ (sandbox)
  );
}

/**
 * @param {string} name
 * @param {string | null | undefined} origin
 */
function checkOrigin(name, origin) {
  if (origin == null) return;
  try {
    if (/^https?:/.test(origin) && new URL(origin).origin === origin) return;
  } catch {
    // What is no URL is no origin either.
  }
  native.refuseType(name, 'an origin such as "https://kling.example.com"', origin);
}

/** @param {NonNullable<import('../sandbox').KlingSandboxOptions['tls']>} tls */
function keyAndCertificate(tls) {
  const { key, cert } = tls;
  for (const [name, value] of Object.entries({ key, cert })) {
    if (typeof value === 'string' || ArrayBuffer.isView(value)) continue;
    native.refuseType(`tls.${name}`, 'PEM, as a string or a Buffer', value);
  }
  return { key, cert };
}

module.exports = { startKlingSandbox };

'use strict';

const fs = require('node:fs');
const { resolve } = require('node:path');
const { checkOptions } = require('../check.js');
const { KlingAuthError, refuseArgument } = require('../error.js');
const { define, merged } = require('../member.js');
const { pause } = require('./pause.js');
const { mayBeKey, readFile } = require('./read-file.js');
const { checked, credentialsOfText } = require('./secret.js');

/** How often files are looked at, and so how late news may be. */
const POLL_MS = 1000;
/** How long files must have stayed as they are before a change of theirs is taken for whole. */
const SETTLED_MS = 300;
/** How often a change under way is waited for, before what is there is judged as it stands. */
const PATIENCE = 20;

/** @type {typeof import('../../credentials').fileCredentials} */
function fileCredentials(paths) {
  const files = filesOf(paths);
  const names = Object.values(files);
  /** What the files were when they were last read. @type {string | undefined} */
  let known;

  /** @type {import('../../credentials').KlingSecretReader} */
  const get = async (request) => {
    const { signal } = merged(request ?? {});
    for (let round = 0; round < PATIENCE; round++) {
      const before = await settled(names, known, signal);
      try {
        const credentials = await read(files);
        // Both halves come from one version: nothing has changed from before the first was read
        // until after the second.
        if (before !== undefined && before === (await versionOf(names))) {
          known = before;
          return credentials;
        }
      } catch (error) {
        // Looked at once more, as a link that was being swapped led nowhere.
        if (round > 0 && before === (await versionOf(names))) throw error;
      }
    }
    throw new KlingAuthError(
      'KLING_UNREADABLE_FILE',
      `${names.join(' and ')} changed each time while being read: write to another file, and rename it when it is whole`,
    );
  };
  return define(get, { subscribe: watchFor(names) });
}

/**
 * @param {string | Partial<Record<'accessKey' | 'secretKey' | 'apiKey', string | null | undefined>>} paths
 * @returns {Record<string, string>} By what each of them holds; `secret` if that is told by its content.
 */
function filesOf(paths) {
  if (typeof paths === 'string') return { secret: absolute('paths', paths) };
  const { accessKey, secretKey, apiKey } = checkOptions('paths', paths, {
    accessKey: 'string',
    secretKey: 'string',
    apiKey: 'string',
  });
  if (apiKey != null && accessKey == null && secretKey == null) {
    return { apiKey: absolute('apiKey', apiKey) };
  }
  if (apiKey == null && accessKey != null && secretKey != null) {
    return {
      accessKey: absolute('accessKey', accessKey),
      secretKey: absolute('secretKey', secretKey),
    };
  }
  return refuseArgument(
    'KLING_INVALID_ARG_VALUE',
    'paths must be the path of a file, { accessKey, secretKey } or { apiKey }, each with the path of its file',
  );
}

/**
 * Seen from the folder in which the program was at that time.
 *
 * @param {string} argument
 * @param {string} path
 */
function absolute(argument, path) {
  if (path === '' || path.includes('\0')) {
    refuseArgument('KLING_INVALID_ARG_VALUE', `${argument} must be the path of a file`);
  }
  if (mayBeKey(path) && !fs.existsSync(path)) {
    refuseArgument(
      'KLING_INVALID_ARG_VALUE',
      `${argument} does not look like the path of a file, and no file of this name exists: a key itself is passed to KlingAuth, and a file that comes later by a path that begins with ./ or /`,
    );
  }
  return resolve(path);
}

/** @param {Record<string, string>} files */
async function read(files) {
  const { secret, apiKey, accessKey, secretKey } = merged(files);
  if (secret !== undefined) return credentialsOfText(secret, await readFile(secret));
  if (apiKey !== undefined) return checked(apiKey, { apiKey: await readFile(apiKey) });
  const [first, second] = /** @type {[string, string]} */ ([accessKey, secretKey]);
  return checked(`${first} and ${second}`, {
    accessKey: await readFile(first),
    secretKey: await readFile(second),
  });
}

/**
 * What the files are now. Where it is not what was read before, somebody may be writing: then what
 * they are when they have stayed the same for a while.
 *
 * @param {readonly string[]} names
 * @param {string | undefined} known
 * @param {AbortSignal | undefined} signal
 */
async function settled(names, known, signal) {
  let version = await versionOf(names);
  if (known === undefined || version === known) return version;
  for (let round = 0; round < PATIENCE; round++) {
    await pause(SETTLED_MS);
    if (signal?.aborted) throw signal.reason;
    const later = await versionOf(names);
    if (later === version) break;
    version = later;
  }
  return version;
}

/**
 * Tells one content of the files from another: by what the paths lead to, since Kubernetes swaps a
 * symbolic link on the way, and by what changes when a file is replaced or written to.
 *
 * @param {readonly string[]} names
 * @returns {Promise<string | undefined>} `undefined` where a file cannot be looked at: why is told
 * by reading it.
 */
async function versionOf(names) {
  try {
    const versions = names.map(async (name) => {
      const target = await fs.promises.realpath(name);
      const { dev, ino, size, mtimeNs, ctimeNs } = await fs.promises.stat(target, { bigint: true });
      return [target, dev, ino, size, mtimeNs, ctimeNs].join();
    });
    return (await Promise.all(versions)).join('\n');
  } catch {
    return undefined;
  }
}

/**
 * The watch over the files, which lasts while somebody listens. Their state is asked for each
 * second: events of the file system get lost where a symbolic link is swapped, in containers, and
 * on networks. It keeps no process alive, and is no timer that a test could replace.
 *
 * @param {readonly string[]} names
 */
function watchFor(names) {
  /** @type {Set<{ listener: () => void }>} */
  const subscribers = new Set();
  /** @type {import('node:fs').StatsListener} */
  const tell = (current, previous) => {
    // A file that is not there is reported once at the beginning: no news.
    if (current.ino === 0 && previous.ino === 0) return;
    for (const { listener } of subscribers) listener();
  };
  return (/** @type {() => void} */ listener) => {
    const subscriber = { listener };
    if (subscribers.size === 0) {
      for (const name of names) fs.watchFile(name, { interval: POLL_MS, persistent: false }, tell);
    }
    subscribers.add(subscriber);
    return () => {
      if (!subscribers.delete(subscriber) || subscribers.size > 0) return;
      for (const name of names) fs.unwatchFile(name, tell);
    };
  };
}

module.exports = { fileCredentials };

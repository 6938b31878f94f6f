'use strict';

// Whose work is being done, as `AsyncLocalStorage` and tracers see it. A provider is called from a
// callback of the addon, which knows of nobody.

const { merged } = require('../member.js');

const { AsyncResource } = require('#platform').asyncHooks();

/** @typedef {<T>(run: () => T) => T} Run Runs in a context that was kept. */

const OPTIONS = merged({ requireManualDestroy: true });

/** The names under which an `AsyncResource` keeps what it was made in, before Node.js 24 and since. */
const KEPT_AS = ['kResourceStore', 'context_frame'];

/**
 * The context of the code that calls this.
 *
 * @returns {Run}
 */
function capture() {
  return runnerOf(new AsyncResource('KlingAuth', OPTIONS));
}

/** @type {Run | undefined} */
let nobodys;

/**
 * Runs on behalf of nobody: what happens in the background must not be put down to the request in
 * which it happened to begin.
 *
 * @type {Run}
 */
function inBackground(run) {
  if (nobodys === undefined) {
    const resource = new AsyncResource('KlingAuth', OPTIONS);
    // Nothing documented makes an empty context, and this file may be loaded within a request.
    for (const key of Object.getOwnPropertySymbols(resource)) {
      if (KEPT_AS.includes(String(key.description))) Reflect.set(resource, key, undefined);
    }
    nobodys = runnerOf(resource);
  }
  return nobodys(run);
}

/**
 * @param {InstanceType<typeof AsyncResource>} resource
 * @returns {Run}
 */
function runnerOf(resource) {
  return (run) => resource.runInAsyncScope(run);
}

module.exports = { capture, inBackground };

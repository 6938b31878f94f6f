'use strict';

const platform = require('#platform');
const { millis, text } = require('./fields.js');

/** @typedef {InstanceType<typeof import('./core.js').Core>} Core */

/** Wipes what belongs to instances that were collected. */
const collected = new FinalizationRegistry(
  /** @param {{ core: Core, half: number }} held */
  ({ core, half }) => {
    if (!core.isLost) core.call('webhook_forget', half);
  },
);

/** What a body was, as src/wasm/webhook.rs has it. */
const TEXT = 1;
const REPLACED_TEXT = 2;

const { TextDecoder, TextEncoder } = platform.encoding();
const encoder = new TextEncoder();
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The class `NativeWebhook`.
 *
 * @param {() => Core} currentCore
 */
function webhookClass(currentCore) {
  return class NativeWebhook {
    #core;
    #half;

    /**
     * @param {unknown} _native The addon's class needs it.
     * @param {unknown} secret
     * @param {unknown} options
     * @param {object} processEnv
     */
    constructor(_native, secret, options, processEnv) {
      const core = currentCore();
      const [first, second, third] = [core.put(secret), core.put(options), core.put(processEnv)];
      this.#core = core;
      this.#half = core.call('webhook_create', first, second, third);
      collected.register(this, { core, half: this.#half });
    }

    verifier() {
      /**
       * @param {unknown} body
       * @param {[id?: string, timestamp?: string, signature?: string, now?: number]} rest
       */
      return (body, ...rest) => {
        const kind = this.#verify(body, rest);
        if (kind === TEXT) return undefined;
        // Lone surrogates were signed as U+FFFD, so that is what is to be parsed.
        if (kind === REPLACED_TEXT) return strict.decode(encoder.encode(String(body)));
        try {
          // These very bytes: no other code has run since they were looked at.
          return strict.decode(/** @type {Uint8Array} */ (body));
        } catch {
          return null;
        }
      };
    }

    rawVerifier() {
      /**
       * @param {unknown} body
       * @param {[id?: string, timestamp?: string, signature?: string, now?: number]} rest
       */
      return (body, ...rest) => {
        this.#verify(body, rest);
      };
    }

    signer() {
      /**
       * @param {unknown} body
       * @param {string} id
       * @param {number} timestamp
       */
      return (body, id, timestamp) => {
        const core = this.#core;
        core.call('webhook_sign', this.#half, core.put(body), core.put(id), millis(timestamp));
        return text(core.fields()[0]);
      };
    }

    /** @param {number} timestamp */
    expiresAt(timestamp) {
      this.#core.call('webhook_expires_at', this.#half, millis(timestamp));
      return Number(this.#core.fields()[0]);
    }

    /**
     * @param {string} id
     * @param {number} timestamp
     * @param {number | null} [now]
     */
    seenBefore(id, timestamp, now) {
      const time = now == null ? platform.now() : millis(now);
      const place = this.#core.put(id);
      return (
        this.#core.call('webhook_seen_before', this.#half, place, millis(timestamp), time) === 1
      );
    }

    /**
     * @param {unknown} body
     * @param {unknown[]} rest
     * @returns {number} What the body was.
     */
    #verify(body, rest) {
      const core = this.#core;
      const now = rest.length < 4 ? platform.now() : millis(rest[3]);
      const [first, ...headers] = [body, rest[0], rest[1], rest[2]].map((value) => core.put(value));
      return core.call('webhook_verify', this.#half, Number(first), ...headers, now);
    }
  };
}

module.exports = { webhookClass };

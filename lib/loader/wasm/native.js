'use strict';

const platform = require('#platform');
const { number, text } = require('./fields.js');

/** @typedef {InstanceType<typeof import('./core.js').Core>} Core */
/** @typedef {InstanceType<typeof import('../../../native').Native>} NativeType */
/** @typedef {import('./auth.js').Handle} Handle */

/**
 * The class `Native`: what needs no instance of a public class.
 *
 * @param {() => Core} currentCore
 * @param {import('./core.js').Lender} lender
 */
function nativeClass(currentCore, lender) {
  /**
   * @param {string} name
   * @param {unknown[]} values
   * @param {...number} numbers
   */
  const call = (name, values, ...numbers) => {
    const core = currentCore();
    const places = values.map((value) => core.put(value));
    const result = core.call(name, ...places, ...numbers);
    return { core, result };
  };
  return class Native {
    /** @param {ConstructorParameters<typeof import('../../../native').Native>} given */
    constructor(...given) {
      // The classes of errors are those of this copy of the package in any case.
      lender.readFile = given[4];
    }

    reader() {
      /** @type {ReturnType<NativeType['reader']>} */
      return (handle, ...time) => /** @type {Handle} */ (handle).read(time);
    }

    refresher() {
      /** @type {ReturnType<NativeType['refresher']>} */
      return (handle, ...time) => /** @type {Handle} */ (handle).refresh(time);
    }

    /** @type {NativeType['generateToken']} */
    generateToken(options, processEnv) {
      const { core } = call('generate_token', [options, processEnv], platform.now());
      return text(core.fields()[0]);
    }

    /** @type {NativeType['decodeToken']} */
    decodeToken(token) {
      const [header, claims] = call('decode_token', [token]).core.fields();
      return { header: text(header), claims: text(claims) };
    }

    /** @type {NativeType['verifyToken']} */
    verifyToken(token, secretKey, options) {
      const values = [token, secretKey, options];
      const [claims, reason] = call('verify_token', values, platform.now()).core.fields();
      return /** @type {any} */ ({ claims, reason });
    }

    /** @type {NativeType['explainReply']} */
    explainReply(reply, body, context) {
      const { core } = call('explain_reply', [reply, body, context], platform.now());
      const [ok, status, code, kind, retryable, retryAfterSec, requestId, message, hint, keysOnly] =
        core.fields();
      return /** @type {any} */ ({
        ok: ok !== undefined,
        status: Number(status),
        kind: text(kind),
        retryable: retryable !== undefined,
        takesApiKeysOnly: keysOnly !== undefined,
        code: number(code),
        retryAfterSec: number(retryAfterSec),
        requestId,
        message,
        hint,
      });
    }

    /** @type {NativeType['hintWithoutReply']} */
    hintWithoutReply(method, pathname) {
      return text(call('hint_without_reply', [method, pathname]).core.fields()[0]);
    }

    /** @type {NativeType['checkOptions']} */
    checkOptions(argument, options, types) {
      const given = call('check_options', [argument, options, types]).core.given();
      return Object.fromEntries(Object.keys(types).map((name, index) => [name, given[index]]));
    }

    /** @type {NativeType['refuseType']} */
    refuseType(argument, expected, value) {
      call('refuse_type', [argument, expected, value]);
      throw new Error('unreachable');
    }

    /** @type {NativeType['refuseReceived']} */
    refuseReceived(argument, expected, received) {
      call('refuse_received', [argument, expected, received]);
      throw new Error('unreachable');
    }

    /** @type {NativeType['refuseNumber']} */
    refuseNumber(argument, expected, value) {
      call('refuse_number', [argument, expected, value]);
      throw new Error('unreachable');
    }

    /** @type {NativeType['refuseNotReady']} */
    refuseNotReady() {
      call('refuse_not_ready', []);
      throw new Error('unreachable');
    }

    /** @type {NativeType['refuseBoth']} */
    refuseBoth(first, second) {
      call('refuse_both', [first, second]);
      throw new Error('unreachable');
    }

    /** @type {NativeType['getTokenOptions']} */
    getTokenOptions(options) {
      const { core, result } = call('get_token_options', [options]);
      return { forceRefresh: result === 1, signal: /** @type {any} */ (core.given()[0]) };
    }

    /** @type {NativeType['verifyOptions']} */
    verifyOptions(options) {
      const { core, result } = call('verify_options', [options]);
      return { timeoutMs: result, signal: /** @type {any} */ (core.given()[0]) };
    }

    /** @type {NativeType['checkUrl']} */
    checkUrl(argument, url, bare) {
      call('check_url', [argument, url], bare ? 1 : 0);
    }

    /** @type {NativeType['checkDestination']} */
    checkDestination(origin, base, allowed) {
      call('check_destination', [origin, base, allowed]);
    }

    /** @type {NativeType['describeKey']} */
    describeKey(name, value, base) {
      const [looksLike, problem, odd] = call('describe_key', [name, value, base]).core.fields();
      return /** @type {any} */ ({ looksLike, problem, odd });
    }

    /** @type {NativeType['nearVariable']} */
    nearVariable(name) {
      return call('near_variable', [name]).core.fields()[0];
    }

    /** @type {NativeType['hostOf']} */
    hostOf(url) {
      return /** @type {any} */ (call('host_of', [url]).core.fields()[0]);
    }

    /** @type {NativeType['otherRegionOf']} */
    otherRegionOf(host) {
      return call('other_region_of', [host]).core.fields()[0];
    }

    /** @type {NativeType['credentialOf']} */
    credentialOf(bearer) {
      return call('credential_of', [bearer]).result === 1 ? 'jwt' : 'apiKey';
    }
  };
}

module.exports = { nativeClass };

'use strict';

const { parseArgs } = require('node:util');
const { UsageError } = require('./status.js');

/**
 * @typedef {{ type: 'string' | 'boolean', value?: string, help: string, multiple?: boolean }} Option
 * One with `multiple` can be given several times.
 */

/** Names by which people try to pass a secret. */
const SECRET_OPTION =
  /^-{1,2}(ak|sk|k|s)$|secret|pass(word|wd)|credential|token|(access|api).?key|^--?key/i;

/**
 * Takes a command line apart. No message repeats a value: it may be a secret in the wrong place.
 *
 * @param {readonly string[]} args
 * @param {Readonly<Record<string, Option>>} options
 * @param {string | undefined} argument What the one argument is called, if the command takes one.
 * @returns {{ values: Record<string, string | boolean | undefined>, lists: Record<string, string[]>, argument: string | undefined }}
 */
function parse(args, options, argument) {
  // Absent before Node 18.3.
  if (parseArgs === undefined) throw new UsageError('the command needs Node.js 18.3 or later');
  const known = new Set(Object.keys(options).map((name) => `--${name}`));
  for (const arg of args) {
    const name = /^-[^=]+/.exec(arg)?.[0];
    if (name === undefined || known.has(name)) continue;
    if (SECRET_OPTION.test(name) || name.length > 20) {
      throw new UsageError(
        'secrets are never taken from the command line, where other users and the shell history see them: set them in the environment, or pass NAME=value lines in a file (--dotenv FILE) or on standard input (--stdin)',
      );
    }
    throw new UsageError(`unknown option ${name}`);
  }
  const { values, positionals } = attempt(args, options);
  const allowed = argument === undefined ? 0 : 1;
  if (positionals.length > allowed) {
    throw new UsageError(
      allowed === 0 ? 'this command takes no argument' : `one ${argument} is enough`,
    );
  }
  if (positionals.length < allowed) throw new UsageError(`${argument} is missing`);
  /** @type {Record<string, string | boolean | undefined>} */
  const single = {};
  /** @type {Record<string, string[]>} */
  const lists = {};
  for (const [name, value] of Object.entries(values)) {
    if (Array.isArray(value)) lists[name] = value.map(String);
    else single[name] = value;
  }
  return { values: single, lists, argument: positionals[0] };
}

/**
 * @param {readonly string[]} args
 * @param {Readonly<Record<string, Option>>} options
 */
function attempt(args, options) {
  const config = Object.fromEntries(
    Object.entries(options).map(([name, { type, multiple = false }]) => [name, { type, multiple }]),
  );
  try {
    return parseArgs({ args: [...args], options: config, allowPositionals: true });
  } catch (error) {
    const { code, message } = /** @type {{ code?: string, message?: string }} */ (Object(error));
    if (code !== 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE') throw error;
    // Node's sentence names the option, and goes on to repeat the command line.
    const name = /'(?:-\w, )?(--[\w-]+)/.exec(message ?? '')?.[1] ?? 'an option';
    const takes = options[name.slice(2)]?.type === 'string';
    throw new UsageError(`${name} ${takes ? 'needs a value' : 'takes no value'}`);
  }
}

/**
 * An option that must be a number.
 *
 * @param {Record<string, string | boolean | undefined>} values
 * @param {string} name
 */
function number(values, name) {
  const text = values[name];
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text === '' || Number.isNaN(value)) throw new UsageError(`--${name} must be a number`);
  return value;
}

module.exports = { number, parse };

'use strict';

const { parse } = require('./args.js');
const { helpOf, overview } = require('./help.js');
const { isDotenvUnread, readAll, variablesIn, variablesOf } = require('./input.js');
const { Output } = require('./output.js');
const { STATUS, UsageError, statusOf } = require('./status.js');
const { printable } = require('./text.js');

/**
 * @typedef {object} Context
 * @property {Record<string, string | boolean | undefined>} values The options.
 * @property {Record<string, string[]>} lists The options that may be repeated.
 * @property {string} argument
 * @property {InstanceType<typeof Output>} output
 * @property {Record<string, string | undefined>} env Where credentials are looked for.
 * @property {boolean} json
 * @property {Io} io
 */

/** @typedef {Pick<NodeJS.Process, 'stdout' | 'stderr' | 'stdin' | 'env' | 'once' | 'off'>} Io */

/**
 * @typedef {object} Command
 * @property {string} summary
 * @property {string} [usage] The one argument as the usage line has it, if there is one.
 * @property {string} [argument] What it is called.
 * @property {string} [details]
 * @property {Record<string, import('./args.js').Option>} options
 * @property {(context: Context) => Promise<number>} run Resolves to the exit status.
 */

/** Loaded when it is asked for. @type {Record<string, () => Command>} */
const COMMANDS = {
  token: () => require('./token.js'),
  headers: () => require('./headers.js'),
  inspect: () => require('./inspect.js'),
  verify: () => require('./verify.js'),
  doctor: () => require('./doctor.js'),
  explain: () => require('./explain.js'),
  sandbox: () => require('./sandbox.js'),
  init: () => require('./init.js'),
};

/** @type {Record<string, import('./args.js').Option>} */
const COMMON_OPTIONS = { help: { type: 'boolean', help: 'Show this help.' } };

/**
 * Runs a command line.
 *
 * @param {readonly string[]} argv
 * @param {Io} io
 * @returns {Promise<number>} The exit status.
 */
async function main(argv, io) {
  const output = new Output(io);
  const json = argv.includes('--json');
  try {
    const status = await run(argv, io, output, json);
    const failure = await output.written();
    if (failure === undefined) return status;
    const { code } = /** @type {{ code?: string }} */ (failure);
    output.note(`kling-auth: the answer could not be written to standard output (${code})`);
    return STATUS.refused;
  } catch (error) {
    const { code, message } = /** @type {{ code?: string, message?: string }} */ (Object(error));
    if (json && !output.isClosed())
      output.json({ ok: false, error: { code: code ?? 'USAGE', message } });
    else output.note(`kling-auth: ${printable(message ?? String(error))}`);
    return statusOf(error);
  }
}

/**
 * @param {readonly string[]} argv
 * @param {Io} io
 * @param {InstanceType<typeof Output>} output
 * @param {boolean} json
 */
async function run([name, ...args], io, output, json) {
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    const text = overview(COMMANDS);
    if (name !== undefined) output.line(text);
    else output.note(text);
    return name === undefined ? STATUS.usage : STATUS.ok;
  }
  if (name === '--version' || name === '-v') {
    output.line(require('../../package.json').version);
    return STATUS.ok;
  }
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (load === undefined) {
    const what = name.startsWith('-') ? 'option' : 'command';
    throw new UsageError(`no such ${what}, see kling-auth --help`);
  }
  const command = load();
  const options = { ...command.options, ...COMMON_OPTIONS };
  if (args.includes('--help') || args.includes('-h')) {
    output.line(helpOf(name, command, options));
    return STATUS.ok;
  }
  const { values, lists, argument = '' } = parse(args, options, command.argument);
  let { env } = io;
  if (values.stdin) {
    // What comes in takes the place of the environment: two sources would make up a mixed pair.
    env = variablesOf(await readAll(io.stdin));
    output.concealAll(env);
  }
  if (lists.dotenv !== undefined) {
    env = { ...env, ...variablesIn(lists.dotenv) };
    output.concealAll(env);
  }
  try {
    return await command.run({ values, lists, argument, output, env, json, io });
  } catch (error) {
    const { code } = /** @type {{ code?: unknown }} */ (Object(error));
    const takesFiles = Object.hasOwn(options, 'dotenv');
    if (code === 'KLING_MISSING_CREDENTIALS' && takesFiles && isDotenvUnread(values, lists))
      output.note('kling-auth: .env lies here and was not read: pass --dotenv .env');
    throw error;
  }
}

module.exports = { main };

'use strict';

const { isClosed } = require('./closed.js');
const { printable, printableLines } = require('./text.js');

/** ANSI escapes: on and off. @type {Record<string, [number, number]>} */
const STYLES = { bold: [1, 22], dim: [2, 22], red: [31, 39], green: [32, 39], yellow: [33, 39] };

/** Shorter values would be found in ordinary words. */
const SHORTEST_SECRET = 6;

/** Variables whose value nobody may see. The access key is public: every token carries it. */
const SECRET_NAME = /KLING.*(SECRET|API_?KEY|TOKEN)/i;

/** Everything that the command prints goes through here, so that no secret gets out by accident. */
class Output {
  #stdout;
  #stderr;
  #env;
  /** What came of it all. @type {Promise<void>[]} */
  #writes = [];
  /** Why an answer did not arrive. @type {Error | undefined} */
  #failure;
  /** @type {string[]} */
  #secrets = [];

  /** @param {Pick<NodeJS.Process, 'stdout' | 'stderr' | 'env'>} io */
  constructor({ stdout, stderr, env }) {
    this.#stdout = stdout;
    this.#stderr = stderr;
    this.#env = env;
    this.concealAll(env);
    // What becomes of a write is looked at one by one.
    for (const stream of [stdout, stderr]) stream.on('error', () => {});
  }

  /** Blots a value out of whatever is printed from now on. @param {string | undefined} secret */
  conceal(secret) {
    if (secret === undefined || secret.length < SHORTEST_SECRET) return;
    // As it is, and as it stands within JSON.
    this.#secrets.push(secret, JSON.stringify(secret).slice(1, -1));
  }

  /** @param {Readonly<Record<string, string | undefined>>} env */
  concealAll(env) {
    for (const [name, value] of Object.entries(env)) {
      if (SECRET_NAME.test(name) && !isPath(name, value)) this.conceal(value);
    }
  }

  /** A line of the answer. */
  line(text = '') {
    this.#write(this.#concealed(text));
  }

  /** A line about the answer, out of the way of programs that read it. @param {string} text */
  note(text) {
    this.#stderr.write(`${printableLines(this.#concealed(text))}\n`);
  }

  /** The answer for programs. @param {unknown} value */
  json(value) {
    this.#write(this.#concealed(JSON.stringify(value, null, 2)));
  }

  /** Whether there is nowhere to print an answer. */
  isClosed() {
    return isClosed(this.#stdout);
  }

  /** The only way out for a token: where the user asked for nothing else. @param {string} text */
  disclose(text) {
    if (this.isClosed()) {
      throw new Error('standard output is closed, where the answer belongs');
    }
    this.#write(text);
  }

  /**
   * The way out for made-up keys, beside which the command has something else to do: a program that
   * ignores them may start it.
   *
   * @param {string} text
   */
  show(text) {
    this.#write(text);
  }

  /**
   * Waits for the answer to be written.
   *
   * @returns {Promise<Error | undefined>} Why it was not.
   */
  async written() {
    await Promise.all(this.#writes);
    return this.#failure;
  }

  /** @param {string} text */
  #write(text) {
    const done = new Promise((/** @type {(value: void) => void} */ resolve) => {
      this.#stdout.write(`${printableLines(text)}\n`, (error) => {
        const code = error && 'code' in error ? error.code : undefined;
        // A reader that has seen enough, such as `head`, is no failure.
        if (error && code !== 'EPIPE') this.#failure ??= error;
        resolve();
      });
    });
    this.#writes.push(done);
  }

  /**
   * Lines of a name and a value each.
   *
   * @param {(readonly [string, string | null | undefined])[]} rows Those without a value are left
   * out.
   */
  table(rows) {
    const shown = rows.filter(([, value]) => value != null);
    const width = Math.max(...shown.map(([name]) => name.length));
    for (const [name, value] of shown) {
      this.line(`  ${this.paint('dim', printable(name).padEnd(width))}  ${printable(value ?? '')}`);
    }
  }

  /**
   * @param {'bold' | 'dim' | 'red' | 'green' | 'yellow'} style
   * @param {string} text
   */
  paint(style, text) {
    const [on, off] = STYLES[style] ?? [0, 0];
    return this.#hasColours() ? `\x1b[${on}m${text}\x1b[${off}m` : text;
  }

  /** As Node.js itself decides: FORCE_COLOR, then NO_COLOR, then whether it is a terminal. */
  #hasColours() {
    const { FORCE_COLOR, NO_COLOR, TERM } = this.#env;
    if (FORCE_COLOR !== undefined) return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
    return !NO_COLOR && TERM !== 'dumb' && this.#stdout.isTTY === true;
  }

  /** @param {string} text */
  #concealed(text) {
    return this.#secrets.reduce((text, secret) => text.split(secret).join('[concealed]'), text);
  }
}

/**
 * Whether a variable holds the path of a file with a key, which errors name.
 *
 * @param {string} name
 * @param {string | undefined} value
 */
function isPath(name, value = '') {
  return name.endsWith('_FILE') && !require('../credentials/read-file.js').mayBeKey(value);
}

module.exports = { Output };

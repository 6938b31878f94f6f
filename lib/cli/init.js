'use strict';

const { appendFileSync, readFileSync } = require('node:fs');
const { join } = require('node:path');
const { createInterface } = require('node:readline');
const { JSON_OUTPUT } = require('./options.js');
const { STATUS } = require('./status.js');

const SAMPLE = [
  '# Kling AI. Copy this file to .env, which is not committed, and fill it in.',
  'KLING_API_KEY=',
  '# Or, for the legacy endpoints:',
  '# KLING_ACCESS_KEY=',
  '# KLING_SECRET_KEY=',
  '# The day on which the keys were made: kling-auth doctor tells when they are due.',
  'KLING_KEYS_CREATED=',
];

/**
 * What a file is to have, and what in it is as good as each line.
 *
 * @type {readonly { file: string, lines: readonly (readonly [line: string, same: RegExp])[] }[]}
 */
const IGNORED = [
  {
    file: '.gitignore',
    lines: [
      ['.env', /^(\/|\*\*\/)?(\.env\*?|\*\.env)$/],
      ['.env.*', /^(\/|\*\*\/)?\.env(\.?\*)$/],
      ['!.env.example', /^!(\/|\*\*\/)?\.env\.example$/],
    ],
  },
  {
    file: '.dockerignore',
    lines: [
      ['**/.env', /^\*\*\/(\.env\*?|\*\.env)$/],
      ['**/.env.*', /^\*\*\/\.env(\.?\*)$/],
    ],
  },
];

/** @typedef {{ file: string, text: string | undefined, lines: readonly string[] }} Change */

/** @type {import('./main.js').Command} */
module.exports = {
  summary: 'Keep keys out of git and of images: .env.example and lines in ignore files.',
  details:
    'Adds what is missing in this folder and changes nothing else: a .env.example, and lines in\n.gitignore and .dockerignore. Shows it first, and asks on a terminal.',
  options: { yes: { type: 'boolean', help: 'Write without asking.' }, ...JSON_OUTPUT },
  async run({ values, output, json, io }) {
    const folder = process.cwd();
    const changes = missing(folder);
    const shown = changes.map(({ file, lines }) => ({ file, lines }));
    if (!json) for (const change of changes) show(output, change);
    if (changes.length === 0) {
      if (json) output.json({ ok: true, written: false, changes: shown });
      else output.line('Nothing is missing.');
      return STATUS.ok;
    }
    const isAgreed = values.yes === true || (!json && (await agrees(output, io)));
    if (isAgreed) for (const change of changes) write(folder, change);
    if (json) output.json({ ok: isAgreed, written: isAgreed, changes: shown });
    else output.line(isAgreed ? 'Written.' : 'Nothing was changed: --yes writes this.');
    return isAgreed ? STATUS.ok : STATUS.refused;
  },
};

/**
 * @param {string} folder
 * @returns {Change[]}
 */
function missing(folder) {
  const sample = read(folder, '.env.example');
  // One that names keys of Kling's says already what is needed.
  const sampleLines = /KLING/.test(sample ?? '') ? [] : SAMPLE;
  const ignored = IGNORED.map(({ file, lines }) => {
    const text = read(folder, file);
    const there = (text ?? '').split(/\r?\n/).map((line) => line.trim());
    const absent = lines.filter(([, same]) => !there.some((line) => same.test(line)));
    return { file, text, lines: absent.map(([line]) => line) };
  });
  const changes = [{ file: '.env.example', text: sample, lines: sampleLines }, ...ignored];
  return changes.filter(({ lines }) => lines.length > 0);
}

/**
 * @param {string} folder
 * @param {string} file
 */
function read(folder, file) {
  try {
    return readFileSync(join(folder, file), 'utf8');
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error);
    if (code === 'ENOENT') return undefined;
    throw new Error(`${file} cannot be read (${code}): nothing was changed`);
  }
}

/**
 * Behind what stands in the file, with its line ends.
 *
 * @param {string} folder
 * @param {Change} change
 */
function write(folder, { file, text, lines }) {
  const end = text?.includes('\r\n') ? '\r\n' : '\n';
  const gap = text === undefined || text === '' || text.endsWith('\n') ? '' : end;
  appendFileSync(join(folder, file), gap + lines.map((line) => line + end).join(''));
}

/**
 * @param {import('./main.js').Context['output']} output
 * @param {Change} change
 */
function show(output, { file, text, lines }) {
  output.line(output.paint('bold', `${file}${text === undefined ? ' (new)' : ''}`));
  for (const line of lines) output.line(output.paint('green', `+ ${line}`));
}

/**
 * Asks on a terminal; elsewhere nobody answers.
 *
 * @param {import('./main.js').Context['output']} output
 * @param {import('./main.js').Io} io
 */
async function agrees(output, { stdin, stdout }) {
  if (!stdin.isTTY || !stdout.isTTY) return false;
  output.line('Write this? [y/N]');
  const lines = createInterface({ input: stdin });
  try {
    for await (const line of lines) return /^\s*y(es)?\s*$/i.test(line);
    return false;
  } finally {
    lines.close();
  }
}

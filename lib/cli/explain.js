'use strict';

const { number } = require('./args.js');
const { readAll } = require('./input.js');
const { JSON_OUTPUT } = require('./options.js');
const { replyIn } = require('./reply-in.js');
const { STATUS, UsageError } = require('./status.js');

/** @type {import('./main.js').Command} */
module.exports = {
  summary: 'Say what a reply of Kling’s means, and what to do next.',
  details:
    'Reads a reply from standard input: what curl -i or curl -v prints, a body, a service code, or what a\nprogram has printed of an error.',
  options: {
    status: {
      type: 'string',
      value: 'N',
      help: 'HTTP status, where the input has neither it nor a service code.',
    },
    method: { type: 'string', value: 'METHOD', help: 'Method of the request, such as POST.' },
    url: { type: 'string', value: 'URL', help: 'URL or path of the request.' },
    ...JSON_OUTPUT,
  },
  async run({ values, output, json, io }) {
    const { explainKlingReply } = require('../request/reply.js');
    const { redact } = require('../request/redact.js');
    const { lacksBody, byText, ...found } = replyIn(await readAll(io.stdin));
    const known = number(values, 'status') ?? found.status;
    const status = known ?? statusOfCode(explainKlingReply({ ...found, status: 200 }).code);
    if (status === undefined) {
      throw new UsageError(
        '--status is missing: the input has no line such as HTTP/1.1 401, and no service code, which Kling’s replies have',
      );
    }
    const { method, url } = values;
    const explanation = explainKlingReply({
      ...found,
      status,
      ...(typeof method === 'string' && { method }),
      ...(typeof url === 'string' && { url }),
    });
    const shown = { ...explanation };
    if (lacksBody && !shown.ok && shown.kind !== 'server') {
      shown.hint = 'the status alone says little: give the body too, as curl -i prints it';
    }
    for (const name of /** @type {const} */ (['message', 'requestId'])) {
      const text = shown[name];
      if (text !== null) shown[name] = redact(text);
    }
    if (json) {
      output.json(shown);
    } else {
      const code = shown.code !== null && `code ${shown.code}${byText ? ', by its text' : ''}`;
      output.line(
        shown.ok ? output.paint('green', '✓ success') : output.paint('red', `✗ ${shown.kind}`),
      );
      output.table([
        ['reply', [known !== undefined && `HTTP ${known}`, code].filter(Boolean).join(', ')],
        ['message', shown.message],
        ['task', failureIn(found.body)],
        ['hint', shown.hint],
        ['retry', shown.ok ? null : shown.retryable ? 'may help' : 'does not help'],
        ['request', shown.requestId],
      ]);
    }
    return shown.ok ? STATUS.ok : STATUS.refused;
  },
};

/**
 * Why a task has failed: the reply that tells is a success itself.
 *
 * @param {string} body
 */
function failureIn(body) {
  try {
    const { task_status: state, task_status_msg: reason } = JSON.parse(body).data;
    return state === 'failed' ? ['failed', reason].filter(Boolean).join(': ') : null;
  } catch {
    return null;
  }
}

/**
 * What Kling sends a code with, where the status is not told: of a documented code it says nothing more.
 *
 * @param {number | null} code
 */
function statusOfCode(code) {
  if (code === null) return undefined;
  const { TABLE } = require('../sandbox/table.js');
  return TABLE.get(code)?.status ?? (code >= 400 && code < 600 ? code : undefined);
}

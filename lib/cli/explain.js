'use strict';

const { number } = require('./args.js');
const { readAll } = require('./input.js');
const { JSON_OUTPUT } = require('./options.js');
const { STATUS, UsageError } = require('./status.js');

/** @type {import('./main.js').Command} */
module.exports = {
  summary: 'Say what a reply of Kling’s means, and what to do next.',
  details: 'Reads a reply from standard input: what curl -i prints, or a body and its --status.',
  options: {
    status: {
      type: 'string',
      value: 'N',
      help: 'HTTP status, where the input does not begin with it.',
    },
    method: { type: 'string', value: 'METHOD', help: 'Method of the request, such as POST.' },
    url: { type: 'string', value: 'URL', help: 'URL or path of the request.' },
    ...JSON_OUTPUT,
  },
  async run({ values, output, json, io }) {
    const { explainKlingReply } = require('../request/reply.js');
    const { redact } = require('../request/redact.js');
    const reply = replyIn(await readAll(io.stdin));
    const status = number(values, 'status') ?? reply.status;
    if (status === undefined) {
      throw new UsageError(
        '--status is missing: the input does not begin with a line such as HTTP/1.1 401',
      );
    }
    const { method, url } = values;
    const explanation = explainKlingReply({
      ...reply,
      status,
      ...(typeof method === 'string' && { method }),
      ...(typeof url === 'string' && { url }),
    });
    const shown = { ...explanation };
    for (const name of /** @type {const} */ (['message', 'requestId'])) {
      const text = shown[name];
      if (text !== null) shown[name] = redact(text);
    }
    if (json) {
      output.json(shown);
    } else {
      output.line(
        shown.ok ? output.paint('green', '✓ success') : output.paint('red', `✗ ${shown.kind}`),
      );
      output.table([
        ['reply', `HTTP ${status}${shown.code === null ? '' : `, code ${shown.code}`}`],
        ['message', shown.message],
        ['hint', shown.hint],
        ['retry', shown.ok ? null : shown.retryable ? 'may help' : 'does not help'],
        ['request', shown.requestId],
      ]);
    }
    return shown.ok ? STATUS.ok : STATUS.refused;
  },
};

/**
 * The last reply in what `curl -i` prints, which shows those before it too.
 *
 * @param {string} text
 * @returns {{ status?: number, headers: Record<string, string>, body: string }}
 */
function replyIn(text) {
  /** @type {{ status?: number, headers: Record<string, string>, body: string }} */
  let reply = { headers: {}, body: text };
  for (;;) {
    const [, status] = /^HTTP\/[\d.]+ (\d{3})/.exec(reply.body) ?? [];
    if (status === undefined) return reply;
    const [head = '', ...rest] = reply.body.split(/\r?\n\r?\n/);
    const lines = head.split(/\r?\n/).slice(1);
    const headers = lines.map((line) => {
      const at = line.indexOf(':');
      return [line.slice(0, Math.max(at, 0)).trim().toLowerCase(), line.slice(at + 1).trim()];
    });
    reply = {
      status: Number(status),
      headers: Object.fromEntries(headers),
      body: rest.join('\n\n'),
    };
  }
}

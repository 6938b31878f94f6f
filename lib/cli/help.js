'use strict';

/** @param {Record<string, () => import('./main.js').Command>} commands */
function overview(commands) {
  const lines = Object.entries(commands).map(([name, load]) => row(name, load().summary, 10));
  return `Usage: kling-auth <command> [options]

Commands:
${lines.join('\n')}

kling-auth <command> --help tells more, kling-auth --version the version.

Credentials come from the environment (KLING_API_KEY, or KLING_ACCESS_KEY and KLING_SECRET_KEY), from
NAME=value lines in a file (--dotenv .env) or on standard input (--stdin), never from the command line.

Exit status: 0 fine, 1 refused, 2 wrong usage, 3 no reply from the network.`;
}

/**
 * @param {string} name
 * @param {import('./main.js').Command} command
 * @param {Record<string, import('./args.js').Option>} options
 */
function helpOf(name, { summary, usage, details }, options) {
  const entries = Object.entries(options).map(([option, { value, multiple, help }]) => ({
    form: `--${option}${value ? ` ${value}` : ''}`,
    end: multiple ? '...' : '',
    help,
  }));
  const width = Math.max(...entries.map(({ form }) => form.length));
  const forms = entries.map(({ form, end }) => `[${form}]${end}`);
  const lines = entries.map(({ form, help }) => row(form, help, width));
  const paragraphs = [
    ['Usage: kling-auth', name, ...(usage ? [usage] : []), ...forms].join(' '),
    summary,
    ...(details ? [details] : []),
    `Options:\n${lines.join('\n')}`,
  ];
  return paragraphs.join('\n\n');
}

/**
 * @param {string} name
 * @param {string} text
 * @param {number} width
 */
function row(name, text, width) {
  return `  ${name.padEnd(width)}  ${text}`;
}

module.exports = { helpOf, overview };

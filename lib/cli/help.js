'use strict';

/** @param {Record<string, () => import('./main.js').Command>} commands */
function overview(commands) {
  const lines = Object.entries(commands).map(([name, load]) => row(name, load().summary, 10));
  return `Usage: kling-auth <command> [options]

Commands:
${lines.join('\n')}

kling-auth <command> --help tells more, kling-auth --version the version.

Credentials come from the environment (KLING_ACCESS_KEY and KLING_SECRET_KEY, or KLING_API_KEY) or,
with --stdin, as NAME=value lines from standard input, never from the command line.

Exit status: 0 fine, 1 refused, 2 wrong usage, 3 no reply from the network.`;
}

/**
 * @param {string} name
 * @param {import('./main.js').Command} command
 * @param {Record<string, import('./args.js').Option>} options
 */
function helpOf(name, { summary, usage, details }, options) {
  const lines = Object.entries(options).map(([option, { value, help }]) =>
    row(`--${option}${value ? ` ${value}` : ''}`, help, 16),
  );
  const paragraphs = [
    `Usage: kling-auth ${name}${usage && ` ${usage}`}`,
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

'use strict';

/** Kling's are addresses of a content network; these are the sandbox's own. */
const PATH = '/sandbox/';

/** @type {Record<string, [type: string, bytes: Buffer]>} */
const TYPES = {
  // The smallest file that programs take for a video: it names its type and has no frames.
  mp4: ['video/mp4', Buffer.from('\0\0\0\x18ftypisom\0\0\x02\0isommp42', 'latin1')],
  // One grey pixel.
  png: [
    'image/png',
    Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==',
      'base64',
    ),
  ],
};

/**
 * The address of what a task has made.
 *
 * @param {string} origin
 * @param {import('./tasks.js').Task} task
 */
function url(origin, { outputId, kind }) {
  return `${origin}${PATH}${outputId}.${kind.makes === 'image' ? 'png' : 'mp4'}`;
}

/**
 * What the content network answers: no service codes, no envelope.
 *
 * @param {string} path
 * @param {boolean} bearer Whether the request carries an `Authorization`.
 * @returns {import('./reply.js').Reply & { note?: string }}
 */
function reply(path, bearer) {
  if (bearer) {
    const note =
      'the videos are on another origin than the API, and a token must never be sent there';
    return { status: 403, type: 'text/plain; charset=utf-8', body: `${note}\n`, note };
  }
  const [type, body] = TYPES[/^\/sandbox\/\d+\.(\w+)$/.exec(path)?.[1] ?? ''] ?? [];
  if (type === undefined || body === undefined) {
    return { status: 404, type: 'text/plain; charset=utf-8', body: 'no such file\n' };
  }
  return { status: 200, type, body };
}

module.exports = { reply, url };

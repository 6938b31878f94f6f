'use strict';

/** Kling hands out addresses of a content network; these are the sandbox's own. */
const PATH = '/sandbox/';

/** The smallest file that programs take for a video: it names its type and has no frames. */
const BYTES = Buffer.from('\0\0\0\x18ftypisom\0\0\x02\0isommp42', 'latin1');

/** @returns {import('./reply.js').Reply} */
function reply() {
  return { status: 200, type: 'video/mp4', body: BYTES };
}

/**
 * @param {string} origin
 * @param {string} id
 */
function url(origin, id) {
  return `${origin}${PATH}${id}.mp4`;
}

module.exports = { PATH, reply, url };

'use strict';

/**
 * @typedef {object} Found What a text says of a reply, and of the request that it answers.
 * @property {number} [status]
 * @property {Record<string, string>} headers
 * @property {string} body
 * @property {string} [method]
 * @property {string} [url]
 * @property {'jwt' | 'apiKey'} [credential]
 * @property {boolean} [lacksBody] Only the status was printed.
 * @property {boolean} [byText] The service code is that of the text.
 */

/**
 * The reply in what somebody has at hand: the output of `curl -i` or `curl -v`, a body, a number, or what
 * a program has printed of an error.
 *
 * @param {string} text
 * @returns {Found}
 */
function replyIn(text) {
  const sent = requestIn(text);
  const reply = headed(withoutTrace(text));
  return { ...sent, ...(reply.status === undefined ? dumped(reply.body) : reply) };
}

/**
 * What `curl -v` prints before each line: `<` where it was received, `>` where it was sent, `*` for its
 * own. What was received is left.
 *
 * @param {string} text
 */
function withoutTrace(text) {
  if (!/^< ?HTTP\//m.test(text)) return text.trimStart();
  const lines = text.split(/\r?\n/);
  const kept = lines.filter((line) => !/^(?:[*>]|[{}] \[| {2}% Total| +Dload)/.test(line));
  const received = kept.map((line) => line.replace(/^< ?/, ''));
  return received.join('\n').trimStart();
}

/**
 * The last of the heads that a text begins with: `curl -i` shows those of proxies and redirects too.
 *
 * @param {string} text
 * @returns {{ status?: number, headers: Record<string, string>, body: string }}
 */
function headed(text) {
  /** @type {{ status?: number, headers: Record<string, string>, body: string }} */
  let reply = { headers: {}, body: text };
  for (;;) {
    const [, status] = /^HTTP\/[\d.]+ +(\d{3})/.exec(reply.body) ?? [];
    if (status === undefined) return reply;
    const end = /\r?\n\r?\n/.exec(reply.body);
    const head = end === null ? reply.body : reply.body.slice(0, end.index);
    const lines = head.split(/\r?\n/).slice(1);
    const headers = lines.map((line) => {
      const at = line.indexOf(':');
      return [line.slice(0, Math.max(at, 0)).trim().toLowerCase(), line.slice(at + 1).trim()];
    });
    reply = {
      status: Number(status),
      headers: Object.fromEntries(headers),
      body: end === null ? '' : reply.body.slice(end.index + end[0].length),
    };
  }
}

/** How programs print the status of a reply. */
const STATUSES = [
  /\bstatus(?:_?code)?['"]?\s*[:=]\s*['"]?(\d{3})\b/i,
  /\bstatus(?: code)?:? (\d{3})\b/i,
  /<Response \[(\d{3})\b/,
  /\bHTTP(?:\/[\d.]+)?[ :]+(\d{3})\b/,
  /\b(\d{3}) (?:Client|Server) Error\b/,
  /<title>(\d{3})\b/i,
  /^(\d{3})\b/,
];

/** Texts of Kling's as others have recorded them, for those who have nothing but the text. */
const TEXTS = /** @type {const} */ ([
  [/does not support AK\/?SK/i, 1002],
  [/api key not found/i, 1002],
  [/expected to have 3 parts/i, 1002],
  [/authorization is empty/i, 1001],
  [/account balance not enough/i, 1102],
  [/parallel task over resource pack limit/i, 1303],
  [/task not found by id/i, 1201],
]);

/** What no program prints without meaning it. */
const QUOTED = /\s*(?:"((?:[^"\\\n]|\\.){1,500})"|'((?:[^'\\\n]|\\.){1,500})'|`([^`\n]{1,500})`)/;

/** More than any dump of an error has, and little enough to be searched. */
const MAX_DUMP = 64 * 1024;

/**
 * A reply without a head.
 *
 * @param {string} whole
 * @returns {Found}
 */
function dumped(whole) {
  const text = whole.slice(0, MAX_DUMP).trim();
  const headers = {};
  if (/^[15]\d{3}$/.test(text)) return { headers, body: `{"code":${text}}` };
  const json = jsonIn(text) ?? membersIn(text);
  const around = json === undefined ? text : text.slice(0, json.at) + text.slice(json.end);
  const printed = STATUSES.flatMap((pattern) => pattern.exec(around)?.[1] ?? []).map(Number);
  const status = [...printed, Number(json?.status)].find((found) => found >= 100 && found < 600);
  const known = status === undefined ? {} : { status };
  if (json !== undefined) return { headers, body: json.body, ...known };
  const code = TEXTS.find(([pattern]) => pattern.test(text))?.[1];
  if (code !== undefined) {
    return { headers, body: JSON.stringify({ code, message: text }), byText: true, ...known };
  }
  if (status === undefined || text.startsWith('<!') || /^<html/i.test(text)) {
    return { headers, body: text, ...known };
  }
  return { headers, body: '', lacksBody: true, ...known };
}

/** @typedef {{ body: string, at: number, end: number, status?: unknown }} Dump */

/**
 * The first object of JSON in a text that has what replies have; also one that is a text of JSON itself.
 *
 * @param {string} text
 * @returns {Dump | undefined}
 */
function jsonIn(text) {
  /** Objects are looked for at as many places: in a long text each costs its length. */
  const places = 50;
  const whole = parsed(text);
  if (typeof whole === 'string') return jsonIn(whole.slice(0, MAX_DUMP));
  let at = text.indexOf('{');
  for (let tried = 0; at !== -1 && tried < places; tried += 1) {
    for (let end = text.lastIndexOf('}') + 1, cut = 0; end > at && cut < 5; cut += 1) {
      const body = text.slice(at, end);
      const value = parsed(body);
      if (isReply(value)) return { body, at, end, status: statusIn(value) };
      end = text.lastIndexOf('}', end - 2) + 1;
    }
    at = text.indexOf('{', at + 1);
  }
  return undefined;
}

/**
 * As frameworks and gateways repeat it in the body.
 *
 * @param {any} reply
 * @returns {unknown}
 */
function statusIn(reply) {
  return reply.status ?? reply.error?.code;
}

/** @param {string} text @returns {unknown} */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @param {unknown} value */
function isReply(value) {
  if (typeof value !== 'object' || value === null) return false;
  const names = ['code', 'message', 'msg', 'error', 'errors', 'detail'];
  return names.some((name) => Object.hasOwn(value, name));
}

/**
 * The members of a reply as JavaScript or Python prints an object.
 *
 * @param {string} text
 * @returns {Dump | undefined}
 */
function membersIn(text) {
  const code = /\bcode['"]?\s*[:=]\s*['"]?(\d{1,4})\b/.exec(text);
  if (code === null) return undefined;
  const after = text.slice(code.index);
  /** @param {RegExp} name */
  const member = (name) => {
    const found = new RegExp(`\\b(?:${name.source})['"]?\\s*[:=]${QUOTED.source}`).exec(after);
    return found?.slice(1).find((group) => group !== undefined);
  };
  const body = {
    code: Number(code[1]),
    message: member(/message|msg/),
    request_id: member(/request_id/),
  };
  return { body: JSON.stringify(body), at: code.index, end: code.index + code[0].length };
}

/**
 * The request, as `curl -v` and dumps of errors show it. Of its credential only the kind is taken.
 *
 * @param {string} text
 * @returns {Pick<Found, 'method' | 'url' | 'credential'>}
 */
function requestIn(text) {
  const [, line, path] = /^> ([A-Z]{3,7}) (\/\S*) HTTP\//m.exec(text) ?? [];
  const [, host] = /^> Host: (\S+)/im.exec(text) ?? [];
  const [, named] = /\b(?:url|for url)['"]?\s*[:=]\s*['"]?(https?:\/\/[^\s'",]+)/i.exec(text) ?? [];
  const [, verb] = /\bmethod['"]?\s*[:=]\s*['"](\w{3,7})['"]/i.exec(text) ?? [];
  const [, bearer] = /\bBearer +(eyJ|api-key-kling-)/i.exec(text) ?? [];
  const method = line ?? verb;
  const url = path !== undefined && host !== undefined ? `https://${host}${path}` : (named ?? path);
  return {
    ...(method !== undefined && { method: method.toUpperCase() }),
    ...(url !== undefined && { url }),
    ...(bearer !== undefined && { credential: bearer === 'eyJ' ? 'jwt' : 'apiKey' }),
  };
}

module.exports = { replyIn };

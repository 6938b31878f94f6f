'use strict';

/** Exit statuses: part of the command's interface. */
const STATUS = Object.freeze({ ok: 0, refused: 1, usage: 2, network: 3 });

/** The codes that only a command's options lead to. @type {Set<unknown>} */
const OPTION_CODES = new Set([
  'KLING_OUT_OF_RANGE',
  'KLING_INVALID_ARG_VALUE',
  'KLING_INVALID_URL',
  'KLING_CONFLICTING_OPTIONS',
]);

/** A command line that asks for something that does not exist. */
class UsageError extends Error {}

/** @param {unknown} error */
function statusOf(error) {
  if (error instanceof UsageError) return STATUS.usage;
  const { code } = /** @type {{ code?: unknown }} */ (Object(error));
  if (code === 'KLING_NETWORK') return STATUS.network;
  return OPTION_CODES.has(code) ? STATUS.usage : STATUS.refused;
}

module.exports = { STATUS, UsageError, statusOf };

'use strict';

/** Exit statuses: part of the command's interface. */
const STATUS = Object.freeze({ ok: 0, refused: 1, usage: 2, network: 3 });

/** A command line that asks for something that does not exist. */
class UsageError extends Error {}

/** @param {unknown} error */
function statusOf(error) {
  if (error instanceof UsageError) return STATUS.usage;
  const { code } = /** @type {{ code?: unknown }} */ (Object(error));
  if (code === 'KLING_NETWORK') return STATUS.network;
  const isOption = code === 'KLING_OUT_OF_RANGE' || code === 'KLING_INVALID_ARG_VALUE';
  return isOption || code === 'KLING_INVALID_URL' ? STATUS.usage : STATUS.refused;
}

module.exports = { STATUS, UsageError, statusOf };

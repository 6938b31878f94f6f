'use strict';

/**
 * What the option `now` returns, for functions of the addon that go by their own clock where they
 * are given `undefined` or `null`: what is no number is passed on as `NaN`, which they refuse.
 *
 * @param {(() => unknown) | null | undefined} now
 * @returns {number | undefined}
 */
function momentOf(now) {
  if (now == null) return undefined;
  const moment = now();
  return typeof moment === 'number' ? moment : Number.NaN;
}

module.exports = { momentOf };

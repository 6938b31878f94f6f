'use strict';

/**
 * Kling's table of service codes (documented): code → HTTP status and text. The statuses and the
 * meanings are Kling's; recorded are the texts of 0, 1001, 1102 and 1303 (documented too). The wording
 * of the others is this package's.
 *
 * @type {ReadonlyMap<number, { status: number, message: string }>}
 */
const TABLE = new Map([
  [0, { status: 200, message: 'SUCCEED' }],
  [1000, { status: 401, message: 'Authentication failed' }],
  [1001, { status: 401, message: 'Authorization is empty' }],
  [1002, { status: 401, message: 'Authorization is invalid' }],
  [1003, { status: 401, message: 'Authorization is not yet valid' }],
  [1004, { status: 401, message: 'Authorization has expired' }],
  [1100, { status: 429, message: 'Account exception' }],
  [1101, { status: 429, message: 'Account in arrears' }],
  [1102, { status: 429, message: 'Account balance not enough' }],
  [1103, { status: 403, message: 'No permission for the requested resource' }],
  [1200, { status: 400, message: 'Invalid request parameters' }],
  [1201, { status: 400, message: 'Invalid parameter key or value' }],
  [1202, { status: 404, message: 'The requested method is invalid' }],
  [1203, { status: 404, message: 'The requested resource does not exist' }],
  [1300, { status: 400, message: 'Platform policy triggered' }],
  [1301, { status: 400, message: 'Content policy triggered' }],
  [1302, { status: 429, message: 'Too many requests' }],
  [1303, { status: 429, message: 'parallel task over resource pack limit' }],
  [1304, { status: 429, message: 'IP address is not on the allow list' }],
  [5000, { status: 500, message: 'Internal server error' }],
  [5001, { status: 503, message: 'Server temporarily unavailable' }],
  [5002, { status: 504, message: 'Server internal timeout' }],
]);

module.exports = { TABLE };

'use strict';

const { KlingAuthError } = require('../error.js');

// A test runner that simulates a browser inside Node.js asks for what is made for browsers.
const simulated = typeof process === 'object' && process.versions?.node !== undefined;

throw new KlingAuthError(
  'KLING_UNSUPPORTED_RUNTIME',
  simulated
    ? 'kling-auth was loaded in Node.js as if in a browser, as jest-environment-jsdom does and every ' +
        'other tool that sets the export condition "browser". Begin the test file with ' +
        '`/** @jest-environment node */`, or, where the test needs the DOM too, set ' +
        "`testEnvironmentOptions: { customExportConditions: ['node'] }` in jest's configuration. " +
        'In a browser itself a secret key must never be: every visitor could read it.'
    : 'kling-auth must not run in a browser: a secret key must never reach one, where every visitor ' +
        'can read it. Sign on a server, and have the browser call that server instead of Kling.',
);

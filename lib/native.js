'use strict';

const { KlingAuthError, raise } = require('./error.js');

/**
 * Where a binary for this machine may be: beside this package's source (a development build) or
 * in the platform package that npm installed. On Linux the C library is not detected, which takes
 * a process report where `ldd` is missing: npm installs the one package that fits, and where both
 * are present the other one fails to load.
 */
function candidates() {
  const { platform, arch } = process;
  const suffixes = { linux: ['-gnu', '-musl'], win32: ['-msvc'] }[String(platform)] ?? [''];
  return suffixes.flatMap((suffix) => {
    const target = `${platform}-${arch}${suffix}`;
    return [`../kling-auth.${target}.node`, `kling-auth-${target}`];
  });
}

/** @returns {typeof import('../native')} */
function load() {
  const errors = [];
  for (const candidate of candidates()) {
    try {
      return require(candidate);
    } catch (error) {
      errors.push(error);
    }
  }
  throw new KlingAuthError(
    'KLING_BINARY_MISSING',
    `kling-auth has no binary for ${process.platform}-${process.arch} (Node ${process.version}): ` +
      'reinstall without --omit=optional, on the system that will run it',
    { cause: new AggregateError(errors, 'every candidate failed to load') },
  );
}

const native = load();
native.setThrower(raise);

module.exports = native;

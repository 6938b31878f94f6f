/// <reference lib="esnext.disposable" />

/**
 * Signs a token for the Kling AI API: an HS256 JWT with the claims `iss`, `exp` and `nbf`.
 *
 * Every call signs anew. A program that makes more than one request wants {@link KlingAuth}, which
 * keeps a token while it is good.
 *
 * @param options Where the keys come from and how long the token lives.
 * @returns The JWT, for `Authorization: Bearer <jwt>`.
 * @throws {KlingAuthError} `KLING_MISSING_CREDENTIALS` if neither `options` nor the environment
 * holds both keys; `KLING_INVALID_CREDENTIALS` if one of them cannot be a key.
 * @throws {RangeError} `KLING_OUT_OF_RANGE` for a number out of its range.
 * @throws {TypeError} `KLING_INVALID_ARG_TYPE` for a value of the wrong type,
 * `KLING_UNKNOWN_OPTION` for an option that does not exist.
 * @example
 * const token = generateKlingToken(); // from KLING_ACCESS_KEY and KLING_SECRET_KEY
 * @example
 * const token = generateKlingToken({ accessKey, secretKey, ttlSec: 60 });
 */
export function generateKlingToken(options?: GenerateKlingTokenOptions | null): string;

/** What an option may hold where `null` counts as not given. */
type Optional<T> = T | null | undefined;

/** Variables by name, as in `process.env`. */
export type KlingEnvironment = Readonly<Record<string, string | undefined>>;

export interface GenerateKlingTokenOptions {
  /**
   * The access key, which becomes the claim `iss`.
   * @default The environment's `KLING_ACCESS_KEY`.
   */
  accessKey?: Optional<string>;
  /**
   * The secret key, used as its UTF-8 bytes.
   * @default The environment's `KLING_SECRET_KEY`.
   */
  secretKey?: Optional<string>;
  /**
   * Lifetime of a token in whole seconds, 1 to 1800. Kling refuses longer ones.
   * @default 1800
   */
  ttlSec?: Optional<number>;
  /**
   * How far `nbf` is dated back, in whole seconds, 0 to 300: the clock difference to Kling's
   * servers that is tolerated.
   * @default 5
   */
  clockToleranceSec?: Optional<number>;
  /**
   * An object to read variables from instead of `process.env`.
   * @default process.env
   */
  env?: Optional<KlingEnvironment>;
}

/**
 * Options of {@link KlingAuth}.
 */
export interface KlingAuthOptions extends GenerateKlingTokenOptions {
  /**
   * How long before its end a token is replaced, in whole seconds, 0 to `ttlSec` − 1. With 0 it is
   * used to its last second.
   * @default A sixth of `ttlSec`: 300 where that is 1800.
   */
  bufferSec?: Optional<number>;
  /**
   * The clock: returns milliseconds since the epoch, as `Date.now` does. For tests.
   * @default The system's clock.
   */
  now?: Optional<() => number>;
}

/** A token with its end. */
export interface KlingToken {
  /** The JWT. */
  token: string;
  /** When Kling stops accepting it (its `exp`). */
  expiresAt: Date;
}

/**
 * Hands out a token that is always good for at least `bufferSec` seconds, and signs a new one
 * whenever it would not be: near its end, after the clock was set back, after the process was
 * frozen. Nothing runs in the background; the clock is looked at when a token is asked for.
 *
 * The secret key is kept outside the JavaScript heap. It shows up in no inspection, JSON, error or
 * heap snapshot, and is wiped when the object is collected or disposed.
 *
 * @example
 * const auth = new KlingAuth(); // from KLING_ACCESS_KEY and KLING_SECRET_KEY
 * await fetch(url, { method: 'POST', headers: auth.headers, body });
 */
export class KlingAuth {
  /**
   * Credentials from the environment.
   *
   * Nothing is signed before the first token is asked for.
   *
   * @param options See {@link KlingAuthOptions}.
   * @throws {KlingAuthError} `KLING_MISSING_CREDENTIALS` if neither `options` nor the environment
   * holds both keys; `KLING_INVALID_CREDENTIALS` if one of them cannot be a key.
   * @throws {RangeError} `KLING_OUT_OF_RANGE` for a number out of its range.
   * @throws {TypeError} `KLING_INVALID_ARG_TYPE` for a value of the wrong type,
   * `KLING_UNKNOWN_OPTION` for an option that does not exist.
   */
  constructor(options?: KlingAuthOptions | null);
  /**
   * @param accessKey The access key; the environment's `KLING_ACCESS_KEY` if not given.
   * @param secretKey The secret key; the environment's `KLING_SECRET_KEY` if not given.
   * @param bufferSec How long before its end a token is replaced, in whole seconds, 0 to 1799.
   * Default 300.
   * @throws As the other form does.
   */
  constructor(
    accessKey: Optional<string>,
    secretKey?: Optional<string>,
    bufferSec?: Optional<number>,
  );

  /**
   * The current token, signed anew if it is stale.
   * @throws {KlingAuthError} `KLING_DISPOSED` after disposal, as every member below does.
   */
  get token(): string;

  /** A fresh object of request headers with the current {@link KlingAuth.token}. */
  get headers(): KlingHeaders;

  /** When Kling stops accepting the current {@link KlingAuth.token} (its `exp`). */
  get expiresAt(): Date;

  /** When the current {@link KlingAuth.token} is replaced: `bufferSec` before its end. */
  get refreshesAt(): Date;

  /** The access key. Public: every token carries it. */
  get accessKey(): string;

  /**
   * The current token with its end, for callers that want a promise.
   *
   * Callers of the same token share one `Date`: copy it before you change it.
   */
  getToken(): Promise<KlingToken>;

  /**
   * Signs a new token at once.
   * @returns The new token.
   */
  refresh(): string;

  /**
   * Drops the cached token, so that the next read signs a new one.
   *
   * @param token Drop it only if this is the cached one. Pass the token that was refused, and a
   * hundred callers that saw the same refusal cause one new signature.
   */
  invalidate(token?: Optional<string>): void;

  /** What `JSON.stringify` shows: no secret, no token. */
  toJSON(): { accessKey?: string; expiresAt: Date | null };

  get [Symbol.toStringTag](): 'KlingAuth';

  /**
   * Wipes the secret key. What is asked for afterwards throws `KLING_DISPOSED`.
   *
   * Exists where the runtime knows `Symbol.dispose`: Node.js 18.18 and later.
   */
  [Symbol.dispose](): void;
}

/** Request headers, in this order. */
export interface KlingHeaders {
  Authorization: `Bearer ${string}`;
  'Content-Type': 'application/json';
  /** For functions that take any record of headers. */
  [name: string]: string;
}

/**
 * Takes a token apart without verifying it, for debugging.
 *
 * @throws {KlingAuthError} `KLING_MALFORMED_TOKEN` if it is not a JWT.
 * @throws {TypeError} `KLING_INVALID_ARG_TYPE` if it is not a string.
 * @example
 * decodeKlingToken(auth.token).expiresAt;
 */
export function decodeKlingToken(token: string): DecodedKlingToken;

export interface DecodedKlingToken {
  /** The header's members, `{ alg: 'HS256', typ: 'JWT' }` in a token of ours. */
  header: Record<string, unknown>;
  /** The claims, `{ iss, exp, nbf }` in a token of ours. */
  claims: Record<string, unknown>;
  /** The claim `exp` as a date; `null` if there is none. */
  expiresAt: Date | null;
  /** The claim `nbf` as a date; `null` if there is none. */
  notBefore: Date | null;
}

/**
 * Says whether a token is genuine and valid now, by Kling's rules.
 *
 * Only HS256 is accepted. `exp` is required, `nbf` honoured where there is one, and a token may not
 * end more than 1800 s from now.
 *
 * @throws {TypeError} `KLING_INVALID_ARG_TYPE` for arguments of the wrong type.
 * @throws {RangeError} `KLING_OUT_OF_RANGE` for a `now` that is no time.
 * @throws {KlingAuthError} `KLING_INVALID_CREDENTIALS` if `secretKey` cannot be a secret key.
 */
export function verifyKlingToken(
  token: string,
  secretKey: string,
  options?: VerifyKlingTokenOptions | null,
): KlingTokenVerification;

export interface VerifyKlingTokenOptions {
  /**
   * The moment to judge by: a `Date` or milliseconds since the epoch.
   * @default The system's clock.
   */
  now?: Optional<Date | number>;
  /**
   * The access key that must stand in `iss`.
   * @default Any.
   */
  accessKey?: Optional<string>;
}

export type KlingTokenVerification =
  | { valid: true; claims: KlingClaims; reason?: undefined }
  | { valid: false; reason: KlingTokenRefusal; claims?: undefined };

/** The claims of a token that was verified. */
export interface KlingClaims {
  /** The access key. */
  iss: string;
  /** The end, in seconds since the epoch. */
  exp: number;
  /** The beginning, in seconds since the epoch. */
  nbf?: number;
  /** Claims that Kling does not ask for, such as the `iat` that some libraries add. */
  [name: string]: unknown;
}

/**
 * Why a token is refused; the first that applies, in this order.
 *
 * - `malformed`: not a JWT, or a claim is missing or of the wrong type
 * - `algorithm`: not HS256
 * - `signature`: signed with another key, or changed since
 * - `expired`: `exp` has come
 * - `not-yet-valid`: `nbf` lies ahead
 * - `issuer`: `iss` is not the `accessKey` asked for
 * - `lifetime`: it ends more than 1800 s from now
 */
export type KlingTokenRefusal =
  | 'malformed'
  | 'algorithm'
  | 'signature'
  | 'expired'
  | 'not-yet-valid'
  | 'issuer'
  | 'lifetime';

/** The codes of {@link KlingAuthError}. */
export type KlingAuthErrorCode =
  | 'KLING_MISSING_CREDENTIALS'
  | 'KLING_INVALID_CREDENTIALS'
  | 'KLING_DISPOSED'
  | 'KLING_MALFORMED_TOKEN'
  | 'KLING_BINARY_MISSING';

/** The codes of the `TypeError`s and `RangeError`s that bad arguments cause. */
export type KlingArgumentErrorCode =
  | 'KLING_INVALID_ARG_TYPE'
  | 'KLING_OUT_OF_RANGE'
  | 'KLING_UNKNOWN_OPTION';

/** Anything that goes wrong with authentication. No message holds a secret or a token. */
export class KlingAuthError extends Error {
  constructor(code: KlingAuthErrorCode, message: string, options?: { cause?: unknown });
  readonly name: 'KlingAuthError';
  /** Stable: what programs test for. */
  readonly code: KlingAuthErrorCode;
}

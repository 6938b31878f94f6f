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
 * holds both keys; `KLING_INVALID_CREDENTIALS` if one of them cannot be a key;
 * `KLING_UNREADABLE_FILE` if a file that a variable names (`KLING_SECRET_KEY_FILE`) cannot be read;
 * `KLING_TOKEN_FROM_API_KEY` if there is only an API key, which signs no token.
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

/** What cannot be there beside an `apiKey`. */
type NotWithApiKey = null | undefined;
/** What cannot be there beside an `accessKey` or a `secretKey`. */
type NotWithPair = null | undefined;
/** What cannot be there beside `credentials`. */
type NotWithCredentials = null | undefined;

/** Variables by name, as in `process.env`. */
export type KlingEnvironment = Readonly<Record<string, string | undefined>>;

/** What both `generateKlingToken` and `KlingAuth` take. */
interface TokenOptions {
  /**
   * Lifetime of a token in whole seconds, 1 to 1800. Kling's samples use 1800; longer ones may be
   * refused.
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

/** An access key with its secret key. */
interface PairOptions {
  /**
   * The access key, which becomes the claim `iss`.
   * @default From the environment.
   */
  accessKey?: Optional<string>;
  /**
   * The secret key, used as its UTF-8 bytes.
   * @default From the environment.
   */
  secretKey?: Optional<string>;
}

/** Options of {@link generateKlingToken}. */
export interface GenerateKlingTokenOptions extends TokenOptions, PairOptions {}

/** Options of {@link KlingAuth} that are not about where its credentials come from. */
interface RefreshOptions extends TokenOptions {
  /**
   * How long before its end a token is replaced, in whole seconds, 0 to `ttlSec` − 1. With 0 it is
   * used to its last second.
   * @default A sixth of `ttlSec`: 300 where that is 1800.
   */
  bufferSec?: Optional<number>;
  /**
   * Called in a turn of its own after a new token was made. What it throws is an uncaught
   * exception. The same is published on the diagnostics channel `kling-auth:refresh`.
   * @default None.
   */
  onRefresh?: Optional<(event: KlingRefreshEvent) => void>;
  /**
   * Called in a turn of its own after the provider failed. The same is published on the
   * diagnostics channel `kling-auth:error`.
   * @default None.
   */
  onError?: Optional<(error: KlingAuthError) => void>;
  /**
   * The clock: returns milliseconds since the epoch, as `Date.now` does. For tests.
   * @default The system's clock.
   */
  now?: Optional<() => number>;
  /**
   * The base URL of {@link KlingAuth.fetch} and {@link KlingAuth.verify}: an origin, or one with a
   * path such as `/v1`. `https`, or `http` to a loopback address. Not together with `region`.
   *
   * Where it is none of Kling's hosts, an API Key may look like anything that a header can carry.
   * @default The environment's `KLING_API_BASE`, else that of `region`.
   */
  baseUrl?: Optional<string>;
  /**
   * One of Kling's hosts as the base URL. The environment's `KLING_API_BASE` goes before it, so that
   * a program that is sent to a sandbox or a gateway by its environment stays there.
   *
   * - `global`: `https://api-singapore.klingai.com`
   * - `cn`: `https://api-beijing.klingai.com`
   * - `legacy`: `https://api.klingai.com`, an older name of the same region as `global`
   * @default 'global'
   */
  region?: Optional<KlingRegion>;
  /**
   * Origins beside that of the base URL which {@link KlingAuth.fetch} may send credentials to,
   * such as a second regional host.
   * @default []
   */
  allowedOrigins?: Optional<readonly string[]>;
  /**
   * Whether a difference of more than 5 s between the local clock and Kling's is made up for once
   * it was measured. See {@link KlingAuth.clockSkewSec}.
   * @default true
   */
  correctClock?: Optional<boolean>;
  /**
   * What {@link KlingAuth.fetch} and {@link KlingAuth.verify} call: for tests and proxies. It must
   * behave as the platform's, which drops `Authorization` when a redirect leaves the origin.
   * @default globalThis.fetch
   */
  fetch?: Optional<KlingFetchFunction>;
}

/** What is taken where no provider is asked. */
interface StaticOptions extends RefreshOptions {
  /**
   * Stands before the name of every variable: `STAGING_` reads `STAGING_KLING_ACCESS_KEY`.
   * @default ''
   */
  prefix?: Optional<string>;
  /** Of the option `credentials`: without it nothing comes of this. */
  providerTimeoutMs?: Optional<number>;
  /** Of the option `credentials`: without it nothing comes of this. */
  apiKeyMaxAgeSec?: Optional<number>;
}

/** From a pair, or from the environment where a half or both are missing. */
interface StaticPairOptions extends StaticOptions, PairOptions {
  apiKey?: NotWithPair;
  credentials?: NotWithPair;
}

/** From an API Key, or from the environment where it is missing: `process.env.KLING_API_KEY` fits. */
interface ApiKeyOptions extends StaticOptions {
  /**
   * An API Key, sent as it is.
   * @default From the environment.
   */
  apiKey?: Optional<string>;
  accessKey?: NotWithApiKey;
  secretKey?: NotWithApiKey;
  credentials?: NotWithApiKey;
}

/** From a provider function. */
interface ProviderOptions extends RefreshOptions {
  /**
   * Called whenever credentials are wanted, never twice at a time nor within a second. A call that
   * was given up and does not heed its `signal` may still be running when the next one is made.
   */
  credentials: KlingCredentialsProvider | KlingCredentialsSource;
  /**
   * How long `credentials` may take, in whole milliseconds, 1 to 600,000. Then its `signal` is
   * aborted and the refresh has failed with `KLING_PROVIDER_TIMEOUT`.
   * @default 10000
   */
  providerTimeoutMs?: Optional<number>;
  /**
   * After how long `credentials` is asked again for an API key that it returned without an end, in
   * whole seconds, 1 to 2,592,000, or 0 for never. The key is used meanwhile, and to no end while
   * `credentials` fails.
   * @default 300
   */
  apiKeyMaxAgeSec?: Optional<number>;
  accessKey?: NotWithCredentials;
  secretKey?: NotWithCredentials;
  apiKey?: NotWithCredentials;
  prefix?: NotWithCredentials;
}

/** Options of {@link KlingAuth}: a pair, an API key, a provider, or nothing, for the environment. */
export type KlingAuthOptions = StaticPairOptions | ApiKeyOptions | ProviderOptions;

/** Credentials as they are passed to `rotate` and returned by a provider. */
export type KlingCredentials =
  | { accessKey: string; secretKey: string; apiKey?: null | undefined }
  | { apiKey: string; accessKey?: null | undefined; secretKey?: null | undefined };

/** What a provider returns: credentials, and their end where they have one. */
export type KlingProvidedCredentials = KlingCredentials & {
  /**
   * A `Date` or milliseconds since the epoch. No token outlives it.
   * @default None: a pair is fetched anew with each token, an API key after `apiKeyMaxAgeSec`.
   */
  expiresAt?: Optional<Date | number>;
};

/** Fetches credentials from a secret manager, a file, a vault. */
export type KlingCredentialsProvider = (context: {
  /** Aborted when the answer is no longer wanted: after `providerTimeoutMs`, or on disposal. */
  signal: AbortSignal;
  /** Why credentials are wanted. */
  reason: KlingRefreshReason;
}) => KlingProvidedCredentials | PromiseLike<KlingProvidedCredentials>;

/** A provider that can tell of news. A function with a member `subscribe` is one, too. */
export interface KlingCredentialsSource {
  /** Called whenever credentials are wanted, as a {@link KlingCredentialsProvider} is. */
  get: KlingCredentialsProvider;
  /**
   * Called once by each {@link KlingAuth}, right before the first call of `get`. Each call of
   * `listener` has `get` called in the background, with the reason `rotated`: never twice at a time
   * nor within a second, and without waiting for the backoff of failures. The listener holds the
   * `KlingAuth` only weakly and keeps no process alive; what it is called by should not either.
   *
   * @returns Nothing, or a function that ends the subscription. It is called after the `KlingAuth`
   * was disposed or collected.
   */
  subscribe?: ((listener: () => void) => () => void) | ((listener: () => void) => void);
}

/**
 * Why a token is new.
 *
 * - `initial`: it is the first
 * - `expiring`: the one before was near its end
 * - `clock-set-back`: the one before did not fit the clock, which was set back or corrected
 * - `invalidated`: the one before was dropped by `invalidate`
 * - `forced`: asked for by `refresh` or `forceRefresh`
 * - `rotated`: the credentials were replaced by `rotate`
 * - `refused`: Kling did not know the credential of the one before
 * - `retry`: the provider had failed before
 */
export type KlingRefreshReason =
  | 'initial'
  | 'expiring'
  | 'clock-set-back'
  | 'invalidated'
  | 'forced'
  | 'rotated'
  | 'refused'
  | 'retry';

/** Where credentials came from: passed in, the variable of this name, or a provider. */
export type KlingCredentialSource = 'options' | 'provider' | `env:${string}`;

/** What `onRefresh` and the channel `kling-auth:refresh` hear. */
export interface KlingRefreshEvent {
  /** Why the token is new. */
  reason: KlingRefreshReason;
  /** The new token's end; `null` for an API key without one. */
  expiresAt: Date | null;
  /** Where its credentials came from. */
  source: KlingCredentialSource;
}

/** Options of `getToken`. */
export interface GetTokenOptions {
  /**
   * Aborting it rejects this call with its reason, and leaves a refresh that others share alone.
   * @default None.
   */
  signal?: Optional<AbortSignal>;
  /**
   * Makes a new token in any case; with a provider, from new credentials.
   * @default false
   */
  forceRefresh?: Optional<boolean>;
}

/** See {@link KlingAuthOptions.region}. */
export type KlingRegion = 'global' | 'cn' | 'legacy';

/** The platform's `fetch`, as its typings (those of Node.js or of the DOM) have it. */
export type KlingFetch = typeof globalThis extends { fetch: infer Fetch }
  ? Fetch
  : (input: unknown, init?: unknown) => Promise<unknown>;

/** A function that can be called as the platform's `fetch`, and need have no members (Bun's has one). */
export type KlingFetchFunction = KlingFetch extends (
  input: infer Input,
  init?: infer Init,
) => infer Reply
  ? (input: Input, init?: Init) => Reply
  : never;

/** A token with its end. */
export interface KlingToken {
  /** The JWT, or the API key. */
  token: string;
  /** When Kling stops accepting it (its `exp`); `null` for an API key without an end. */
  expiresAt: Date | null;
}

/**
 * Hands out a token that is good for at least `bufferSec` seconds, and replaces it whenever it would
 * not be: near its end, after the clock was set back, after the process was frozen. The clock is
 * looked at when a token is asked for; with credentials at hand nothing runs in the background.
 *
 * The secret key is kept outside the JavaScript heap. It shows up in no inspection, JSON, error or
 * heap snapshot, and is wiped when the object is collected or disposed.
 *
 * @example
 * const auth = new KlingAuth(); // from the environment
 * await fetch(url, { method: 'POST', headers: auth.headers, body });
 * @example
 * const auth = new KlingAuth({ credentials: async ({ signal }) => readSecret({ signal }) });
 * await auth.ready();
 */
export class KlingAuth {
  /**
   * Holds the credentials that are passed in, or those of the environment. Nothing is signed, and no
   * provider called, before the first token is asked for.
   *
   * The environment is read where no key is passed in; the first family that is set wins:
   * `KLING_API_KEY`, `KLING_ACCESS_KEY` + `KLING_SECRET_KEY`, `KLINGAI_API_KEY`,
   * `KLINGAI_ACCESS_KEY` + `KLINGAI_SECRET_KEY`, `KLING_ACCESS_KEY_ID` + `KLING_SECRET_ACCESS_KEY`.
   *
   * Each may be given as a file instead: `KLING_SECRET_KEY_FILE` holds the path of one, a regular file
   * of at most 64 KiB, which is read here. One final newline is not the key's,
   * nor is a byte order mark; UTF-16 that begins with one is read as such.
   *
   * @param options See {@link KlingAuthOptions}. A string is an access key, whose secret key comes from
   * the environment.
   * @throws {KlingAuthError} `KLING_MISSING_CREDENTIALS` if neither `options` nor the environment
   * holds credentials, or only one half; `KLING_INVALID_CREDENTIALS` if one cannot be what it is
   * passed as, or a variable and its file are both set; `KLING_UNREADABLE_FILE` if a file that a
   * variable names cannot be read; `KLING_EXPOSED_SECRET` if the only secret stands in a variable that
   * is published to browsers.
   * @throws {RangeError} `KLING_OUT_OF_RANGE` for a number out of its range.
   * @throws {TypeError} `KLING_INVALID_ARG_TYPE` for a value of the wrong type,
   * `KLING_INVALID_ARG_VALUE` for a `prefix` that begins no variable's name,
   * `KLING_CONFLICTING_OPTIONS` for options that exclude each other,
   * `KLING_UNKNOWN_OPTION` for an option that does not exist.
   */
  // One form for each number of arguments: the compiler then has one to compare a call with, and its
  // message is about that one.
  constructor(options?: KlingAuthOptions | string | null);
  /**
   * Holds an access key and a secret key, from which it signs tokens.
   *
   * @param accessKey The access key; from the environment if not given.
   * @param secretKey The secret key; from the environment if not given.
   * @param bufferSec How long before its end a token is replaced, in whole seconds, 0 to 1799.
   * Default 300.
   * @throws As the other form does.
   */
  constructor(
    accessKey: Optional<string>,
    secretKey: Optional<string>,
    bufferSec?: Optional<number>,
  );

  /**
   * The current token, replaced if it is stale; the key itself in API key mode.
   *
   * With a provider, a token that is due is handed out to its end while the next one is on its way.
   *
   * @throws {KlingAuthError} `KLING_NOT_READY` if the provider has not delivered yet, or its last
   * credentials have run out; `KLING_DISPOSED` after disposal. So do the members below.
   */
  get token(): string;

  /** A fresh object of request headers with the current {@link KlingAuth.token}. */
  get headers(): KlingHeaders;

  /** When Kling stops accepting the current token (its `exp`); `null` for an API key without an end. */
  get expiresAt(): Date | null;

  /** When the current token is replaced, `bufferSec` before its end; `null` as `expiresAt`. */
  get refreshesAt(): Date | null;

  /** Whether tokens are signed (`jwt`) or an API key is sent as it is (`apiKey`). */
  get kind(): 'jwt' | 'apiKey';

  /** The access key, which is public: every token carries it. `null` in API key mode. */
  get accessKey(): string | null;

  /** Where the credentials came from. `options` if at least one half was passed in. */
  get source(): KlingCredentialSource;

  /**
   * The names of variables that hold further credentials, which come after those in use: a look at
   * them helps where Kling refuses. Empty for credentials that were passed in or come from a
   * provider, where no variable is looked at.
   */
  get passedOver(): string[];

  /**
   * The current token with its end. With a provider, waits for it where no valid token is at hand.
   *
   * Callers of the same token share one `Date`: copy it before you change it.
   *
   * @throws {KlingAuthError} `KLING_PROVIDER_FAILED` if the provider rejected, threw or returned
   * something else (with that as `cause`); `KLING_PROVIDER_TIMEOUT` if it took too long.
   * @throws The `signal`'s reason, once it is aborted.
   */
  getToken(options?: GetTokenOptions | null): Promise<KlingToken>;

  /** Resolves when there is a token. Rejects as `getToken` does. */
  ready(): Promise<void>;

  /**
   * The platform's `fetch` with authentication.
   *
   * - A path is taken relative to the base URL: with the base `https://host/v1`, `videos/text2video`
   *   and `/v1/videos/text2video` are the same. `/v1/…`, `/account/…` and the newer endpoints
   *   (`/tasks`, `/text-to-video/…`, `/image-to-video/…`, `/omni-video/…`, `/motion-control/…`) start
   *   at its root.
   * - `Authorization` is set, unless the call brings its own. A token that this instance has issued
   *   counts as none, with credentials that were replaced since too: clients that authenticate
   *   themselves with `auth.token` get a fresh one. Every
   *   other header and option goes through as it is (`signal`, `dispatcher`, …).
   * - Credentials go to the base URL's origin and to `allowedOrigins` only.
   * - A 401 with the code 1003 or 1004 (the token's dates do not fit Kling's clock) corrects the
   *   clock if the reply shows it, signs anew and tries once more, if the body can be sent again: a
   *   string, bytes, `Blob`, `FormData` or `URLSearchParams`, but no stream and no `Request` with a
   *   body. Only a reply of the base URL's own origin is believed, not one that a redirect led to.
   * - With the option `credentials`, a 401 with the code 1000 or 1002 asks the provider once more, and
   *   the request is sent again if that has another credential. Every other reply is handed through
   *   as it is: retrying is up to the caller.
   *
   * It is a function of its own, so it can be passed to clients that take a `fetch`.
   *
   * Where no reply comes, or a redirect cannot be followed, it rejects with a `TypeError` as `fetch`
   * does, with its message, its error as `cause`, the `code` `KLING_NETWORK` and what helps as `hint`; an abort rejects with the
   * signal's reason. It rejects with {@link KlingAuthError} too: `KLING_FOREIGN_ORIGIN` for a URL on
   * another origin, `KLING_INVALID_URL` for a bad `KLING_API_BASE`; and with a `TypeError`
   * `KLING_INVALID_ARG_TYPE` for what is no URL, no method or no headers, and where there is no global
   * `fetch`.
   * @example
   * const response = await auth.fetch('/v1/videos/text2video', {
   *   method: 'POST',
   *   headers: { 'Content-Type': 'application/json' },
   *   body: JSON.stringify({ model_name: 'kling-v2-6', prompt: 'a cat' }),
   * });
   */
  get fetch(): KlingFetch;

  /**
   * What a reply means, as {@link explainKlingReply}, by all that the instance knows: what was asked,
   * by which method and with which kind of credentials, if the reply is one of `auth.fetch`. The body
   * stays readable.
   *
   * @throws {TypeError} If `response` is no reply or its body was read already, as a rejection.
   * @example
   * const response = await auth.fetch('/tasks?task_ids=0');
   * const { ok, hint } = await auth.explain(response);
   */
  explain(response: Response): Promise<KlingReplyExplanation>;

  /**
   * Asks Kling whether the credentials work, by a call that is free and creates nothing
   * (`GET /account/costs`, or where that does not exist the list of tasks). Never more than one
   * call a second leaves an instance: further ones wait for their turn.
   *
   * A refusal is a result like any other. What rejects is the absence of a reply:
   * {@link KlingAuthError} `KLING_NETWORK` with the reason as its `cause`; and an abort, with the
   * signal's reason.
   * @throws {TypeError | RangeError} For bad options, as a rejection.
   * @example
   * const { ok, hint } = await auth.verify();
   */
  verify(options?: VerifyOptions | null): Promise<KlingVerification>;

  /**
   * How far Kling's clock is ahead of the local one, in whole seconds; negative if it is behind, 0
   * until it was measured. Measured from the `Date` header of replies to {@link KlingAuth.verify}
   * and of refusals with 1003 or 1004, and made up for beyond 5 s (see `correctClock`).
   */
  get clockSkewSec(): number;

  /**
   * Signs a new token at once, with the credentials at hand. An API key stays what it is. To ask a
   * provider for new credentials, use `getToken({ forceRefresh: true })`.
   * @returns The new token.
   */
  refresh(): string;

  /**
   * Drops the cached token, so that the next read makes a new one; with a provider, from new
   * credentials.
   *
   * @param token Drop it only if this is the cached one. Pass the token that was refused, and a
   * hundred callers that saw the same refusal cause one new token.
   */
  invalidate(token?: Optional<string>): void;

  /**
   * Replaces the credentials. They are checked first; then the next token is made with them, and
   * the old secret is wiped.
   *
   * @throws {KlingAuthError} `KLING_INVALID_CREDENTIALS`, `KLING_MISSING_CREDENTIALS`, as the
   * constructor; `KLING_ROTATE_WITH_PROVIDER` where a provider delivers the credentials.
   */
  rotate(credentials: KlingCredentials): void;

  /** What `JSON.stringify` shows: no secret, no token. */
  toJSON(): { accessKey?: string | undefined; expiresAt: Date | null };

  get [Symbol.toStringTag](): 'KlingAuth';

  /**
   * Wipes the secret key. What needs it afterwards throws `KLING_DISPOSED`.
   *
   * Exists where the runtime knows `Symbol.dispose`: Node.js 18.18 and later.
   */
  [Symbol.dispose](): void;
}

/** Options of {@link KlingAuth.verify}. */
export interface VerifyOptions {
  /**
   * How long to wait for each reply, in whole milliseconds, 1 to 600000.
   * @default 10000
   */
  timeoutMs?: Optional<number>;
  /** Ends the call, and the wait for its turn. */
  signal?: Optional<AbortSignal>;
}

/**
 * What {@link KlingAuth.verify} found out: `ok` is whether the credentials work. A 400 about the
 * request's parameters counts as success, since they are looked at after the credentials.
 */
export type KlingVerification = KlingReplyExplanation & KlingVerificationFacts;

interface KlingVerificationFacts {
  /** What was sent. */
  credential: KlingCredential;
  /** Where it was sent, without a slash at its end. */
  baseUrl: string;
  /** As {@link KlingAuth.clockSkewSec}, after this reply. */
  clockSkewSec: number;
  /** From the request to the reply's headers, in milliseconds. */
  latencyMs: number;
}

/** A kind of credentials: a token signed with access key and secret key, or an API Key. */
export type KlingCredential = 'jwt' | 'apiKey';

/**
 * Says what a reply of Kling's means and what to do next. Never fails on what a server sends: HTML
 * of a gateway, half a body, megabytes of noise (64 KiB are read).
 *
 * Goes by the service code before the HTTP status, as six codes share the status 429: also by one
 * that comes under HTTP 200, or within `data`, where `/account/costs` has a second one. Texts of
 * Kling's that others have recorded make the hint more precise, and change nothing else.
 *
 * @throws {TypeError} `KLING_INVALID_ARG_TYPE` for a value of the wrong type,
 * `KLING_INVALID_ARG_VALUE` for an unknown `credential`, `KLING_UNKNOWN_OPTION` for a member that
 * does not exist.
 * @throws {RangeError} `KLING_OUT_OF_RANGE` for a `status` that is none.
 * @example
 * const { status, headers } = response;
 * const { retryable, hint } = explainKlingReply({ status, headers, body: await response.text() });
 */
export function explainKlingReply(reply: KlingReply): KlingReplyExplanation;

/** A reply that is to be explained: what is known of it, whichever client has got it. */
export interface KlingReply {
  /** The HTTP status. */
  status: number;
  /** The body: its text, its bytes, or its parsed JSON. */
  body?: unknown;
  /** The headers, of which `Retry-After` and `Date` are read: any `Headers` or record. */
  headers?: Optional<
    | { get(name: string): string | null }
    | Readonly<Record<string, string | number | readonly string[] | null | undefined>>
  >;
  /** What the request carried, if that is known: it makes the hint of a 401 more precise. */
  credential?: Optional<KlingCredential>;
  /** The request's URL or path, if that is known: it makes the hint of a 401 more precise. */
  url?: Optional<string | URL>;
  /**
   * The request's HTTP method, if that is known: whether a failure of the server's can be retried
   * depends on it. See {@link KlingReplyExplanation.retryable}.
   */
  method?: Optional<string>;
}

/** What a reply means: discriminated by `ok`, so that there is a `hint` wherever something is wrong. */
export type KlingReplyExplanation = KlingSuccess | KlingRefusal;

/** Success: a 2xx with the code 0. */
export interface KlingSuccess extends KlingReplyFacts {
  ok: true;
  kind: 'ok';
  hint: null;
}

/** Anything else. */
export interface KlingRefusal extends KlingReplyFacts {
  ok: false;
  kind: Exclude<KlingReplyKind, 'ok'>;
  /** What to do next. */
  hint: string;
}

interface KlingReplyFacts {
  /** The HTTP status, as given. */
  status: number;
  /** The service code; `null` if the body holds none. */
  code: number | null;
  /**
   * Whether the same request, unchanged, may succeed later and does no harm. Of what shares the
   * status 429 that is true of `rate-limit` alone. A `clock` refusal wants a new token instead,
   * which {@link KlingAuth.fetch} has already tried.
   *
   * After a failure of the server's (`server`) it depends on the `method`: a create may have made
   * its task, which may be charged, so it is true of reads only (`GET` and the like, and `POST` to
   * `/tasks` and below `/account`), and false where the method is not known.
   */
  retryable: boolean;
  /**
   * How long to wait before that, or before looking again, in seconds, at most a day: from
   * `Retry-After`. `null` without one. Whether Kling sends one is not documented.
   */
  retryAfterSec: number | null;
  /** For questions to Kling's support; `null` if the body holds none. */
  requestId: string | null;
  /**
   * The text of Kling, or of the gateway that has answered in its place, on one line, at most 500
   * characters; `null` if the body holds none.
   */
  message: string | null;
}

/**
 * What a reply is about. The codes are those that Kling documents.
 *
 * - `ok`: success
 * - `auth`: credentials missing, wrong or not for this endpoint (1000 to 1002)
 * - `clock`: the token's dates do not fit Kling's clock (1003, 1004)
 * - `account`: abnormal, in arrears, resource pack used up (1100 to 1102)
 * - `permission`: no access to this API or model (1103)
 * - `request`: bad parameters, method, path or model (1200 to 1203)
 * - `policy`: refused for what it asks for (1300, 1301)
 * - `rate-limit`: too much at once (1302, 1303)
 * - `ip`: the IP address is not allowed (1304)
 * - `server`: Kling failed (5000 to 5002)
 * - `unknown`: none of these can be told
 */
export type KlingReplyKind =
  | 'ok'
  | 'auth'
  | 'clock'
  | 'account'
  | 'permission'
  | 'request'
  | 'policy'
  | 'rate-limit'
  | 'ip'
  | 'server'
  | 'unknown';

/** Request headers, in this order. */
export interface KlingHeaders {
  /** `Bearer`, a space, and the token or the API Key. */
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

/** A token taken apart: nothing of it is verified. */
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
 * end more than 1805 s from now: the 1800 s of Kling's samples, and 5 s that the signer's clock may
 * be ahead. Whether Kling refuses longer-lived ones is not documented.
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

/** Options of {@link verifyKlingToken}. */
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

/** Whether a token is genuine and valid, discriminated by `valid`: with its claims, or the reason why not. */
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
 * - `lifetime`: it ends more than 1805 s from now
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
  | 'KLING_EXPOSED_SECRET'
  | 'KLING_UNREADABLE_FILE'
  | 'KLING_TOKEN_FROM_API_KEY'
  | 'KLING_NOT_READY'
  | 'KLING_PROVIDER_FAILED'
  | 'KLING_PROVIDER_TIMEOUT'
  | 'KLING_ROTATE_WITH_PROVIDER'
  | 'KLING_DISPOSED'
  | 'KLING_MALFORMED_TOKEN'
  | 'KLING_BINARY_MISSING'
  | 'KLING_UNSUPPORTED_RUNTIME'
  | 'KLING_INVALID_URL'
  | 'KLING_FOREIGN_ORIGIN'
  | 'KLING_NETWORK'
  | 'KLING_INTERNAL'
  | 'KLING_CORE_LOST'
  | 'KLING_NO_CLOCK';

/** The codes of the `TypeError`s and `RangeError`s that bad arguments cause. */
export type KlingArgumentErrorCode =
  | 'KLING_INVALID_ARG_TYPE'
  | 'KLING_INVALID_ARG_VALUE'
  | 'KLING_CONFLICTING_OPTIONS'
  | 'KLING_OUT_OF_RANGE'
  | 'KLING_UNKNOWN_OPTION';

/** Anything that goes wrong with authentication. No message holds a secret or a token. */
export class KlingAuthError extends Error {
  constructor(code: KlingAuthErrorCode, message: string, options?: { cause?: unknown });
  readonly name: 'KlingAuthError';
  /** Stable: what programs test for. */
  readonly code: KlingAuthErrorCode;
}

/**
 * Proves that a callback comes from Kling: signed with the webhook secret, over these very bytes,
 * not long ago. The scheme is that of Standard Webhooks, which Kling documents.
 *
 * The secrets are kept outside the JavaScript heap, as {@link KlingAuth} keeps its secret key.
 *
 * @example
 * const webhook = new KlingWebhook(); // from KLING_WEBHOOK_SECRET
 * const { id, payload } = webhook.verify(rawBody, request.headers);
 */
export interface KlingWebhook<Async extends boolean = false> {
  /**
   * Verifies a delivery and parses its body.
   *
   * @param rawBody The body as it arrived. A string stands for its UTF-8. Parsed and serialized
   * again it would not be the same bytes.
   * @param headers The request's headers; see {@link KlingWebhookHeaders}.
   * @returns The delivery; a promise of it if the option `isReplay` was given, which then rejects
   * instead of throwing.
   * @throws {KlingWebhookError} If the delivery is not to be believed; see
   * {@link KlingWebhookErrorCode}.
   * @throws {TypeError} `KLING_INVALID_ARG_TYPE` for an argument of the wrong type, such as a body
   * that was parsed already.
   */
  verify<Payload = unknown>(
    rawBody: KlingRawBody,
    headers: KlingWebhookHeaders,
  ): KlingVerified<Async, KlingWebhookEvent<Payload>>;

  /** Like {@link KlingWebhook.verify}, for bodies that are to be left as they are. */
  verifyRaw(
    rawBody: KlingRawBody,
    headers: KlingWebhookHeaders,
  ): KlingVerified<Async, KlingWebhookDelivery>;

  /**
   * Signs a delivery as Kling does, for tests: with every secret.
   *
   * @param id The header `webhook-id`: visible ASCII without dots and commas.
   * @param timestamp The header `webhook-timestamp`: a `Date`, or seconds since the epoch.
   * @param rawBody The body.
   * @returns The header `webhook-signature`: `v1,<base64>`, one for each secret, separated by
   * spaces.
   * @throws {KlingWebhookError} `KLING_WEBHOOK_MALFORMED_HEADER` for an id that would be refused.
   * @throws {RangeError} `KLING_OUT_OF_RANGE` for a timestamp that is none.
   */
  sign(id: string, timestamp: Date | number, rawBody: KlingRawBody): string;

  readonly [Symbol.toStringTag]: 'KlingWebhook';
}

export const KlingWebhook: {
  /**
   * Holds the secrets that deliveries are verified with.
   *
   * @param secret The secret from Kling's console, base64 with or without `whsec_` before it, or
   * several of them: while a secret is rotated, callbacks signed with either must pass. Default:
   * the environment's `KLING_WEBHOOK_SECRET`, which may hold several separated by spaces or commas, or
   * the file that `KLING_WEBHOOK_SECRET_FILE` names.
   * @param options See {@link KlingWebhookOptions}. With `isReplay`, `verify` and `verifyRaw` return
   * promises.
   * @throws {KlingAuthError} `KLING_MISSING_CREDENTIALS` if there is no secret;
   * `KLING_INVALID_CREDENTIALS` for one that is not base64, has less than 16 bytes, or looks like
   * another kind of key.
   * @throws {RangeError} `KLING_OUT_OF_RANGE` for a number out of its range.
   * @throws {TypeError} `KLING_INVALID_ARG_TYPE` for a value of the wrong type,
   * `KLING_UNKNOWN_OPTION` for an option that does not exist.
   */
  // One form, so that the compiler's message is about the option that is wrong.
  new <Answer extends boolean | Promise<boolean> = never>(
    secret?: Optional<string | readonly string[]>,
    options?:
      | (Omit<KlingWebhookOptions, 'isReplay'> & {
          isReplay?: KlingIsReplay<Answer> | ([Answer] extends [never] ? null | undefined : never);
        })
      | null,
  ): KlingWebhook<[Answer] extends [never] ? false : true>;
  readonly prototype: KlingWebhook<boolean>;
};

/** Options of {@link KlingWebhook}. */
export interface KlingWebhookOptions {
  /**
   * How far a delivery's timestamp may be from now, in whole seconds, 1 to 86400, into the past
   * and into the future.
   * @default 300
   */
  toleranceSec?: Optional<number>;
  /**
   * Whether a second delivery of one id is refused. Ids are remembered in this process, the last
   * 65536 of them, until their deliveries are too old to be accepted. That includes deliveries
   * that Kling itself repeats: answer 2xx once a callback is safely stored, and work on it later.
   * @default false, or true where `isReplay` is given
   */
  replayProtection?: Optional<boolean>;
  /** A memory that several processes share, in place of this process's own. */
  isReplay?: Optional<KlingIsReplay>;
  /**
   * An object to read `KLING_WEBHOOK_SECRET` from instead of `process.env`.
   * @default process.env
   */
  env?: Optional<KlingEnvironment>;
  /**
   * The clock: returns milliseconds since the epoch, as `Date.now` does. For tests.
   * @default The system's clock.
   */
  now?: Optional<() => number>;
}

/**
 * Says whether an id was seen before, and remembers it, in one indivisible step: of two callers
 * with the same id at the same time, one must get `false` and the other `true`.
 *
 * Called for genuine deliveries only. If it throws or rejects, the verification does so too.
 *
 * @param id The header `webhook-id`.
 * @param expiresAt Until when a delivery with this timestamp is accepted: how long to remember it.
 */
export type KlingIsReplay<Answer extends boolean | Promise<boolean> = boolean | Promise<boolean>> =
  (id: string, expiresAt: Date) => Answer;

/** With the option `isReplay` (`Async`), a promise. */
export type KlingVerified<Async extends boolean, T> = Async extends true ? Promise<T> : T;

/** A body as it arrived. */
export type KlingRawBody = string | ArrayBuffer | ArrayBufferView;

/**
 * A request's headers: a `Headers`, an object with names in any case, a `Map`, or names and values
 * in turn, as Node's `rawHeaders` has them. `webhook-id` and `webhook-timestamp` must be there
 * once; signatures may be spread over several values of `webhook-signature`. Of these three, 64 KiB
 * are looked at, and 16 signatures.
 */
export type KlingWebhookHeaders =
  | { get(name: string): string | null }
  | Readonly<Record<string, string | readonly string[] | undefined>>
  | ReadonlyMap<string, string | readonly string[]>
  | readonly string[];

/** A delivery that was verified. */
export interface KlingWebhookDelivery {
  /** The header `webhook-id`: the same each time that Kling repeats the delivery. */
  id: string;
  /** The header `webhook-timestamp`: when this attempt was made. */
  timestamp: Date;
}

/** A delivery that was verified, with its body. */
export interface KlingWebhookEvent<Payload = unknown> extends KlingWebhookDelivery {
  /** The body, parsed from JSON. */
  payload: Payload;
}

/**
 * Why a delivery is refused; the first that applies, in this order.
 *
 * - `KLING_WEBHOOK_BODY_TOO_LARGE`: more than the middleware's `bodyLimit`
 * - `KLING_WEBHOOK_MALFORMED_HEADER`: a header with characters that have no place in it (in an id
 *   also dots, which separate it from the timestamp in what is signed), or more than 64 KiB
 * - `KLING_WEBHOOK_MISSING_HEADER`: a header is missing, which the message names
 * - `KLING_WEBHOOK_DUPLICATE_HEADER`: `webhook-id` or `webhook-timestamp` has several values
 * - `KLING_WEBHOOK_MALFORMED_TIMESTAMP`: not a whole number of seconds
 * - `KLING_WEBHOOK_TOO_OLD`, `KLING_WEBHOOK_TOO_FAR_AHEAD`: beyond `toleranceSec`
 * - `KLING_WEBHOOK_NO_MATCHING_SIGNATURE`: forged, changed, or signed with another secret
 * - `KLING_WEBHOOK_BODY_NOT_JSON`: genuine, but not JSON in UTF-8
 * - `KLING_WEBHOOK_REPLAY`: genuine, but its id was seen before
 */
export type KlingWebhookErrorCode =
  | 'KLING_WEBHOOK_BODY_TOO_LARGE'
  | 'KLING_WEBHOOK_MALFORMED_HEADER'
  | 'KLING_WEBHOOK_MISSING_HEADER'
  | 'KLING_WEBHOOK_DUPLICATE_HEADER'
  | 'KLING_WEBHOOK_MALFORMED_TIMESTAMP'
  | 'KLING_WEBHOOK_TOO_OLD'
  | 'KLING_WEBHOOK_TOO_FAR_AHEAD'
  | 'KLING_WEBHOOK_NO_MATCHING_SIGNATURE'
  | 'KLING_WEBHOOK_BODY_NOT_JSON'
  | 'KLING_WEBHOOK_REPLAY';

/**
 * A delivery that is not to be believed. Not a {@link KlingAuthError}: that one tells of the
 * program's own credentials, this one of what a stranger has sent. No message holds a header's
 * value or a part of the body.
 */
export class KlingWebhookError extends Error {
  constructor(code: KlingWebhookErrorCode, message: string, options?: { cause?: unknown });
  readonly name: 'KlingWebhookError';
  /** Stable: what programs test for. */
  readonly code: KlingWebhookErrorCode;
}

/**
 * What stands around every reply of Kling's. Documented; that `data` may be absent was recorded.
 *
 * @example
 * const reply = (await response.json()) as KlingEnvelope<KlingTask>;
 */
export interface KlingEnvelope<Data = unknown> {
  /** 0 on success; see {@link explainKlingReply} for the others. */
  code: number;
  /** Kling's text about the code. */
  message: string;
  /** For questions to Kling's support. */
  request_id: string;
  /** What was asked for; absent from a refusal. */
  data?: Data;
}

/**
 * A task of the legacy endpoints (`/v1/…`): as `data` of a reply, and as the payload of a callback.
 * Documented, with the values that were recorded.
 */
export interface KlingTask {
  /** 18 digits, beyond what a number holds. */
  task_id: string;
  /** How far it is. `succeed` and `failed` are final. */
  task_status: 'submitted' | 'processing' | 'succeed' | 'failed';
  /** Why it failed. */
  task_status_msg?: string;
  /** Empty without an external id. */
  task_info: { external_task_id?: string };
  /** What it has made, once it has succeeded. */
  task_result?: KlingTaskResult;
  /** Milliseconds since the epoch. */
  created_at: number;
  /** Milliseconds since the epoch. */
  updated_at: number;
}

/** What a finished task of the legacy endpoints has made. In callbacks all three lists are there. */
export interface KlingTaskResult {
  /** The `id` is not that of the task. The `duration` is in seconds, such as `"5.1"`. */
  videos?: { id: string; url: string; duration: string }[];
  /** In the order of their `index`. */
  images?: { index: number; url: string }[];
  /** The `duration` is in seconds. */
  audios?: { id?: string; url?: string; duration?: string }[];
}

/**
 * A task of the newer endpoints: as an item of `GET /tasks`, and as the payload of a callback.
 * Documented, with the values that were recorded.
 */
export interface KlingNewerTask {
  /** 18 digits, beyond what a number holds. */
  id: string;
  /** How far it is. `succeeded` and `failed` are final. */
  status: 'submitted' | 'processing' | 'succeeded' | 'failed';
  /** Why it failed; empty otherwise. */
  message: string;
  /** Milliseconds since the epoch. */
  create_time: number;
  /** Milliseconds since the epoch. */
  update_time: number;
  /** The `external_task_id` that it was created with. */
  external_id?: string;
  /** What it has made: empty before it is done. */
  outputs?: { type: string; id?: string; url: string; duration?: string }[];
  /** What it cost, once it is done. */
  billing?: { charge_type: string; amount: string | number; package_type?: string }[];
}

/** The payload of a callback: of either generation of endpoints. */
export type KlingCallback = KlingTask | KlingNewerTask;

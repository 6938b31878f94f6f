/// <reference lib="esnext.disposable" />
/// <reference types="node" />

/** What an option may hold where `null` counts as not given. */
type Optional<T> = T | null | undefined;

/**
 * Starts a stand-in for the Kling AI API on the loopback interface, for tests and for trying things
 * out without an account. It costs nothing, creates nothing, and reaches nobody.
 *
 * It judges credentials, answers with Kling's envelope, codes and HTTP statuses, and pretends to
 * make videos:
 *
 * | endpoint | credentials |
 * | --- | --- |
 * | `GET /account/costs?start_time=…&end_time=…` | both |
 * | `POST /v1/videos/text2video`, `POST /v1/videos/image2video` | both |
 * | `GET` of the same, with `/<id>` for one task | both |
 * | `POST /text-to-video/<model>`, `POST /image-to-video/<model>` | API Key |
 * | `GET /tasks?task_ids=<id>,<id>` | API Key |
 *
 * The codes, their HTTP statuses and the legacy endpoints are documented by Kling. Observed in
 * recorded calls: the newer endpoints' shapes and that they answer every other credential with
 * 1002, and 400/1201 for an unknown task. Assumed, because Kling says nothing: 1000 for revoked
 * credentials, 1002 for a token that ends more than 1805 s from now, an exact `Bearer` before it, the
 * wording of the messages, and that a listed task is the newest first. Limits of rate are not
 * enforced; see {@link KlingSandbox.fail}.
 *
 * @param options See {@link KlingSandboxOptions}.
 * @throws {TypeError} `KLING_INVALID_ARG_TYPE` for a value of the wrong type,
 * `KLING_UNKNOWN_OPTION` for an option that does not exist.
 * @throws {RangeError} `KLING_OUT_OF_RANGE` for a number out of its range.
 * @throws {KlingAuthError} `KLING_INVALID_CREDENTIALS` for credentials that cannot be,
 * `KLING_MISSING_CREDENTIALS` for half a pair.
 * @throws {Error} Node's own, such as `EADDRINUSE`, if the port cannot be had.
 * @example
 * const sandbox = await startKlingSandbox();
 * const auth = new KlingAuth({ env: sandbox.env });
 * await fetch(`${sandbox.url}/v1/videos/text2video`, { headers: auth.headers });
 * await sandbox.close();
 */
export function startKlingSandbox(options?: KlingSandboxOptions | null): Promise<KlingSandbox>;

/** Made-up credentials: never put real ones here. */
export interface KlingSandboxCredentials {
  /**
   * The access key, together with `secretKey`.
   * @default Made up if no credentials are given at all, otherwise none.
   */
  accessKey?: Optional<string>;
  /** The secret key, together with `accessKey`. */
  secretKey?: Optional<string>;
  /**
   * The API Key.
   * @default Made up if no credentials are given at all, otherwise none.
   */
  apiKey?: Optional<string>;
}

export interface KlingSandboxOptions extends KlingSandboxCredentials {
  /**
   * The port to listen on, 0 to 65535.
   * @default 0: any that is free.
   */
  port?: Optional<number>;
  /**
   * How far the sandbox's clock is ahead of `now`, in seconds; negative if it is behind.
   * @default 0
   */
  clockSkewSec?: Optional<number>;
  /**
   * The clock: returns milliseconds since the epoch. Tokens and tasks are judged by it, and replies
   * carry it as `Date`. What it throws fails the request with a 500, or is an uncaught exception
   * where the sandbox acts by itself, as for callbacks.
   * @default Date.now
   */
  now?: Optional<() => number>;
  /**
   * Which query for a task finds it done, counted from 1. The ones before it find it being
   * processed.
   * @default 2
   */
  taskPolls?: Optional<number>;
  /**
   * How long a task takes by the sandbox's clock, in seconds, however often it is queried. It is
   * submitted for the first tenth of that time and processed for the rest.
   * @default Not given: tasks advance by queries.
   */
  taskSec?: Optional<number>;
  /**
   * Called with each request, once its reply is decided. What it throws fails the request with a
   * 500.
   * @default None.
   */
  onRequest?: Optional<(request: KlingSandboxRequest) => void>;
  /**
   * The secret that callbacks are signed with; see {@link KlingSandbox.callbacks}.
   * @default Made up.
   */
  webhookSecret?: Optional<string>;
  /**
   * Whether callbacks are signed. Kling does not sign them where no webhook secret was created.
   * @default true
   */
  signCallbacks?: Optional<boolean>;
  /**
   * Called with each callback, once it was answered or has failed. What it throws is an uncaught
   * exception, and holds no other callback up.
   * @default None.
   */
  onCallback?: Optional<(callback: KlingSandboxCallback) => void>;
  /**
   * What goes wrong from the start; see {@link KlingSandbox.fail}.
   * @default None.
   */
  faults?: Optional<readonly KlingSandboxFault[]>;
}

/**
 * Something that goes wrong with a request. The members add up: a reply with the code 1302 may also
 * come late and be cut off.
 *
 * Without `code`, `status` and `body` the request is handled as usual, and only what comes back of
 * it goes wrong: a task whose creation ends in a reset exists, as it would at Kling.
 *
 * @example
 * sandbox.fail({ code: 1302, times: 2, headers: { 'Retry-After': '1' } });
 * sandbox.fail({ reset: true, path: '/v1/videos' });
 */
export interface KlingSandboxFault {
  /**
   * How many requests it meets: a whole number of at least 1, or `Infinity`.
   * @default 1
   */
  times?: Optional<number>;
  /**
   * Only requests whose path begins with this.
   * @default All.
   */
  path?: Optional<string>;
  /** Reply with this service code, its HTTP status and its message, and do nothing. */
  code?: Optional<number>;
  /**
   * The HTTP status, 200 to 599. Alone: an empty body, as from a gateway.
   * @default That of `code`.
   */
  status?: Optional<number>;
  /**
   * The message beside `code`.
   * @default That of `code`.
   */
  message?: Optional<string>;
  /** A body that is no envelope, such as a gateway's HTML. */
  body?: Optional<string>;
  /** Headers of the reply, over its own. */
  headers?: Optional<Readonly<Record<string, string>>>;
  /** What the header `Date` says. */
  date?: Optional<Date | number>;
  /** Leaves the header `Date` out. */
  withoutDate?: Optional<boolean>;
  /** How late the reply comes, in milliseconds, 0 to 2147483647. */
  delayMs?: Optional<number>;
  /** Holds the reply back until this promise is settled. */
  until?: Optional<PromiseLike<unknown>>;
  /** Ends the connection halfway through the body. */
  truncate?: Optional<boolean>;
  /** Resets the connection instead of replying. */
  reset?: Optional<boolean>;
}

export interface KlingSandboxRotation extends KlingSandboxCredentials {
  /**
   * Whether the credentials before stay good beside the new ones.
   * @default false
   */
  keepPrevious?: Optional<boolean>;
}

/** Options of {@link KlingSandbox.rotateWebhookSecret}. */
export interface KlingSandboxWebhookRotation {
  /**
   * The new secret.
   * @default Made up.
   */
  webhookSecret?: Optional<string>;
  /**
   * Whether the old secret ends at once. Otherwise callbacks carry a signature by each of the two
   * for 7 days of the sandbox's clock.
   * @default false
   */
  emergency?: Optional<boolean>;
}

/** A callback that the sandbox has made. */
export interface KlingSandboxCallback {
  /** The `callback_url`. */
  readonly url: string;
  /** Its `webhook-id`, also where it was not signed. */
  readonly id: string;
  /** The body: the task as it was then, in the shape of the endpoint that it was created on. */
  readonly payload: unknown;
  /** When it was sent, by the sandbox's clock. */
  readonly at: Date;
  /** The HTTP status of the reply; absent if there was none. */
  readonly status?: number;
  /** Why there was none. */
  readonly error?: string;
}

/** A request as the sandbox saw it: no token, no header. */
export interface KlingSandboxRequest {
  /** The method, in capitals. */
  readonly method: string;
  /** The path with its query. */
  readonly path: string;
  /** The JSON body; absent if there was none, or more than 1 MiB of it. */
  readonly body?: unknown;
  /** What stood in `Authorization`. */
  readonly credential: 'jwt' | 'apiKey' | 'other' | 'none';
  /** The token's `iss`, verified or not; absent if there was no token. */
  readonly accessKey?: string;
  /** The token's end, verified or not; absent if there was no token. */
  readonly expiresAt?: Date;
  /** The HTTP status of the reply. */
  readonly status: number;
  /** The service code of the reply; absent if it was no envelope. */
  readonly code?: number;
  /** The `request_id` of the reply. */
  readonly requestId: string;
  /** When it came, by the sandbox's clock. */
  readonly at: Date;
}

/** Variables for the environment of the program under test. */
// Not an interface: it must fit where any record of variables is wanted.
export type KlingSandboxEnvironment = {
  /** {@link KlingSandbox.url} */
  KLING_API_BASE: string;
  KLING_ACCESS_KEY?: string;
  KLING_SECRET_KEY?: string;
  /** Only where there is no pair. */
  KLING_API_KEY?: string;
  /** {@link KlingSandbox.webhookSecret} */
  KLING_WEBHOOK_SECRET?: string;
};

/**
 * A running sandbox.
 *
 * It keeps the process alive, as every server does, until it is closed or {@link unref} is called.
 */
export interface KlingSandbox {
  /** Its origin, such as `http://127.0.0.1:49152`: the base URL to use. */
  readonly url: string;
  readonly port: number;
  /** The access key that is good now; `undefined` if there is none. */
  readonly accessKey: string | undefined;
  /** The secret key that is good now; `undefined` if there is none. */
  readonly secretKey: string | undefined;
  /** The API Key that is good now; `undefined` if there is none. */
  readonly apiKey: string | undefined;
  /** Base URL and credentials under the names that `KlingAuth` reads. */
  readonly env: KlingSandboxEnvironment;
  /** The latest 1,000 requests, oldest first: a copy. */
  readonly requests: KlingSandboxRequest[];
  /** What callbacks are signed with now; `undefined` if they are not. */
  readonly webhookSecret: string | undefined;
  /**
   * The latest 1,000 callbacks, oldest first: a copy.
   *
   * A task that was created with a `callback_url` posts each status that it gets, from `submitted`
   * on, signed as Kling signs. Nobody needs to ask for it: a callback counts as a query, unless
   * `taskSec` lets the clock decide. Only `http` addresses on the loopback interface are called,
   * and each once, as nothing is known of how Kling repeats what was not accepted.
   *
   * The scheme and the legacy shape are documented by Kling. Assumed: that a callback of a newer
   * endpoint has the shape of its task (observed), and that `submitted` is posted too.
   */
  readonly callbacks: KlingSandboxCallback[];
  /**
   * How far its clock is ahead, in seconds. May be set at any time.
   * @throws {RangeError} `KLING_OUT_OF_RANGE` when set to no finite number.
   */
  clockSkewSec: number;

  /**
   * Makes the next requests fail. Faults wait in line: each meets its `times` requests, then the
   * next one's turn comes.
   *
   * @throws {TypeError} `KLING_INVALID_ARG_TYPE` or `KLING_UNKNOWN_OPTION` for a fault that is
   * none, and Node's own for headers that cannot be sent.
   * @throws {RangeError} `KLING_OUT_OF_RANGE` for a number out of its range.
   */
  fail(...faults: readonly KlingSandboxFault[]): void;

  /** Forgets the faults that have not been met yet. */
  recover(): void;

  /**
   * Replaces the credentials, by made-up ones if none are given. What is signed with those before
   * is refused with code 1000 from now on, unless `keepPrevious`.
   *
   * @throws As {@link startKlingSandbox} does.
   */
  rotate(options?: KlingSandboxRotation | null): void;

  /**
   * Replaces the webhook secret, as Kling's console does it.
   *
   * @throws {KlingAuthError} `KLING_INVALID_CREDENTIALS` for a secret that cannot be one.
   */
  rotateWebhookSecret(options?: KlingSandboxWebhookRotation | null): void;

  /** Refuses all credentials with code 1000, until the next {@link rotate}. */
  revoke(): void;

  /** Keeps the process alive again. */
  ref(): void;

  /** Lets the process end although the sandbox runs. */
  unref(): void;

  /** Stops it and ends its connections, idle or not. May be called again. */
  close(): Promise<void>;

  /**
   * {@link close}, for `await using`. Exists where the runtime knows `Symbol.asyncDispose`:
   * Node.js 18.18 and later.
   */
  [Symbol.asyncDispose](): Promise<void>;
}

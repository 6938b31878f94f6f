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
 * | `POST`, `GET /v1/videos/<kind>` and `GET /v1/videos/<kind>/<id>`, and the same of `/v1/images/` | both |
 * | `POST /<kind>/<model>`, such as `/text-to-video/kling-3.0-turbo` | API Key |
 * | `GET /tasks?task_ids=<id>,<id>`, `POST /tasks` by cursor | API Key |
 * | `GET /account/costs?start_time=…&end_time=…` | both |
 * | `POST /account/billing/balance`, `POST /account/billing/package` | API Key |
 *
 * The kinds, and which part of all this is documented by Kling, recorded of it or assumed, is in one
 * table of docs/sandbox.md. Limits of rate are not enforced; see {@link KlingSandbox.fail}.
 *
 * @param options See {@link KlingSandboxOptions}.
 * @throws {TypeError} `KLING_INVALID_ARG_TYPE` for a value of the wrong type,
 * `KLING_UNKNOWN_OPTION` for an option that does not exist.
 * @throws {RangeError} `KLING_OUT_OF_RANGE` for a number out of its range.
 * @throws {KlingAuthError} `KLING_INVALID_CREDENTIALS` for credentials that cannot be,
 * `KLING_MISSING_CREDENTIALS` for half a pair.
 * @throws {Error} Node's own, such as `EADDRINUSE` if the port cannot be had, or for a `tls` that is
 * no key and certificate.
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

/** Options of {@link startKlingSandbox}. */
export interface KlingSandboxOptions extends KlingSandboxCredentials {
  /**
   * The port to listen on, 0 to 65535.
   * @default 0: any that is free.
   */
  port?: Optional<number>;
  /**
   * Serve https, with a private key and a certificate of your own, in PEM. Programs have to trust it,
   * by `NODE_EXTRA_CA_CERTS` for example.
   * @default Not given: http.
   */
  tls?: Optional<{ readonly key: string | Uint8Array; readonly cert: string | Uint8Array }>;
  /**
   * The origin under which programs reach the sandbox, where a proxy or a tunnel of yours stands in
   * front, such as `https://kling.example.com`. It is what `url` and `env` say.
   * @default Not given: the loopback address.
   */
  publicOrigin?: Optional<string>;
  /**
   * The same for {@link KlingSandbox.filesUrl}, in the addresses of videos and images.
   * @default Not given: the loopback address.
   */
  publicFilesOrigin?: Optional<string>;
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
   * The longest life of a token that is let in, in seconds, at least 1800. Kling's samples have 1800
   * and its page names no maximum.
   * @default 1800
   */
  maxTokenTtlSec?: Optional<number>;
  /**
   * The resource packs that tasks are paid with, 1 unit each. Where those of a product are used up, a
   * create is refused with 1102. `[]` for none.
   * @default One of videos and one of images, of 10,000 units each.
   */
  packs?: Optional<readonly KlingSandboxPack[]>;
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
   * Whether to serve the console: a page that shows, live, what the sandbox sees, and has its controls.
   * It is on the loopback interface, and shows no credential and no signature whole.
   * @default false
   */
  console?: Optional<boolean>;
  /**
   * The port of the console, 0 to 65535.
   * @default 0: any that is free.
   */
  consolePort?: Optional<number>;
  /**
   * Called when credentials or the webhook secret were replaced, as by a click in the console.
   * @default None.
   */
  onRotate?: Optional<() => void>;
  /**
   * What goes wrong from the start; see {@link KlingSandbox.fail}.
   * @default None.
   */
  faults?: Optional<readonly KlingSandboxFault[]>;
}

/** A resource pack: one of videos does not pay for images. */
export interface KlingSandboxPack {
  /** What it pays for. */
  makes: 'video' | 'image';
  /**
   * How many tasks.
   * @default 10000
   */
  units?: Optional<number>;
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
 * sandbox.fail({ lost: true, code: 5002 }, { taskFails: 'Failure to pass the risk control system' });
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
  /**
   * Meets requests that create a task, and only these: the task is made, and the reply that says so
   * is lost. With a `code`, `status` or `body` the caller gets that instead, otherwise a reset.
   */
  lost?: Optional<boolean>;
  /**
   * Meets requests that create a task, and only these: in the end it will have failed, with this
   * message.
   */
  taskFails?: Optional<string>;
}

/** Options of {@link KlingSandbox.rotate}: the new credentials, made up if none are given. */
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
  /** What the sandbox itself has to say; absent where it has nothing. */
  readonly note?: string;
}

/** Which credentials {@link KlingSandbox.envFor} is to give. */
export type KlingSandboxCredentialKind = 'apiKey' | 'pair' | 'both';

/**
 * How {@link KlingSandbox.resendCallback} sends a callback:
 *
 * - `again`: signed anew under the same id, as a sender does that got no answer
 * - `twice`: the very same request two times, as somebody does who has recorded it
 * - `forged`: signed with a secret that is not the sandbox's
 * - `late`: dated back by ten minutes
 */
export type KlingSandboxResend = 'again' | 'twice' | 'forged' | 'late';

/** Variables for the environment of the program under test. */
// Not an interface: it must fit where any record of variables is wanted.
export type KlingSandboxEnvironment = {
  /** {@link KlingSandbox.url} */
  KLING_API_BASE: string;
  /** {@link KlingSandbox.accessKey} */
  KLING_ACCESS_KEY?: string;
  /** {@link KlingSandbox.secretKey} */
  KLING_SECRET_KEY?: string;
  /** In {@link KlingSandbox.env} only where there is no pair. */
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
  /** The port that it listens on. */
  readonly port: number;
  /** The access key that is good now; `undefined` if there is none. */
  readonly accessKey: string | undefined;
  /** The secret key that is good now; `undefined` if there is none. */
  readonly secretKey: string | undefined;
  /** The API Key that is good now; `undefined` if there is none. */
  readonly apiKey: string | undefined;
  /** Base URL and credentials under the names that `KlingAuth` reads. */
  readonly env: KlingSandboxEnvironment;
  /**
   * The same with the credentials of one kind, or of both.
   *
   * @throws {TypeError} `KLING_INVALID_ARG_TYPE` for a kind that does not exist.
   * @throws {KlingAuthError} `KLING_MISSING_CREDENTIALS` if the sandbox has none of this kind.
   */
  envFor(kind: KlingSandboxCredentialKind): KlingSandboxEnvironment;
  /** The address of the console; `undefined` if there is none. */
  readonly consoleUrl: string | undefined;
  /**
   * The origin of videos and images, which is not that of the API. It refuses every request that
   * carries an `Authorization`.
   */
  readonly filesUrl: string;
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
   * The scheme and both shapes are documented by Kling. Assumed: that `submitted` is posted too.
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
   * Ends a task as failed, with its callback.
   *
   * @param id Kling's id or the caller's.
   * @param message Why.
   * @returns Whether there is such a task and it had not ended.
   */
  failTask(id: string, message?: string): boolean;

  /**
   * Sends one of the latest callbacks once more.
   *
   * @param id Its `webhook-id`.
   * @param how See {@link KlingSandboxResend}; `again` by default.
   * @returns What became of it; empty if there is no such callback.
   * @throws {TypeError} `KLING_INVALID_ARG_TYPE` for a `how` that does not exist.
   */
  resendCallback(id: string, how?: KlingSandboxResend): Promise<KlingSandboxCallback[]>;

  /**
   * Replaces the credentials, by made-up ones if none are given. What is signed with those before
   * is refused with code 1000 from now on, and the API Key with 1002, unless `keepPrevious`.
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

  /** Refuses tokens with code 1000 and API Keys with 1002, until the next {@link rotate}. */
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

/// <reference types="node" />

import type { KlingCredentials, KlingRefreshReason } from './index.js';

/** What an option may hold where `null` counts as not given. */
type Optional<T> = T | null | undefined;

/** Credentials as they were found, with their end where they have one. */
export type KlingSecret = KlingCredentials & { expiresAt?: Date };

/** Reads credentials from one place: what the option `credentials` of `KlingAuth` takes. */
export type KlingSecretReader = (request: {
  /** Passed on to the client that asks. */
  signal: AbortSignal;
  /** Why credentials are wanted. */
  reason?: KlingRefreshReason;
}) => Promise<KlingSecret>;

/** A {@link KlingSecretReader} that says when there is something new to read. */
export interface KlingSecretWatcher extends KlingSecretReader {
  /**
   * Calls `listener` whenever the files have changed, until the function that it returns is called.
   * `KlingAuth` does that by itself.
   */
  subscribe(listener: () => void): () => void;
}

/**
 * Credentials in files, such as the secrets that Kubernetes and Docker mount.
 *
 * A new version is noticed within seconds, whether the file is written to, replaced, or reached
 * through a symbolic link that is swapped; once the files have stayed the same for a moment, they
 * are read. Both halves of a pair come from one version. A file that is missing, unreadable, empty,
 * half written, longer than 64 KiB or no regular file is a failure of the provider: the current
 * token is used to its end, `onError` is told the path, never the content. It keeps no process alive.
 *
 * @param paths The path of one file, which holds JSON, `NAME=value` lines as in a `.env` file, or an
 * API Key and nothing else; or the path of a file for each key. Relative ones start at the folder in
 * which the process is at that time. One final newline is not the key's,
 * nor is a byte order mark; UTF-16 that begins with one is read as such.
 * @throws {TypeError} `KLING_INVALID_ARG_TYPE` or `KLING_INVALID_ARG_VALUE` for what is no path,
 * `KLING_UNKNOWN_OPTION` for a member that does not exist.
 * @example
 * const auth = new KlingAuth({
 *   credentials: fileCredentials({
 *     accessKey: '/run/secrets/kling_access_key',
 *     secretKey: '/run/secrets/kling_secret_key',
 *   }),
 * });
 */
export function fileCredentials(
  paths:
    | string
    | { accessKey: string; secretKey: string; apiKey?: null | undefined }
    | { apiKey: string; accessKey?: null | undefined; secretKey?: null | undefined },
): KlingSecretWatcher;

/**
 * Credentials in AWS Secrets Manager. The secret holds JSON, `NAME=value` lines, or an API Key and
 * nothing else, as a text or in bytes.
 *
 * This and the functions below call a client that you made, and pass the request's `signal` on to
 * it. What it fails with is the `cause` of a {@link KlingAuthError}; an answer without credentials
 * is a `KLING_INVALID_CREDENTIALS` that names the secret and never its content.
 *
 * @throws {TypeError} `KLING_INVALID_ARG_TYPE` for a value of the wrong type, such as a client
 * without the method that is called, `KLING_INVALID_ARG_VALUE` if it is not said which secret,
 * `KLING_UNKNOWN_OPTION` for an option that does not exist. So do the functions below.
 * @example
 * const client = new SecretsManager(); // from @aws-sdk/client-secrets-manager
 * const auth = new KlingAuth({
 *   credentials: awsSecretsManager({ client, secretId: 'production/kling' }),
 * });
 */
export function awsSecretsManager(options: {
  /** The aggregated client `SecretsManager`. */
  client: AwsSecretsManagerClient;
  /** Name or ARN of the secret. */
  secretId: string;
  /** @default That of the stage. */
  versionId?: Optional<string>;
  /** @default 'AWSCURRENT', by the service. */
  versionStage?: Optional<string>;
}): KlingSecretReader;

/** What is called of the client `SecretsManager` of `@aws-sdk/client-secrets-manager`. */
export interface AwsSecretsManagerClient {
  getSecretValue(
    input: { SecretId: string; VersionId?: string; VersionStage?: string },
    options: { abortSignal: AbortSignal },
  ): Promise<{ SecretString?: string | undefined; SecretBinary?: Uint8Array | undefined }>;
}

/**
 * Credentials in Google Secret Manager, in the same forms.
 *
 * @example
 * const client = new SecretManagerServiceClient(); // from @google-cloud/secret-manager
 * const credentials = googleSecretManager({ client, name: 'projects/my-project/secrets/kling' });
 */
export function googleSecretManager(options: {
  /** The client `SecretManagerServiceClient`. */
  client: GoogleSecretManagerClient;
  /** `projects/<project>/secrets/<name>`, for the latest version, or with `/versions/<version>`. */
  name: string;
}): KlingSecretReader;

/** What is called of the client `SecretManagerServiceClient` of `@google-cloud/secret-manager`. */
export interface GoogleSecretManagerClient {
  accessSecretVersion(
    request: { name: string },
    options: { signal: AbortSignal },
  ): Promise<readonly [{ payload?: { data?: Uint8Array | string | null } | null }, ...unknown[]]>;
}

/**
 * Credentials in Azure Key Vault, in the same forms. Their end is the secret's `expiresOn`, where it
 * has one.
 *
 * @example
 * const client = new SecretClient(vaultUrl, new DefaultAzureCredential()); // from @azure/keyvault-secrets
 * const credentials = azureKeyVault({ client, name: 'kling' });
 */
export function azureKeyVault(options: {
  /** The client `SecretClient`. */
  client: AzureSecretClient;
  /** Name of the secret. */
  name: string;
  /** @default The newest. */
  version?: Optional<string>;
}): KlingSecretReader;

/** What is called of the client `SecretClient` of `@azure/keyvault-secrets`. */
export interface AzureSecretClient {
  getSecret(
    name: string,
    options: { abortSignal: AbortSignal; version?: string },
  ): Promise<{ value?: string | undefined; properties: { expiresOn?: Date | undefined } }>;
}

/**
 * Credentials in HashiCorp Vault, or what speaks its API: a secret with the members `accessKey` and
 * `secretKey`, or `apiKey` (or `access_key` …, or the names of the environment variables). Both
 * versions of the engine KV are understood. Their end is that of the lease, where it is longer than 0.
 *
 * node-vault 0.12 does not take the `signal` that it is given: a call that was given up goes on
 * until it ends by itself.
 *
 * @example
 * const client = vault({ endpoint, token }); // from node-vault
 * const credentials = hashicorpVault({ client, path: 'secret/data/kling' });
 */
export function hashicorpVault(options: {
  /** A client of `node-vault`, or anything with its `read`. */
  client: HashicorpVaultClient;
  /** What follows `/v1/` in the URL: `secret/data/kling` in version 2 of KV. */
  path: string;
}): KlingSecretReader;

/** What is called of a client of `node-vault`. */
export interface HashicorpVaultClient {
  // biome-ignore lint/suspicious/noExplicitAny: so node-vault's own typings have it.
  read(path: string, options: { signal: AbortSignal }): Promise<any>;
}

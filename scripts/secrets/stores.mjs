// Secret managers to rotate in, each asked through its vendor's own client: AWS's against a server that
// others wrote (moto), Google's over gRPC against a server of its own schema, Azure's with its transport
// replaced, and node-vault against what serves Vault's API for version 2 of KV.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import {
  awsSecretsManager,
  azureKeyVault,
  googleSecretManager,
  hashicorpVault,
} from 'kling-auth/credentials';
import { freePort } from '../../__test__/helpers/port.mjs';

const require = createRequire(`${process.env.SECRETS_TOOLS}/`);

/**
 * @typedef {object} Store
 * @property {(credentials: object) => Promise<unknown>} put Makes this the current version.
 * @property {(name?: string) => import('kling-auth/credentials').KlingSecretReader} reader
 * @property {() => Promise<void>} stall From now on no answer comes.
 * @property {string} missing How the client's error of a secret that is not there is named.
 */

/** @param {import('node:test').TestContext} t */
async function aws(t) {
  const server = spawn(process.env.MOTO_SERVER, ['--host', '127.0.0.1', '--port', '0'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  t.after(async () => {
    server.kill('SIGKILL'); // it may have been stopped
    if (server.exitCode === null && server.signalCode === null) await once(server, 'exit');
  });
  let endpoint;
  for await (const line of createInterface({ input: server.stderr })) {
    endpoint = /Running on (http:\S+)/.exec(line)?.[1];
    if (endpoint) break;
  }
  server.stderr.resume();
  const { SecretsManager } = require('@aws-sdk/client-secrets-manager');
  const client = new SecretsManager({
    endpoint,
    region: 'ap-southeast-1',
    credentials: { accessKeyId: 'moto', secretAccessKey: 'moto' },
  });
  t.after(() => client.destroy());
  await client.createSecret({ Name: 'production/kling', SecretString: '{}' });
  return {
    put: (credentials) =>
      client.putSecretValue({
        SecretId: 'production/kling',
        SecretString: JSON.stringify(credentials),
      }),
    reader: (secretId = 'production/kling') => awsSecretsManager({ client, secretId }),
    stall: async () => server.kill('SIGSTOP'),
    missing: 'ResourceNotFoundException',
  };
}

/** @param {import('node:test').TestContext} t */
async function google(t) {
  const grpc = require('@grpc/grpc-js');
  const protos = require('@google-cloud/secret-manager/build/protos/protos.json');
  const { SecretManagerServiceClient } = require('@google-cloud/secret-manager');
  const schema = require('@grpc/proto-loader').fromJSON(protos);
  const service = schema['google.cloud.secretmanager.v1.SecretManagerService'];
  let data;
  let isStalled = false;
  const server = new grpc.Server();
  const handlers = Object.fromEntries(
    Object.values(service).map(({ originalName }) => [
      originalName,
      (call, answer) => {
        if (isStalled) return;
        const { name } = call.request;
        if (name !== 'projects/p/secrets/kling/versions/latest') {
          answer({ code: grpc.status.NOT_FOUND, details: `no ${name}` });
        } else answer(null, { name, payload: { data } });
      },
    ]),
  );
  server.addService(service, handlers);
  const port = await new Promise((resolve, reject) => {
    const insecure = grpc.ServerCredentials.createInsecure();
    server.bindAsync('127.0.0.1:0', insecure, (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  const client = new SecretManagerServiceClient({
    servicePath: '127.0.0.1',
    port,
    sslCreds: grpc.credentials.createInsecure(),
    projectId: 'p',
  });
  t.after(async () => {
    await client.close();
    server.forceShutdown();
  });
  return {
    put: async (credentials) => {
      data = Buffer.from(JSON.stringify(credentials));
    },
    reader: (name = 'projects/p/secrets/kling') => googleSecretManager({ client, name }),
    stall: async () => {
      isStalled = true;
    },
    missing: 'Error 5',
  };
}

/** @param {import('node:test').TestContext} _ */
async function azure(_) {
  const { SecretClient } = require('@azure/keyvault-secrets');
  const { createHttpHeaders } = require('@azure/core-rest-pipeline');
  let value;
  let isStalled = false;
  const reply = (request, status, body, headers = {}) => ({
    request,
    status,
    headers: createHttpHeaders({ 'content-type': 'application/json', ...headers }),
    bodyAsText: JSON.stringify(body),
  });
  const httpClient = {
    async sendRequest(request) {
      if (request.headers.get('authorization') === undefined) {
        return reply(
          request,
          401,
          {},
          {
            'www-authenticate':
              'Bearer authorization="https://login.microsoftonline.com/t", resource="https://vault.azure.net"',
          },
        );
      }
      if (isStalled) {
        await new Promise((_, reject) => {
          request.abortSignal.addEventListener('abort', () => reject(new Error('AbortError')));
        });
      }
      if (!new URL(request.url).pathname.startsWith('/secrets/kling/')) {
        return reply(request, 404, { error: { code: 'SecretNotFound', message: 'none' } });
      }
      const id = 'https://kling.vault.azure.net/secrets/kling/1';
      const exp = Math.floor(Date.now() / 1000) + 86_400;
      return reply(request, 200, { id, value, attributes: { enabled: true, exp } });
    },
  };
  const login = { getToken: async () => ({ token: 't', expiresOnTimestamp: Date.now() + 3.6e6 }) };
  const client = new SecretClient('https://kling.vault.azure.net', login, {
    httpClient,
    retryOptions: { maxRetries: 0 },
  });
  return {
    put: async (credentials) => {
      value = JSON.stringify(credentials);
    },
    reader: (name = 'kling') => azureKeyVault({ client, name }),
    stall: async () => {
      isStalled = true;
    },
    missing: 'RestError SecretNotFound 404',
    hasEnd: true,
  };
}

/** @param {import('node:test').TestContext} t */
async function hashicorp(t) {
  let data;
  let isStalled = false;
  // What Vault's documentation shows of version 2 of KV.
  const server = createServer((request, response) => {
    if (isStalled) return;
    const isThere = request.url === '/v1/secret/data/kling';
    const isAllowed = request.headers['x-vault-token'] === 'root';
    response.writeHead(isAllowed ? (isThere ? 200 : 404) : 403, {
      'content-type': 'application/json',
    });
    const metadata = { version: 1, deletion_time: '', destroyed: false };
    const found = { request_id: 'r', lease_id: '', lease_duration: 0, renewable: false };
    response.end(
      JSON.stringify(
        isAllowed && isThere ? { ...found, data: { data, metadata } } : { errors: [] },
      ),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const client = require('node-vault')({
    endpoint: `http://127.0.0.1:${server.address().port}`,
    token: 'root',
  });
  return {
    put: async (credentials) => {
      data = credentials;
    },
    reader: (path = 'secret/data/kling') => hashicorpVault({ client, path }),
    stall: async () => {
      isStalled = true;
    },
    missing: 'Error 404',
    ignoresSignal: true,
  };
}

/**
 * A server that others wrote, which speaks Vault's API with version 1 of KV.
 *
 * @param {import('node:test').TestContext} t
 */
async function rustyVault(t) {
  const folder = mkdtempSync(join(tmpdir(), 'kling-auth-vault-'));
  const endpoint = `http://127.0.0.1:${await freePort()}`;
  const listener = `address = "${new URL(endpoint).host}"\n  tls_disable = true`;
  const config = `storage "file" {\n  path = "${folder}/data"\n}\nlistener "tcp" {\n  ${listener}\n}\nwork_dir = "${folder}"\n`;
  writeFileSync(join(folder, 'vault.hcl'), config);
  const server = spawn(process.env.RVAULT, ['server', '--config', join(folder, 'vault.hcl')], {
    stdio: 'ignore',
  });
  t.after(async () => {
    server.kill('SIGKILL');
    if (server.exitCode === null && server.signalCode === null) await once(server, 'exit');
    rmSync(folder, { recursive: true, force: true });
  });
  const client = require('node-vault')({ endpoint });
  const { keys, root_token: token } = await untilItListens(server, () =>
    client.init({ secret_shares: 1, secret_threshold: 1 }),
  );
  await client.unseal({ secret_shares: 1, key: keys[0] });
  client.token = token;
  return {
    put: (credentials) => client.write('secret/kling', credentials),
    reader: (path = 'secret/kling') => hashicorpVault({ client, path }),
    stall: async () => server.kill('SIGSTOP'),
    missing: 'Error 404',
    hasEnd: true, // the lease that version 1 gives
    ignoresSignal: true,
  };
}

/** Asks again until there is an answer, for as long as the server runs. */
async function untilItListens(server, ask) {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (error.code !== 'ECONNREFUSED' || server.exitCode !== null) throw error;
      await new Promise(setImmediate);
    }
  }
}

export const STORES = { aws, google, azure, hashicorp, ...(process.env.RVAULT && { rustyVault }) };

// A function as it is started on demand, with the AWS SDK loaded: what a token adds to its start.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { secretTools } from '../scripts/lib/tools.mjs';
import { summary, table } from './measure.mjs';
import { folder } from './released.mjs';
import { ALTERNATIVES } from './startup.mjs';

const ROUNDS = 30;
const NAMES = ['kling-auth', 'node:crypto by hand', 'jsonwebtoken', 'fast-jwt'];

/** From the start of the process to the end of the first call, as the function itself sees it. */
const program = (alternative) => `
  const { createRequire } = require('node:module');
  const { SecretsManagerClient } = createRequire(${JSON.stringify(`${secretTools()}/package.json`)})('@aws-sdk/client-secrets-manager');
  const client = new SecretsManagerClient({ region: 'us-east-1' });
  exports.handler = async () => {
    ${alternative === undefined ? '' : `const module = require('${alternative[0]}'); ${alternative[1]}`}
    return client;
  };
  exports.handler().then(() => console.log(performance.now()));`;

export async function run() {
  const programs = Object.entries({
    'the AWS SDK alone': undefined,
    ...Object.fromEntries(NAMES.map((name) => [`with ${name}`, ALTERNATIVES[name]])),
  });
  const samples = Object.fromEntries(programs.map(([name]) => [name, []]));
  const file = join(folder, 'lambda.cjs');
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, alternative] of programs) {
      writeFileSync(file, program(alternative));
      const { stdout, stderr, status } = spawnSync(process.execPath, [file], {
        cwd: folder,
        encoding: 'utf8',
      });
      if (status !== 0) throw new Error(stderr);
      samples[name].push(Number(stdout));
    }
  }
  return [
    table(
      'A function with the AWS SDK loaded: start of the process to its first token',
      Object.fromEntries(Object.entries(samples).map(([name, each]) => [name, summary(each)])),
      'the AWS SDK alone',
      'ms',
    ),
  ];
}

// The typings as compilers in other people's projects see them.
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeSnippets } from '../../__test__/helpers/snippets.mjs';
import { capture, root } from '../lib/sh.mjs';
import { npmProgram } from '../lib/tools.mjs';

const SOURCE = `import { KlingAuth, KlingAuthError, generateKlingToken, verifyKlingToken } from 'kling-auth';

const auth = new KlingAuth({ accessKey: 'ak', secretKey: 'sk' });
export const token: string = auth.token;
export const ends: Date | null = auth.expiresAt;
export type Sandbox = typeof import('kling-auth/sandbox');
export type Webhook = typeof import('kling-auth/webhook');
const result = verifyKlingToken(generateKlingToken(), 'sk');
export const issuer: string | undefined = result.valid ? result.claims.iss : result.reason;
export const code = (error: unknown): string => (error instanceof KlingAuthError ? error.code : '');
// @ts-expect-error the option does not exist
new KlingAuth({ acessKey: 'ak' });
`;

const REQUIRE = `import klingAuth = require('kling-auth');
export const token: string = klingAuth.generateKlingToken();
`;

const MODES = {
  node16: { module: 'node16', moduleResolution: 'node16' },
  nodenext: { module: 'nodenext', moduleResolution: 'nodenext' },
  bundler: { module: 'esnext', moduleResolution: 'bundler' },
};

/** The least that the documents name. */
const [, LEAST] = readFileSync(join(root, 'docs', 'deployment.md'), 'utf8').match(
  /typings need TypeScript (\d+\.\d+)/,
);

/** @returns {string[]} what was compiled */
export function compileInEachMode(project) {
  const types = join(project, 'node_modules', '@types');
  mkdirSync(types, { recursive: true });
  symlinkSync(join(root, 'node_modules', '@types', 'node'), join(types, 'node'));
  writeFileSync(join(project, 'module.mts'), SOURCE);
  writeFileSync(join(project, 'plain.ts'), SOURCE);
  writeFileSync(join(project, 'script.cts'), REQUIRE);
  const compilers = {
    [`TypeScript ${LEAST}`]: npmProgram(`typescript-${LEAST}`, 'tsc'),
    'TypeScript 5.9': npmProgram('typescript', 'tsc'),
    'TypeScript 7': join(root, 'node_modules', 'typescript', 'bin', 'tsc'),
  };
  const done = [];
  for (const [compiler, tsc] of Object.entries(compilers)) {
    for (const [mode, options] of Object.entries(MODES)) {
      writeFileSync(
        join(project, 'tsconfig.json'),
        JSON.stringify({
          compilerOptions: {
            ...options,
            target: 'es2022',
            strict: true,
            noEmit: true,
            skipLibCheck: false,
            types: ['node'],
          },
          files:
            mode === 'bundler'
              ? ['module.mts', 'plain.ts']
              : ['module.mts', 'plain.ts', 'script.cts'],
        }),
      );
      capture(process.execPath, [tsc, '-p', '.'], { cwd: project });
      done.push(`${compiler} ${mode}`);
    }
    const snippets = join(project, 'snippets');
    mkdirSync(snippets, { recursive: true });
    writeSnippets(snippets);
    capture(process.execPath, [tsc, '-p', 'snippets'], { cwd: project });
    done.push(`${compiler} snippets of the documents`);
  }
  return done;
}

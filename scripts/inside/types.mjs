// The typings with Bun's, and with the least version of TypeScript.
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../lib/sh.mjs';
import { on22, program, projectOf, write } from './project.mjs';

export function compileTypes(tarballs) {
  const folder = projectOf('types', tarballs);
  mkdirSync(join(folder, 'node_modules', '@types'));
  symlinkSync(
    join(root, 'node_modules', '@types', 'node'),
    join(folder, 'node_modules', '@types', 'node'),
  );
  const options = {
    module: 'node16',
    moduleResolution: 'node16',
    target: 'es2022',
    strict: true,
    noEmit: true,
  };
  const projects = {
    'TypeScript 5.2': ['typescript-5.2', 'node.ts', { types: ['node'], lib: ['es2022'] }],
    'Bun’s typings': ['typescript-5.9', 'bun.ts', { types: ['bun-types'], skipLibCheck: true }],
  };
  for (const [compiler, file, more] of Object.values(projects)) {
    const config = { compilerOptions: { ...options, ...more }, files: [file] };
    write(folder, 'tsconfig.json', JSON.stringify(config));
    on22([program(compiler, 'bin', 'tsc'), '-p', '.'], { cwd: folder });
  }
  return Object.keys(projects);
}

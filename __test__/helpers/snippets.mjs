// The programs in the documents, and those in examples/ that are TypeScript.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './run.mjs';

const read = (file) => readFileSync(join(root, file), 'utf8');

export const docs = readdirSync(join(root, 'docs'))
  .filter((name) => name.endsWith('.md'))
  .map((name) => `docs/${name}`);
export const documents = ['README.md', 'CONTRIBUTING.md', ...docs];

export const snippetsOf = (file) =>
  [...read(file).matchAll(/^```[jt]s\n(.*?)^```$/gms)].map(([, source]) => source);

/** A project for `tsc -p`, below a folder where `kling-auth` and `@types/node` are found. */
export function writeSnippets(folder) {
  for (const document of documents) {
    for (const [i, source] of snippetsOf(document).entries()) {
      const name = `${document.replaceAll(/[^\w]/g, '-')}-${i}.mts`;
      writeFileSync(join(folder, name), `${source}\nexport {};\n`);
    }
  }
  for (const name of readdirSync(join(root, 'examples')).filter((file) => file.endsWith('.ts'))) {
    writeFileSync(join(folder, name.replace('.ts', '.mts')), read(`examples/${name}`));
  }
  const compilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    module: 'nodenext',
    target: 'es2022',
    lib: ['es2023', 'esnext.disposable'],
    types: ['node'],
    noEmit: true,
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
}

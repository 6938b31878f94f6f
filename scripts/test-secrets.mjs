// The providers of kling-auth/credentials over the vendors' own clients, those clients' typings, and the
// rules for scanners. Too heavy for `npm test`: the clients are a hundred times the package. With
// `--vault-server` also a server that speaks Vault's API, which is compiled for some minutes first.
import { copyFileSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, run } from './lib/sh.mjs';
import { note, scratch, step } from './lib/steps.mjs';
import { runTests } from './lib/tests.mjs';
import { cargoTool, node, secretServers, secretTools } from './lib/tools.mjs';

const sources = join(root, 'scripts', 'secrets');

const [tools, vault, moto, node22] = await step('Tools', () => [
  secretTools(),
  process.argv.includes('--vault-server') && cargoTool('rusty_vault', '0.2.1', 'rvault'),
  join(secretServers(), 'moto_server'),
  node(22), // which Google's and Azure's clients and secretlint need
]);

await step("The vendors' typings fit those of the options", () => {
  const folder = scratch('secret-types');
  const modules = join(folder, 'node_modules');
  mkdirSync(modules);
  for (const name of readdirSync(join(tools, 'node_modules'))) {
    if (name !== '.bin') symlinkSync(join(tools, 'node_modules', name), join(modules, name));
  }
  symlinkSync(root, join(modules, 'kling-auth'));
  copyFileSync(join(sources, 'types.ts'), join(folder, 'types.ts'));
  const compilerOptions = {
    target: 'es2022',
    module: 'node16',
    lib: ['es2023', 'esnext.disposable', 'dom'],
    types: ['node'],
    typeRoots: [join(root, 'node_modules', '@types')],
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: true,
    noEmit: true,
  };
  const config = JSON.stringify({ compilerOptions, files: ['types.ts'] });
  writeFileSync(join(folder, 'tsconfig.json'), config);
  run('npx', ['tsc', '-p', folder]);
});

await step('Clients and scanners', async () => {
  const files = readdirSync(sources).filter((name) => name.endsWith('.test.mjs'));
  const env = { SECRETS_TOOLS: tools, MOTO_SERVER: moto, ...(vault && { RVAULT: vault }) };
  const paths = files.map((name) => join(sources, name));
  note(await runTests(node22, paths, { env }));
});

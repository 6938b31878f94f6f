// Runs every comparison, or those named: `npm run bench -- token startup`. With `--write`, the
// tables replace those in benchmark/README.md.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { machine } from './measure.mjs';

const here = new URL('.', import.meta.url);
const all = readdirSync(here)
  .filter(
    (file) => file.endsWith('.mjs') && !['run.mjs', 'measure.mjs', 'released.mjs'].includes(file),
  )
  .map((file) => file.slice(0, -'.mjs'.length));
const named = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));

const sections = [`${machine()}, ${new Date().toISOString().slice(0, 10)}.\n`];
for (const name of named.length > 0 ? named : all) {
  const { run } = await import(new URL(`${name}.mjs`, here).href);
  for (const section of await run()) {
    console.log(section);
    sections.push(section);
  }
}
console.log(sections[0]);

if (process.argv.includes('--write')) {
  const file = new URL('README.md', here);
  const [head] = readFileSync(file, 'utf8').split('<!-- results -->');
  writeFileSync(file, `${head}<!-- results -->\n\n${sections.join('\n')}`);
}

// Runs every comparison, or those named: `npm run bench -- token startup`. With `--write`, the
// tables replace those in benchmark/README.md, and charts are drawn of them.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { progress } from '../scripts/lib/steps.mjs';
import { chartOf } from './chart.mjs';
import { machine } from './measure.mjs';

const here = new URL('.', import.meta.url);
const HELPERS = ['chart.mjs', 'measure.mjs', 'released.mjs', 'run.mjs'];
const all = readdirSync(here)
  .filter((file) => file.endsWith('.mjs') && !HELPERS.includes(file))
  .map((file) => file.slice(0, -'.mjs'.length));
const named = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const names = named.length > 0 ? named : all;

const sections = [`${machine()}, ${new Date().toISOString().slice(0, 10)}.\n`];
const { begin, end } = progress('bench', names);
for (const name of names) {
  begin(name);
  const { run } = await import(new URL(`${name}.mjs`, here).href);
  for (const section of await run()) {
    console.log(section);
    sections.push(section);
  }
  end();
}
console.log(sections[0]);

if (process.argv.includes('--write')) {
  const file = new URL('README.md', here);
  const charts = new URL('charts/', here);
  rmSync(charts, { recursive: true, force: true });
  mkdirSync(charts);
  const drawn = sections.map((section) => {
    const chart = chartOf(section);
    if (chart === undefined) return section;
    writeFileSync(new URL(`${chart.name}.svg`, charts), chart.svg);
    return section.replace(/^### .*$/m, (title) => `${title}\n\n![](charts/${chart.name}.svg)`);
  });
  const [head] = readFileSync(file, 'utf8').split('<!-- results -->');
  writeFileSync(file, `${head}<!-- results -->\n\n${drawn.join('\n')}`);
}

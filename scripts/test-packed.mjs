// Runs the JavaScript test suite against packed tarballs, on the Node.js that runs this:
// node scripts/test-packed.mjs <folder with the tarballs>
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { layOutSuite, runSuite } from './install/suite.mjs';
import { note, scratch, step } from './lib/steps.mjs';

const [folder] = process.argv.slice(2);
if (!folder) throw new Error('usage: node scripts/test-packed.mjs <tarballs>');

const musl = process.platform === 'linux' && !process.report.getReport().header.glibcVersionRuntime;
const abi = { linux: musl ? '-musl' : '-gnu', win32: '-msvc' }[process.platform] ?? '';
const target = `${process.platform}-${process.arch}${abi}`;
const find = (pattern) => {
  const name = readdirSync(folder).find((file) => pattern.test(file));
  if (name === undefined) throw new Error(`no tarball in ${folder} matches ${pattern}`);
  return resolve(folder, name);
};

await step(
  `the test suite with the package for ${target}, Node.js ${process.version}`,
  async () => {
    const suite = layOutSuite(join(scratch('packed'), 'suite'), {
      main: find(/^kling-auth-\d[\d.a-z-]*\.tgz$/),
      target,
      platform: find(new RegExp(`^kling-auth-${target}-\\d.*\\.tgz$`)),
    });
    note(await runSuite(suite, process.execPath));
  },
);

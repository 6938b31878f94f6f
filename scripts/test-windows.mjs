// The package on Windows, as far as Wine shows it: what a user meets, and the JavaScript tests. The
// addon is mingw's; the one that is published is Microsoft's, and the release workflow builds and tests it.
// Linux x64, Debian 12, as root.
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { layOutSuite } from './install/suite.mjs';
import { pack } from './lib/pack.mjs';
import { note, scratch, step } from './lib/steps.mjs';
import { assertWindowsOnly, buildForWindows } from './lib/windows-binary.mjs';
import {
  installWindows,
  nodeExecutable,
  onDriveC,
  WINDOWS_NODES,
  windowsNode,
} from './lib/windows-node.mjs';
import { runWindowsSuite } from './windows/suite.mjs';
import { meetWindows } from './windows/user.mjs';

const target = 'win32-x64-msvc';
const work = scratch('windows');

await step('Wine and Node.js for Windows', () => installWindows());
const binary = await step('the addon', () => {
  const file = buildForWindows();
  note(assertWindowsOnly(file));
  return file;
});
const { main, platforms } = await step('the packages', () => {
  mkdirSync(join(work, 'binaries'));
  copyFileSync(binary, join(work, 'binaries', `kling-auth.${target}.node`));
  return pack(join(work, 'binaries'), join(work, 'packages'), { placeholders: true });
});
const platform = platforms[target];

for (const major of Object.keys(WINDOWS_NODES)) {
  await step(`what a user of Node.js ${WINDOWS_NODES[major]} meets`, () => {
    const node = windowsNode(major);
    const executable = nodeExecutable(major);
    note(`${meetWindows({ main, platform, node, executable })} cases`);
  });
}
await step('the JavaScript tests on Node.js 22', () => {
  const folder = layOutSuite(onDriveC('suite'), { main, platform, target });
  for (const line of runWindowsSuite(folder, windowsNode(22))) note(line);
});

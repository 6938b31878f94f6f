// jest 29 and 30: CommonJS, ECMAScript modules, jsdom as it comes and with the conditions of Node.js.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { attempt } from '../lib/sh.mjs';
import { node } from '../lib/tools.mjs';
import { program, projectOf, write } from './project.mjs';

const PROGRAMS = 10;

/** @returns {string[]} the versions */
export function runJest(tarballs) {
  const folder = projectOf('jest', tarballs);
  return [29, 30].map((version) => {
    const jsdom = program(`jest-environment-jsdom-${version}`);
    const project = (name, more) => ({
      displayName: name,
      rootDir: join(folder, name),
      transform: {},
      testMatch: ['**/*.test.{js,mjs}'],
      moduleFileExtensions: ['js', 'mjs', 'json', 'node'],
      cacheDirectory: join(folder, `cache-${version}`),
      ...more,
    });
    const dom = { testEnvironment: jsdom };
    const config = {
      projects: [
        project('common'),
        project('esm'),
        project('jsdom', dom),
        project('jsdom-node', {
          ...dom,
          testEnvironmentOptions: { customExportConditions: ['node'] },
        }),
      ],
    };
    write(folder, 'jest.config.json', JSON.stringify(config));
    const args = [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      program(`jest-${version}`, 'bin', 'jest.js'),
      `--config=${join(folder, 'jest.config.json')}`,
      '--ci',
      '--watchman=false',
    ];
    const { status, stdout, stderr } = attempt(node(22), args, { cwd: folder });
    const printed = `${stdout}${stderr}`;
    assert.equal(status, 0, printed);
    assert.doesNotMatch(printed, /torn down|did not exit|open handle/i, printed);
    const [, passed] = /Test Suites: (\d+) passed/.exec(printed) ?? [];
    assert.equal(passed, String(PROGRAMS), printed);
    return `jest ${version}: ${passed} files`;
  });
}

// A project that has installed the package, beside the tools that its users run.
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unpackInto } from '../install/consumer.mjs';
import { capture, root } from '../lib/sh.mjs';
import { node, userTools } from '../lib/tools.mjs';

/** Where a program of this room lies. */
const programs = join(root, 'scripts', 'inside');

/**
 * The programs of one folder in a project of their own. It lies below the tools, where the programs
 * find them.
 *
 * @param {string} name of the project, and of the folder unless another is given
 * @param {Record<string, string>} tarballs by package name
 * @param {string} from the folder of the programs
 * @param {string} tools the folder whose packages they use
 */
export function projectOf(name, tarballs, from = name, tools = userTools()) {
  const folder = join(tools, 'projects', name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  cpSync(join(programs, from), folder, { recursive: true });
  write(folder, 'package.json', JSON.stringify({ name, version: '1.0.0', private: true }));
  unpackInto(folder, tarballs);
  return folder;
}

export function write(folder, name, content) {
  mkdirSync(join(folder, name, '..'), { recursive: true });
  writeFileSync(join(folder, name), content);
}

/** The path of a program of a tool. */
export const program = (...path) => join(userTools(), 'node_modules', ...path);

/** Runs a tool on Node.js 22, which all of them support. */
export const on22 = (args, options) => capture(node(22), args, options);

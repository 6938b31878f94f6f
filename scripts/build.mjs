// Builds the addon: node scripts/build.mjs [--auditable] [--build-std] [--zig] [options of `napi build`]
// --auditable puts the list of crates inside; --build-std leaves out what the standard library has
// for backtraces; --zig links with zig, for a C library of one's choice.
import { buildAddon } from './lib/build.mjs';

const OURS = { '--auditable': 'auditable', '--build-std': 'buildStd', '--zig': 'zig' };
const given = process.argv.slice(2);
const ours = given.filter((option) => option in OURS);
buildAddon(
  given.filter((option) => !(option in OURS)),
  Object.fromEntries(ours.map((option) => [OURS[option], true])),
);

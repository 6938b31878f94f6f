// Builds the addon: node scripts/build.mjs [--auditable] [--zig] [options of `napi build`]
// --auditable puts the list of crates inside; --zig links with zig, for a C library of one's choice.
import { buildAddon } from './lib/build.mjs';

const options = process.argv.slice(2);
const has = (name) => options.includes(name);
buildAddon(
  options.filter((option) => option !== '--auditable' && option !== '--zig'),
  { auditable: has('--auditable'), zig: has('--zig') },
);

// Builds the core as WebAssembly: node scripts/build-wasm.mjs
import { buildWasm } from './lib/wasm.mjs';

buildWasm();

// As bundlers for edge runtimes import a module.
declare module '*.wasm?module' {
  const module: WebAssembly.Module;
  export default module;
}

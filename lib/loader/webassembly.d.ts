// What lib/loader uses of a global that TypeScript knows only with all of a browser's.
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array);
  }
  class Instance {
    constructor(
      module: Module,
      imports: Record<string, Record<string, (...numbers: number[]) => unknown>>,
    );
    readonly exports: unknown;
  }
}

/** The parts of WebAssembly's JavaScript interface that are used here: TypeScript has them only among the types of browsers. */
declare namespace WebAssembly {
  interface Memory {
    readonly buffer: ArrayBuffer;
  }
  class Module {
    constructor(code: Uint8Array);
    static customSections(module: Module, name: string): ArrayBuffer[];
  }
  class Instance {
    constructor(module: Module, imports: object);
    readonly exports: object;
  }
}

/** What is used of WebAssembly's JavaScript interface: TypeScript has it among the types of browsers alone. */
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

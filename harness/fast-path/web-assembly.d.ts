/** What is used of WebAssembly's JavaScript interface: TypeScript has it among the types of browsers alone. */
declare namespace WebAssembly {
  interface Memory {
    readonly buffer: ArrayBuffer;
  }
  type Module = object;
  function compile(code: Uint8Array): Promise<Module>;
  function instantiate(module: Module, imports: object): Promise<{ exports: object }>;
}

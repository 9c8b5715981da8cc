/** The part of the WebAssembly interface that Plimsoll uses, which Node's types leave to the browser's. */
declare namespace WebAssembly {
  class Module {
    constructor(code: Uint8Array)
    private readonly compiled: true
  }
  class Memory {
    constructor(limits: { initial: number; maximum?: number; shared?: boolean })
    readonly buffer: ArrayBuffer
    grow(pages: number): number
  }
  class Instance {
    constructor(module: Module, imports: Record<string, Record<string, unknown>>)
    readonly exports: Record<string, (...values: number[]) => number>
  }
  function compile(code: Uint8Array | ArrayBuffer): Promise<Module>
}

/** What an instance of a module exports, by name. Addresses and values are numbers of 32 bits. */
export type WasmCalls = Record<string, (...values: number[]) => number>

/** An instance of a module over a memory that it imports as `env.memory`. */
export function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory): WasmCalls {
  return new WebAssembly.Instance(module, { env: { memory } }).exports as WasmCalls
}

import { instantiate, type WasmCalls } from '../../kernel/index.js'
import type { Plan, ThreadPlan } from './plan.js'

/** What the threads of a proof have in common. */
export interface EngineSetup {
  module: WebAssembly.Module
  memory: WebAssembly.Memory
  plan: Plan
}

/** One thread's instance of the code, over the memory of all. */
export class Engine {
  readonly plan: Plan
  readonly mine: ThreadPlan
  readonly call: WasmCalls
  readonly words: Uint32Array
  readonly bytes: Uint8Array

  constructor({ module, memory, plan }: EngineSetup, thread: number) {
    this.plan = plan
    this.mine = plan.threads[thread]!
    this.call = instantiate(module, memory)
    this.words = new Uint32Array(memory.buffer)
    this.bytes = new Uint8Array(memory.buffer)
    this.call.setScratch!(this.mine.scratch)
  }
}

import type { CircuitInputs } from '../../field/index.js'
import type { Proven } from '../../groth16/index.js'
import type { BrowserArtifacts } from './artifacts.js'
import type { PortableError } from './portable-error.js'
import type { ThreadPort } from './workers.js'

/** What is proven: inputs, or a witness that somebody else calculated, in the `wtns` format. */
export type Given = { inputs: CircuitInputs } | { witness: Uint8Array }

/** What the page tells a worker: first what it is, one thread of many or the one that proves. */
export type PageMessage =
  | { kind: 'thread'; port: ThreadPort }
  | { kind: 'prover'; threads: readonly ThreadPort[] }
  | { kind: 'prove'; id: number; artifacts: BrowserArtifacts; given: Given }

/** What the worker that proves answers to `prove`. */
export type WorkerReply = { id: number } & ({ proven: Proven } | { failed: PortableError })

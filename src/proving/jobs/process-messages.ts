import type { CacheOptions } from '../cache.js'
import type { Answer, Failure } from './answer.js'
import type { SealedJob } from './job.js'

/** What a pool says to one of its processes: how to work, then one job after the other. */
export type ToProcess =
  | { start: { secretKey: Uint8Array; prover: string; threads: number; cache: CacheOptions } }
  | { job: SealedJob }

/** What a process of a pool says: it has started, the answer to its job, or why it can do none. */
export type FromProcess = { ready: true } | { id: string; answer: Answer } | { fatal: Failure }

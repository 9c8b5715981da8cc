import type { CacheOptions } from '../cache.js'
import { PgConnection } from './pg-connection.js'
import { PgQueue } from './pg-queue.js'
import { type PoolNotice, type ProofPool, QueuePool } from './pool.js'
import { ProcessQueue } from './process-queue.js'
import type { PollOptions } from './queue.js'
import { makeWorkerKeys } from './seal.js'
import { shareCores } from './share-cores.js'

export interface PoolOptions extends CacheOptions {
  /** How many processes prove at once; default: one for every `threads` cores, or for every four. */
  workers?: number | undefined
  /** Threads of each process, when Plimsoll's own prover proves; default: its part of the cores. */
  threads?: number | undefined
  /** What proves, as `--prover` names it: `wasm`, `snarkjs`, or `command` and a program. */
  prover: string
  /** Told of every fault of a worker. */
  onNotice?: (notice: PoolNotice) => void
}

/** A pool, and what ends it. */
export interface OpenPool extends ProofPool {
  close(): Promise<void>
}

/**
 * Starts a pool of processes on this machine. They start with the first proof, a dead one is replaced, and
 * all end with `close`, or with this process.
 *
 * @throws {InputError} `PACKAGE_MISSING`
 * @example
 * const pool = await startPool({ workers: 2, threads: 1, prover: 'wasm' })
 * // … proveLedger({ …, prover: pool }), then:
 * await pool.close()
 */
export async function startPool(options: PoolOptions): Promise<OpenPool> {
  const { workers, threads, prover, onNotice, ...cache } = options
  const { publicKey, secretKey } = await makeWorkerKeys()
  // Other provers take every core by themselves.
  const alone = prover === 'wasm' ? undefined : 1
  const share = shareCores({ workers: workers ?? alone, threads })
  const queue = new ProcessQueue({ ...share, secretKey, prover, cache })
  return new QueuePool(queue, publicKey, onNotice)
}

export interface QueueOptions extends PollOptions {
  /** Address of the queue: `postgres://…`. */
  queue: string
  /** The public half of the workers' key. */
  publicKey: Uint8Array
  /** Told of every fault of a worker. */
  onNotice?: (notice: PoolNotice) => void
  /** Told when the queue is away, and when it is back. */
  onSay?: (what: string) => void
}

/**
 * Opens a pool whose workers take their jobs out of a queue, on any machine: see `workQueue`.
 *
 * @throws {InputError} `QUEUE_ADDRESS`, `QUEUE_UNREACHABLE`, `QUEUE_VERSION`, `QUEUE_REFUSED`,
 * `PACKAGE_MISSING`
 * @example
 * const publicKey = parseWorkersKey(await createWorkerKey('workers-3.json'))
 * const pool = await openQueue({ queue: 'postgres://plimsoll@localhost/plimsoll', publicKey })
 * // … proveLedger({ …, prover: pool }), then:
 * await pool.close()
 */
export async function openQueue(options: QueueOptions): Promise<OpenPool> {
  const { queue, publicKey, onNotice, onSay, ...settings } = options
  const connection = await PgConnection.open(queue, onSay)
  return new QueuePool(new PgQueue(connection, settings), publicKey, onNotice)
}

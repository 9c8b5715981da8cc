import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import { InputError } from '../../errors/index.js'
import type { CacheOptions } from '../cache.js'
import type { Prover } from '../prover.js'
import { type Answer, failureOf } from './answer.js'
import { JobWorker } from './job-worker.js'
import { PgConnection } from './pg-connection.js'
import { type HeldJob, PgSource } from './pg-source.js'

export interface WorkQueueOptions extends CacheOptions {
  /** Address of the queue: `postgres://…`. */
  queue: string
  /** The secret half of the workers' key. */
  secretKey: Uint8Array
  prover: Prover
  /**
   * Where the coordinator's artifacts are, for those that this machine has not: its folder of artifacts, a
   * copy of it, or an address of http or https that it is served under. What is copied is checked against the
   * job.
   */
  artifacts?: string | undefined
  /** Told when work can begin, and under which name. */
  onStart?: (worker: string) => void
  /** Told of each job that was answered. */
  onJob?: (event: WorkEvent) => void
  /** Told when the queue is away, when it is back, and when artifacts are copied. */
  onSay?: (what: string) => void
}

export interface WorkEvent {
  /** Place of the batch in its ledger. */
  index: number
  instance: string
  seconds: number
  /** The code of a failure; none when there is a proof. */
  failure?: string
  /** Whether the answer came in time: the job was still this worker's. */
  inTime: boolean
}

/**
 * Takes jobs out of a queue and answers them, for as long as nothing ends it.
 *
 * @throws {InputError} `QUEUE_ADDRESS`, `QUEUE_UNREACHABLE`, `QUEUE_VERSION`, `QUEUE_REFUSED`, `JOB_SEAL`,
 * `ARTIFACTS_AWAY`, `FILE_ACCESS`, `PACKAGE_MISSING`
 * @throws {ArtifactError} `WORKER_KEY`, `WORKER_DISMISSED`, and what `loadArtifacts` throws. The job that
 * it had is another worker's then
 * @example
 * const secretKey = await readWorkerKey('workers.json')
 * await workQueue({ queue: 'postgres://plimsoll@localhost/plimsoll', secretKey, prover: wasmProver })
 */
export async function workQueue(options: WorkQueueOptions): Promise<never> {
  const { queue, onStart, onJob, onSay } = options
  const connection = await PgConnection.open(queue, onSay)
  const source = new PgSource(connection, `${hostname()}/${process.pid}-${randomBytes(3).toString('hex')}`)
  const worker = new JobWorker(options)
  const keys = new KeyTrial()
  onStart?.(source.worker)
  try {
    for (;;) {
      const held = await keys.next(source)
      const { instance, index } = held.job
      const started = performance.now()
      const answer = await keys.answerOf(worker, held)
      if (answer === undefined) continue
      const inTime = await held.answer(answer)
      const seconds = (performance.now() - started) / 1000
      const failure = 'failure' in answer ? { failure: answer.failure.code } : {}
      onJob?.({ index, instance, seconds, inTime, ...failure })
    }
  } finally {
    await connection.close()
  }
}

/** How many jobs a worker gives back that it cannot open, before it ends. */
const MOST_REFUSED = 3

/**
 * Tells a job that was sealed badly from a worker with another key. A worker that has opened one has the
 * right key: the next that it cannot open has failed, like any that no proof can be made of. Before, it
 * leaves such a job to others, and ends when there is none that it can open.
 */
class KeyTrial {
  private opened = false
  private readonly refused = new Map<string, unknown>()

  async next(source: PgSource): Promise<HeldJob> {
    if (this.opened || this.refused.size === 0) return source.take()
    const held = this.refused.size < MOST_REFUSED ? await source.takeNow([...this.refused.keys()]) : undefined
    if (held === undefined) throw this.refused.values().next().value
    return held
  }

  /** The answer to a job; none when it was given back. */
  async answerOf(worker: JobWorker, held: HeldJob): Promise<Answer | undefined> {
    try {
      const answer = await worker.answer(held.job)
      this.opened = true
      return answer
    } catch (error) {
      const isSeal = error instanceof InputError && error.code === 'JOB_SEAL'
      if (isSeal && this.opened) return { failure: failureOf(error) }
      await held.giveBack()
      if (!isSeal) throw error
      this.refused.set(held.job.id, error)
      return undefined
    }
  }
}

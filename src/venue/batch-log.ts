import { findInstance, type PooledProof, proofRows, type WorkerUse } from '../proving/index.js'
import type { FoldPlan, LedgerInstance } from './plan-ledger.js'

export interface BatchEvent {
  index: number
  /** How many are done with this one, of how many. */
  done: number
  of: number
  instance: string
  /** Whether a finished proof from an interrupted run was verified and kept. */
  kept: boolean
  /** Of a proof that was made: which worker made it (none when this process did), and what it took. */
  worker?: string
  use?: WorkerUse
  /**
   * Places of accounts that are proven in a second, by all workers together; none before the first proof.
   */
  accountsPerSecond?: number
  /** What is left, at the rate so far and if nothing more is kept. */
  secondsLeft?: number
}

/** What is said of each batch as it is done, and how long the rest takes at the rate so far. */
export class BatchLog {
  private readonly rowsOf: ReadonlyMap<string, number>
  private readonly started = performance.now()
  private accounts = 0
  private rows = 0
  private left: number
  private done = 0

  constructor(private readonly plan: Pick<FoldPlan, 'runs' | 'batches'>) {
    const { runs } = plan
    this.rowsOf = new Map(runs.map(({ instance: { name } }) => [name, proofRows(findInstance(name))]))
    this.left = runs.reduce(
      (sum, { instance, batches }) => sum + batches * this.rowsOf.get(instance.name)!,
      0,
    )
  }

  kept(index: number, instance: LedgerInstance): BatchEvent {
    return this.event(index, instance, { kept: true })
  }

  proven(index: number, instance: LedgerInstance, { worker, use }: PooledProof): BatchEvent {
    this.accounts += instance.sizes.accounts
    this.rows += this.rowsOf.get(instance.name)!
    return this.event(index, instance, { kept: false, use, ...(worker === undefined ? {} : { worker }) })
  }

  private event(
    index: number,
    { name }: LedgerInstance,
    about: Pick<BatchEvent, 'kept' | 'worker' | 'use'>,
  ): BatchEvent {
    this.left -= this.rowsOf.get(name)!
    this.done++
    const event: BatchEvent = { index, done: this.done, of: this.plan.batches, instance: name, ...about }
    if (this.rows === 0) return event
    const seconds = (performance.now() - this.started) / 1000
    return {
      ...event,
      accountsPerSecond: this.accounts / seconds,
      secondsLeft: (this.left * seconds) / this.rows,
    }
  }
}

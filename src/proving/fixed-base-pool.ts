import { availableParallelism } from 'node:os'
import type { Worker } from 'node:worker_threads'
import { ELEMENT_BYTES } from '../field/index.js'
import { FixedBase, type FixedBaseMemory, type GroupName } from './fixed-base.js'
import { fixedBaseMemory } from './fixed-base-memory.js'
import type { WorkerJob, WorkerSetup } from './fixed-base-worker.js'
import { startWorker } from './start-worker.js'

const CHUNK_BYTES = ELEMENT_BYTES << 13

interface QueuedJob {
  job: WorkerJob
  resolve(points: Uint8Array): void
  reject(error: unknown): void
}

/** Threads that multiply the generators by many scalars, over tables that all of them fill and share. */
export class FixedBasePool {
  private readonly queue: QueuedJob[] = []
  private readonly workers: { worker: Worker; current: QueuedJob | undefined }[]

  private constructor(memory: FixedBaseMemory) {
    this.workers = memory.threads.map((_, thread) => {
      const setup: WorkerSetup = { memory, thread }
      const worker = startWorker(new URL('./fixed-base-worker', import.meta.url), setup)
      const self = { worker, current: undefined as QueuedJob | undefined }
      worker.on('message', (points: Uint8Array) => {
        self.current?.resolve(points)
        self.current = undefined
        this.dispatch()
      })
      worker.on('error', (error) => {
        for (const each of [self.current, ...this.queue.splice(0)]) each?.reject(error)
      })
      return self
    })
  }

  /**
   * @param counts how many multiplications are to come, from which the tables' sizes are chosen
   * @param threads as many as the machine runs at once when left out
   */
  static async start(
    counts: Record<GroupName, number>,
    threads = availableParallelism(),
  ): Promise<FixedBasePool> {
    const memory = await fixedBaseMemory(counts, threads)
    const first = new FixedBase(memory, 0)
    for (const group of ['g1', 'g2'] as const) first.fillBases(group)
    const pool = new FixedBasePool(memory)
    try {
      await Promise.all(
        (['g1', 'g2'] as const).flatMap((group) =>
          Array.from({ length: memory.groups[group].windows }, (_, window) => pool.run({ group, window })),
        ),
      )
      return pool
    } catch (error) {
      await pool.close()
      throw error
    }
  }

  /** The generator's multiples, in the order of the scalars (see `FixedBase.multiply`). */
  async multiply(group: GroupName, scalars: Uint8Array): Promise<Uint8Array[]> {
    const chunks: Promise<Uint8Array>[] = []
    for (let at = 0; at < scalars.length; at += CHUNK_BYTES) {
      chunks.push(this.run({ group, scalars: new Uint8Array(scalars.subarray(at, at + CHUNK_BYTES)) }))
    }
    return Promise.all(chunks)
  }

  async close(): Promise<void> {
    await Promise.all(this.workers.map(({ worker }) => worker.terminate()))
  }

  private run(job: WorkerJob): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      this.queue.push({ job, resolve, reject })
      this.dispatch()
    })
  }

  private dispatch(): void {
    for (const self of this.workers) {
      if (self.current) continue
      const next = this.queue.shift()
      if (!next) return
      self.current = next
      self.worker.postMessage(next.job, 'scalars' in next.job ? [next.job.scalars.buffer] : [])
    }
  }
}

import type { Worker } from 'node:worker_threads'
import { ELEMENT_BYTES } from '../field/index.js'
import { curveCode } from './curve-code.js'
import type { GroupName } from './curve-memory.js'
import { windowBitsFor } from './fixed-base.js'
import type { WorkerJob, WorkerSetup } from './fixed-base-worker.js'
import { startWorker } from './start-worker.js'

const CHUNK_BYTES = ELEMENT_BYTES << 13

interface Job extends WorkerJob {
  resolve(points: Uint8Array): void
  reject(error: unknown): void
}

/**
 * Two threads that multiply the generators by many scalars. Each starts with a group of its own, as a group's
 * table costs as much as some thousand multiplications, and helps the other when that is worth a second
 * table.
 */
export class FixedBasePool {
  private readonly queues: Record<GroupName, Job[]> = { g1: [], g2: [] }
  private readonly workers: { worker: Worker; groups: Set<GroupName>; job: Job | undefined }[]

  private constructor(private readonly setup: WorkerSetup) {
    this.workers = (['g1', 'g2'] as const).map((group) => {
      const worker = startWorker(new URL('./fixed-base-worker', import.meta.url), setup)
      const self = { worker, groups: new Set<GroupName>([group]), job: undefined as Job | undefined }
      worker.on('message', (points: Uint8Array) => {
        self.job?.resolve(points)
        self.job = undefined
        this.dispatch()
      })
      worker.on('error', (error) => {
        for (const job of [self.job, ...this.queues.g1.splice(0), ...this.queues.g2.splice(0)])
          job?.reject(error)
      })
      return self
    })
  }

  /** @param counts how many multiplications are to come, from which the tables' sizes are chosen */
  static async start(counts: Record<GroupName, number>): Promise<FixedBasePool> {
    const windowBits = { g1: windowBitsFor(counts.g1), g2: windowBitsFor(counts.g2) }
    return new FixedBasePool({ code: await curveCode(), windowBits })
  }

  /** The generator's multiples, in the order of the scalars (see `FixedBase.multiply`). */
  async multiply(group: GroupName, scalars: Uint8Array): Promise<Uint8Array[]> {
    const chunks: Promise<Uint8Array>[] = []
    for (let at = 0; at < scalars.length; at += CHUNK_BYTES) {
      const chunk = scalars.slice(at, at + CHUNK_BYTES)
      chunks.push(
        new Promise((resolve, reject) => this.queues[group].push({ group, scalars: chunk, resolve, reject })),
      )
    }
    this.dispatch()
    return Promise.all(chunks)
  }

  async close(): Promise<void> {
    await Promise.all(this.workers.map(({ worker }) => worker.terminate()))
  }

  private dispatch(): void {
    for (const self of this.workers) {
      if (self.job) continue
      const group = [...self.groups].find((name) => this.queues[name].length) ?? this.worthHelping()
      const job = group && this.queues[group].shift()
      if (!job) continue
      self.groups.add(job.group)
      self.job = job
      self.worker.postMessage({ group: job.group, scalars: job.scalars } satisfies WorkerJob)
    }
  }

  /** A group with more multiplications in its queue than two tables cost. */
  private worthHelping(): GroupName | undefined {
    return (['g1', 'g2'] as const).find((group) => {
      const queued = this.queues[group].reduce((sum, job) => sum + job.scalars.length / ELEMENT_BYTES, 0)
      return queued > 2 << this.setup.windowBits[group]
    })
  }
}

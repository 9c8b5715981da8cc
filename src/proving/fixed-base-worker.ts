import { parentPort, workerData } from 'node:worker_threads'
import { FixedBase, type FixedBaseMemory, type GroupName } from './fixed-base.js'

/** Start data of a worker: the memory of all, and which part of it is its own. */
export interface WorkerSetup {
  memory: FixedBaseMemory
  thread: number
}

/** Request to a worker: a window of a table to fill, or scalars, whose points are the answer. */
export type WorkerJob = { group: GroupName } & ({ window: number } | { scalars: Uint8Array<ArrayBuffer> })

const { memory, thread } = workerData as WorkerSetup
const base = new FixedBase(memory, thread)

parentPort!.on('message', (job: WorkerJob) => {
  if ('window' in job) {
    base.fillWindow(job.group, job.window)
    parentPort!.postMessage(new Uint8Array())
    return
  }
  const points = base.multiply(job.group, job.scalars)
  parentPort!.postMessage(points, [points.buffer])
})

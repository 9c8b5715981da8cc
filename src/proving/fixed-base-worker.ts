import { parentPort, workerData } from 'node:worker_threads'
import { type CurveCode, CurveMemory, type GroupName } from './curve-memory.js'
import { FixedBase } from './fixed-base.js'

/** Start data of a worker. */
export interface WorkerSetup {
  code: CurveCode
  windowBits: Record<GroupName, number>
}

/** Request to a worker; the answer is the points. */
export interface WorkerJob {
  group: GroupName
  scalars: Uint8Array
}

const { code, windowBits } = workerData as WorkerSetup
const bases: Partial<Record<GroupName, FixedBase>> = {}

parentPort!.on('message', ({ group, scalars }: WorkerJob) => {
  bases[group] ??= new FixedBase(new CurveMemory(code), group, windowBits[group])
  const points = bases[group].multiply(scalars)
  parentPort!.postMessage(points, [points.buffer])
})

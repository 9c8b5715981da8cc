import { parentPort, workerData } from 'node:worker_threads'
import { type BatchJob, BatchWork, type FoldContext } from './batch-work.js'

const work = new BatchWork(workerData as FoldContext)
parentPort!.on('message', (job: BatchJob) => parentPort!.postMessage(work.do(job)))

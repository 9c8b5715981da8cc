import { parentPort, workerData } from 'node:worker_threads'
import { BatchWork, type FoldContext } from './batch-work.js'
import type { ThreadJob } from './threads.js'

const works = (workerData as readonly FoldContext[]).map((context) => new BatchWork(context))
parentPort!.on('message', ({ fold, job }: ThreadJob) => parentPort!.postMessage(works[fold]!.do(job)))

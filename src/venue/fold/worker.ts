import { parentPort, workerData } from 'node:worker_threads'
import { BatchWork, type FoldContext, IdDigests } from './batch-work.js'
import type { ThreadJob } from './threads.js'

const digests = new IdDigests()
const works = (workerData as readonly FoldContext[]).map((context) => new BatchWork(context, digests))
parentPort!.on('message', ({ fold, job }: ThreadJob) => parentPort!.postMessage(works[fold]!.do(job)))

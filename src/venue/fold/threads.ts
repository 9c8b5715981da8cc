import { once } from 'node:events'
import type { Worker } from 'node:worker_threads'
import { startWorker } from '../../proving/index.js'
import { eachOf } from '../each-of.js'
import { type BatchJob, BatchWork, type FoldContext, type Pass, type PassAnswers } from './batch-work.js'
import type { BatchMembers } from './batches.js'

/** Jobs that wait for a thread while it works on another. */
const QUEUE = 2

interface Thread {
  worker: Worker
  /** What waits for an answer, the first one first: a thread answers in order. */
  waiting: { resolve(answer: PassAnswers[Pass]): void; reject(error: unknown): void }[]
  /** Why it has ended. */
  ended?: { error: unknown }
}

/** Threads that compute what a fold needs of batches; without any, it is computed here. */
export class FoldThreads {
  private readonly here: BatchWork

  private constructor(
    context: FoldContext,
    private readonly threads: readonly Thread[],
  ) {
    this.here = new BatchWork(context)
  }

  /**
   * @param count how many threads; where the system gives none, there are none
   */
  static async start(context: FoldContext, count: number): Promise<FoldThreads> {
    const workers: Worker[] = []
    try {
      for (let i = 0; i < count; i++) workers.push(startWorker(new URL('./worker', import.meta.url), context))
      await Promise.all(workers.map((worker) => once(worker, 'online')))
    } catch {
      await Promise.all(workers.map((worker) => worker.terminate()))
      return new FoldThreads(context, [])
    }
    return new FoldThreads(context, workers.map(threadOf))
  }

  /**
   * Asks the same of every batch, and takes the answers as they come.
   *
   * @throws what a thread throws
   */
  async each<P extends Pass>(
    jobs: AsyncIterable<BatchJob>,
    take: (answer: PassAnswers[P], members: BatchMembers) => void,
  ): Promise<void> {
    const room = Math.max(1, QUEUE * this.threads.length)
    await eachOf(
      jobs,
      () => room,
      async (job) => {
        take((await this.ask(job)) as PassAnswers[P], job.members)
      },
    )
  }

  async close(): Promise<void> {
    await Promise.all(this.threads.map(({ worker }) => worker.terminate()))
  }

  private async ask(job: BatchJob): Promise<PassAnswers[Pass]> {
    const [first, ...rest] = this.threads
    if (first === undefined) return this.here.do(job)
    const idlest = rest.reduce((a, b) => (b.waiting.length < a.waiting.length ? b : a), first)
    return new Promise((resolve, reject) => {
      if (idlest.ended) return reject(idlest.ended.error)
      idlest.waiting.push({ resolve, reject })
      idlest.worker.postMessage(job)
    })
  }
}

function threadOf(worker: Worker): Thread {
  const thread: Thread = { worker, waiting: [] }
  worker.on('message', (answer: PassAnswers[Pass]) => thread.waiting.shift()?.resolve(answer))
  const end = (error: unknown) => {
    thread.ended ??= { error }
    for (const { reject } of thread.waiting.splice(0)) reject(error)
  }
  worker.on('error', end)
  worker.on('exit', () => end(new Error('a thread has ended before its work')))
  return thread
}

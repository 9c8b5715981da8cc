import { once } from 'node:events'
import type { Worker } from 'node:worker_threads'
import { startWorker } from '../../proving/index.js'
import { eachOf } from '../each-of.js'
import {
  type BatchJob,
  BatchWork,
  type FoldContext,
  IdDigests,
  type Pass,
  type PassAnswers,
} from './batch-work.js'
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

/** What computes the batches of one fold. */
export interface FoldWork {
  /**
   * Asks the same of every batch, and takes the answers as they come.
   *
   * @throws what a thread throws
   */
  each<P extends Pass>(
    jobs: AsyncIterable<BatchJob>,
    take: (answer: PassAnswers[P], members: BatchMembers) => void,
  ): Promise<void>
}

/** A job, and which of the folds it is of. */
export interface ThreadJob {
  fold: number
  job: BatchJob
}

/** Threads that compute what folds need of batches; without any, it is computed here. */
export class FoldThreads {
  private readonly here: readonly BatchWork[]

  private constructor(
    contexts: readonly FoldContext[],
    private readonly threads: readonly Thread[],
  ) {
    const digests = new IdDigests()
    this.here = contexts.map((context) => new BatchWork(context, digests))
  }

  /**
   * @param contexts of the folds that share the threads
   * @param count how many threads; where the system gives none, there are none
   */
  static async start(contexts: readonly FoldContext[], count: number): Promise<FoldThreads> {
    const workers: Worker[] = []
    try {
      for (let i = 0; i < count; i++) {
        workers.push(startWorker(new URL('./worker', import.meta.url), contexts))
      }
      await Promise.all(workers.map((worker) => once(worker, 'online')))
    } catch {
      await Promise.all(workers.map((worker) => worker.terminate()))
      return new FoldThreads(contexts, [])
    }
    return new FoldThreads(contexts, workers.map(threadOf))
  }

  /** @param fold the place of its context */
  of(fold: number): FoldWork {
    const room = Math.max(1, QUEUE * this.threads.length)
    return {
      each: <P extends Pass>(
        jobs: AsyncIterable<BatchJob>,
        take: (answer: PassAnswers[P], members: BatchMembers) => void,
      ) =>
        eachOf(
          jobs,
          () => room,
          async (job) => {
            take((await this.ask({ fold, job })) as PassAnswers[P], job.members)
          },
        ),
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.threads.map(({ worker }) => worker.terminate()))
  }

  private async ask(asked: ThreadJob): Promise<PassAnswers[Pass]> {
    const [first, ...rest] = this.threads
    if (first === undefined) return this.here[asked.fold]!.do(asked.job)
    const idlest = rest.reduce((a, b) => (b.waiting.length < a.waiting.length ? b : a), first)
    return new Promise((resolve, reject) => {
      if (idlest.ended) return reject(idlest.ended.error)
      idlest.waiting.push({ resolve, reject })
      idlest.worker.postMessage(asked)
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

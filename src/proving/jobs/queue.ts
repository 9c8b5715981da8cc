import type { SealedJob } from './job.js'

/** What has become of a job. */
export type JobEvent =
  | {
      kind: 'answered'
      id: string
      worker: string
      /** As it came: an `Answer`, or anything else. */
      answer: unknown
    }
  | {
      /** The worker ended or was silent for too long. The queue hands the job out again. */
      kind: 'lost'
      id: string
      worker: string
      why: string
    }

/**
 * Where jobs wait for workers, and what comes back of them. It keeps and hands out, and vouches for
 * nothing.
 */
export interface JobQueue {
  /** Jobs that are worth having in it at once, so that no worker waits for the next. */
  readonly depth: number
  /** Puts a job in. One that is there already, of an interrupted run, stays as it is. */
  put(job: SealedJob): Promise<void>
  /** What has happened since the last call; waits until something has. Empty once the queue is closed. */
  events(): Promise<JobEvent[]>
  /** Takes a job out, whatever has become of it. */
  remove(id: string): Promise<void>
  /** Takes out whatever is left of a run that has ended. */
  finish(run: string): Promise<void>
  /** Gives a worker no more jobs. */
  dismiss(worker: string): Promise<void>
  /** Ends what this process started for it. Jobs that others work on stay. */
  close(): Promise<void>
}

/** How a queue that has to be asked is asked. */
export interface PollOptions {
  /** Seconds that a worker may be silent before its job is handed out again; default 60. */
  lease?: number
  /** Milliseconds between two looks at the queue; default 500. */
  pause?: number
}

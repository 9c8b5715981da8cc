import type { ChildProcess } from 'node:child_process'
import { ArtifactError } from '../../errors/index.js'
import type { CacheOptions } from '../cache.js'
import { forkModule } from '../fork-module.js'
import { errorOf } from './answer.js'
import type { SealedJob } from './job.js'
import { patienceFor } from './patience.js'
import type { FromProcess, ToProcess } from './process-messages.js'
import type { JobEvent, JobQueue } from './queue.js'

export interface ProcessQueueOptions {
  /** How many processes. */
  workers: number
  secretKey: Uint8Array
  /** What they prove with, as `--prover` names it, and by how many threads each. */
  prover: string
  threads: number
  /** Where they find keys. */
  cache?: CacheOptions
  /** Of a job that is handed out for the nth time, milliseconds before its process counts as hung. */
  patience?: (job: SealedJob, times: number) => number
  /** The process, as a test exchanges it. */
  main?: URL
}

interface Job {
  job: SealedJob
  /** How often it was lost. */
  lost: number
}

interface Worker {
  name: string
  child: ChildProcess
  ready: boolean
  /** Whether it was ended for its silence. */
  silent?: boolean
  held?: Job & { timer: NodeJS.Timeout }
}

/** How many processes in a row may end before they have started. */
const FALSE_STARTS = 3

/** A queue within this process, whose workers are processes of this machine. A dead one is replaced. */
export class ProcessQueue implements JobQueue {
  readonly depth: number
  private readonly workers = new Set<Worker>()
  private readonly waiting: Job[] = []
  private happened: JobEvent[] = []
  private wake: () => void = () => {}
  private broken: { error: unknown } | undefined
  private falseStarts = 0
  private closed = false

  constructor(private readonly options: ProcessQueueOptions) {
    this.depth = 2 * options.workers
  }

  async put(job: SealedJob): Promise<void> {
    this.waiting.push({ job, lost: 0 })
    while (this.workers.size < this.options.workers) this.start()
    this.handOut()
  }

  async events(): Promise<JobEvent[]> {
    while (this.happened.length === 0 && !this.closed) {
      if (this.broken) throw this.broken.error
      await new Promise<void>((resolve) => {
        this.wake = resolve
      })
    }
    return this.happened.splice(0)
  }

  async remove(id: string): Promise<void> {
    const at = this.waiting.findIndex(({ job }) => job.id === id)
    if (at >= 0) this.waiting.splice(at, 1)
    for (const worker of this.workers) if (worker.held?.job.id === id) this.letGo(worker)
  }

  async finish(): Promise<void> {
    // What is left ends with the queue.
  }

  async dismiss(name: string): Promise<void> {
    const worker = [...this.workers].find((each) => each.name === name)
    worker?.child.kill('SIGKILL')
  }

  async close(): Promise<void> {
    this.closed = true
    this.wake()
    await Promise.all(
      [...this.workers].map(
        ({ child }) =>
          new Promise<void>((resolve) => {
            child.once('close', () => resolve())
            child.kill('SIGKILL')
          }),
      ),
    )
  }

  private start(): void {
    const { secretKey, prover, threads, cache = {}, main = MAIN } = this.options
    const child = forkModule(main, [], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    const worker: Worker = { name: `process ${child.pid ?? 'of none'}`, child, ready: false }
    this.workers.add(worker)
    child.on('message', (message: FromProcess) => this.hear(worker, message))
    child.on('error', () => child.kill('SIGKILL'))
    child.once('close', (code, signal) => this.ended(worker, signal ?? `exit code ${code}`))
    tell(worker, { start: { secretKey, prover, threads, cache } })
  }

  private hear(worker: Worker, message: FromProcess): void {
    if ('ready' in message) {
      worker.ready = true
      this.falseStarts = 0
    } else if ('answer' in message) {
      const { held } = worker
      // What was taken out meanwhile is nobody's.
      if (held?.job.id !== message.id) return
      this.letGo(worker)
      this.tellOf({ kind: 'answered', id: held.job.id, worker: worker.name, answer: message.answer })
    } else {
      this.broken ??= { error: errorOf(message.fatal) }
      this.wake()
    }
    this.handOut()
  }

  /** Gives waiting jobs to processes that have none. */
  private handOut(): void {
    for (const worker of this.workers) {
      if (!worker.ready || worker.held !== undefined) continue
      const next = this.waiting.shift()
      if (next === undefined) return
      const { patience = patienceFor } = this.options
      const timer = setTimeout(
        () => {
          worker.silent = true
          worker.child.kill('SIGKILL')
        },
        patience(next.job, next.lost),
      )
      worker.held = { ...next, timer }
      tell(worker, { job: next.job })
    }
  }

  /** What is to do when a process has ended: its job waits again, and another process takes its place. */
  private ended(worker: Worker, how: string): void {
    this.workers.delete(worker)
    const held = this.letGo(worker)
    if (this.closed) return
    if (held !== undefined) {
      const { job, lost } = held
      this.waiting.unshift({ job, lost: lost + 1 })
      const why = worker.silent ? 'was silent for too long' : `ended with ${how}`
      this.tellOf({ kind: 'lost', id: job.id, worker: worker.name, why })
    }
    if (!worker.ready && ++this.falseStarts === FALSE_STARTS) {
      const error = new ArtifactError('WORKERS_FAILED', `a worker does not start: it ended with ${how}`, {
        hint: 'Look at the memory of this machine, or prove in one process with --workers 0.',
      })
      this.broken ??= { error }
      this.wake()
    }
    if (this.broken === undefined) this.start()
  }

  private letGo(worker: Worker): Job | undefined {
    const { held } = worker
    clearTimeout(held?.timer)
    delete worker.held
    return held
  }

  private tellOf(event: JobEvent): void {
    this.happened.push(event)
    this.wake()
  }
}

/** Whoever has died meanwhile is heard of when it closes. */
function tell({ child }: Worker, message: ToProcess): void {
  if (child.connected) child.send(message, () => {})
}

const MAIN = new URL('./process-main', import.meta.url)

import { Engine, type EngineSetup } from './engine.js'
import { type Answer, type Answers, perform, type Task } from './tasks.js'

/** What a thread is told: to start on a proof, or a task of it. */
export type Message = { begin: EngineSetup; thread: number } | { task: Task }
/** What it says to each message: the answer, or why there is none. */
export type Reply = { answer: Answer } | { failed: string }

/** A thread somewhere else: of Node's or a browser's. */
export interface Thread {
  post(message: Message): void
  /** Whether the process waits for it. */
  hold(held: boolean): void
  end(): Promise<unknown>
}

/** Starts a thread, which then tells of its replies, or that it has ended. */
export type StartThread = (on: { reply(reply: Reply): void; ended(cause: unknown): void }) => Thread

/** A thread's side: does what it is told, one message after the other. */
export function messageHandler(): (message: Message) => Reply {
  let engine: Engine | undefined
  return (message) => {
    try {
      if ('task' in message) return { answer: perform(engine!, message.task) }
      engine = new Engine(message.begin, message.thread)
      return { answer: undefined }
    } catch (cause) {
      return { failed: String(cause) }
    }
  }
}

interface Waiting {
  message: Message
  resolve(answer: Answer): void
  reject(error: unknown): void
}

/** Threads that pull tasks from one queue. When one of them fails, so does all that is asked of them. */
export class Threads {
  private readonly queue: Waiting[] = []
  private readonly threads: { thread: Thread; busy: Waiting | undefined }[] = []
  private failure: { cause: unknown } | undefined

  constructor(start: StartThread, count: number) {
    for (let i = 0; i < count; i++) {
      const self: { thread: Thread; busy: Waiting | undefined } = { thread: undefined!, busy: undefined }
      self.thread = start({
        reply: (reply) => {
          const asked = self.busy
          self.busy = undefined
          if ('failed' in reply) {
            asked?.reject(new Error(reply.failed))
            this.fail(new Error(reply.failed))
          } else {
            asked?.resolve(reply.answer)
            this.dispatch()
          }
        },
        ended: (cause) => this.fail(cause),
      })
      this.threads.push(self)
    }
  }

  get count(): number {
    return this.threads.length
  }

  get failed(): boolean {
    return this.failure !== undefined
  }

  /** Every thread starts on a proof. */
  async begin(begin: EngineSetup): Promise<void> {
    await Promise.all(
      this.threads.map(
        (self, thread) =>
          new Promise<Answer>((resolve, reject) => {
            if (this.failure) return reject(this.failure.cause)
            self.busy = { message: { begin, thread }, resolve, reject }
            self.thread.post(self.busy.message)
          }),
      ),
    )
  }

  /** Has a task done by the next thread that has nothing to do; urgent ones before others. */
  run<T extends Task>(task: T, urgent = false): Promise<Answers[T['kind']]> {
    return new Promise<Answer>((resolve, reject) => {
      if (this.failure) return reject(this.failure.cause)
      const asked = { message: { task }, resolve, reject }
      if (urgent) this.queue.unshift(asked)
      else this.queue.push(asked)
      this.dispatch()
    }) as Promise<Answers[T['kind']]>
  }

  hold(held: boolean): void {
    for (const { thread } of this.threads) thread.hold(held)
  }

  async end(): Promise<void> {
    this.failure ??= { cause: new Error('ended') }
    await Promise.all(this.threads.map(({ thread }) => thread.end()))
  }

  private dispatch(): void {
    for (const self of this.threads) {
      if (self.busy || this.queue.length === 0) continue
      self.busy = this.queue.shift()!
      self.thread.post(self.busy.message)
    }
  }

  private fail(cause: unknown): void {
    this.failure ??= { cause }
    for (const self of this.threads) {
      self.busy?.reject(cause)
      self.busy = undefined
    }
    for (const asked of this.queue.splice(0)) asked.reject(cause)
  }
}

import { setTimeout } from 'node:timers/promises'
import type PgBoss from 'pg-boss'
import { ArtifactError } from '../../errors/index.js'
import type { Answer } from './answer.js'
import { type SealedJob, sealedJobSchema } from './job.js'
import { patienceFor } from './patience.js'
import { DISMISSED, JOBS, PG_SCHEMA, type PgConnection } from './pg-connection.js'
import { dismissalId, RENEWALS } from './pg-queue.js'

/** A job that a worker holds. */
export interface HeldJob {
  job: SealedJob
  /** Answers it. Whether it was still this worker's to answer. */
  answer(answer: Answer): Promise<boolean>
  /** Gives it back, for another worker. */
  giveBack(): Promise<void>
}

/** A worker's side of a queue in PostgreSQL. */
export class PgSource {
  constructor(
    private readonly connection: PgConnection,
    /** The worker's name, another one each time it starts. */
    readonly worker: string,
    /** Milliseconds between two looks at an empty queue. */
    private readonly pause = 500,
  ) {}

  /**
   * The next job, as soon as there is one.
   *
   * @throws {ArtifactError} `WORKER_DISMISSED`
   */
  async take(): Promise<HeldJob> {
    for (;;) {
      const held = await this.tryTake()
      if (held !== undefined) return held
      await setTimeout(this.pause)
    }
  }

  async close(): Promise<void> {
    await this.connection.close()
  }

  private async tryTake(): Promise<HeldJob | undefined> {
    const dismissed = await this.connection.ask((boss) =>
      boss.getJobById(DISMISSED, dismissalId(this.worker)),
    )
    if (dismissed !== null) {
      throw new ArtifactError('WORKER_DISMISSED', 'a coordinator refused what this worker returned', {
        hint: 'Look at the memory and the artifacts of this machine, then start the worker again.',
      })
    }
    const [found] = await this.connection.ask((boss) => boss.fetch<object>(JOBS, { includeMetadata: true }))
    if (found === undefined) return undefined
    const read = sealedJobSchema.safeParse(found.data)
    if (!read.success || read.data.id !== found.id) {
      // No coordinator of this version made it, so none waits for it.
      await this.connection.ask((boss) => boss.deleteJob(JOBS, found.id))
      return undefined
    }
    return this.hold(read.data, found)
  }

  /** Shows that this worker lives for as long as the proof may take. */
  private async hold(
    job: SealedJob,
    { id, retryCount, expireInSeconds }: PgBoss.JobWithMetadata,
  ): Promise<HeldJob> {
    const renew = () =>
      this.connection.ask((boss) => boss.getDb().executeSql(RENEW, [JOBS, id, this.worker, retryCount]))
    await renew()
    const until = performance.now() + patienceFor(job, retryCount)
    const timer = setInterval(
      () => {
        if (performance.now() < until) void renew().catch(() => {})
        else clearInterval(timer)
      },
      (Number(expireInSeconds) * 1000) / RENEWALS,
    )
    return {
      job,
      answer: async (answer) => {
        clearInterval(timer)
        const output = { worker: this.worker, answer }
        const done: unknown = await this.connection.ask((boss) => boss.complete(JOBS, id, output))
        return (done as { affected: number }).affected > 0
      },
      giveBack: async () => {
        clearInterval(timer)
        await this.connection.ask((boss) => boss.fail(JOBS, id))
      },
    }
  }
}

/** Only who was handed the job this time shows life for it. */
const RENEW = `
  UPDATE ${PG_SCHEMA}.job SET started_on = now(), singleton_key = $3
  WHERE name = $1 AND id = $2 AND state = 'active' AND retry_count = $4`

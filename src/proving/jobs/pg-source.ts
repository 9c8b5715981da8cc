import { setTimeout } from 'node:timers/promises'
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

/** A job as it was handed to this worker. */
interface Taken {
  id: string
  data: unknown
  /** How often it was handed out before. */
  times: number
  /** Seconds after which a silent worker loses it. */
  lease: number
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
      const held = await this.takeNow()
      if (held !== undefined) return held
      await setTimeout(this.pause)
    }
  }

  async close(): Promise<void> {
    await this.connection.close()
  }

  /**
   * A job that waits now, if there is one.
   *
   * @param but jobs that others shall have
   * @throws {ArtifactError} `WORKER_DISMISSED`
   */
  async takeNow(but: readonly string[] = []): Promise<HeldJob | undefined> {
    const dismissed = await this.connection.ask((boss) =>
      boss.getJobById(DISMISSED, dismissalId(this.worker)),
    )
    if (dismissed !== null) {
      throw new ArtifactError('WORKER_DISMISSED', 'a coordinator refused what this worker returned', {
        hint: 'Look at the memory and the artifacts of this machine, then start the worker again.',
      })
    }
    const { rows } = await this.connection.ask((boss) =>
      boss.getDb().executeSql(TAKE, [JOBS, this.worker, but]),
    )
    const [taken] = rows as Taken[]
    if (taken === undefined) return undefined
    const read = sealedJobSchema.safeParse(taken.data)
    if (!read.success || read.data.id !== taken.id) {
      // No coordinator of this version made it, so none waits for it.
      await this.connection.ask((boss) => boss.deleteJob(JOBS, taken.id))
      return undefined
    }
    return this.hold(read.data, taken)
  }

  /** Shows that this worker lives for as long as the proof may take. */
  private hold(job: SealedJob, { id, times, lease }: Taken): HeldJob {
    const renew = () => this.connection.ask((boss) => boss.getDb().executeSql(RENEW, [JOBS, id, times]))
    const until = performance.now() + patienceFor(job, times)
    const timer = setInterval(
      () => {
        if (performance.now() < until) void renew().catch(() => {})
        else clearInterval(timer)
      },
      (lease * 1000) / RENEWALS,
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

/**
 * Takes the oldest job that waits. The same statement leaves the worker's name, so that whoever has a job
 * stands beside it, after all who had it before: `singleton_key` is the one column of text that nothing else
 * uses and that a job keeps when it is lost.
 */
const TAKE = `
  WITH next AS (
    SELECT id FROM ${PG_SCHEMA}.job WHERE name = $1 AND state < 'active' AND start_after < now()
      AND id <> ALL($3::uuid[])
    ORDER BY priority DESC, created_on, id LIMIT 1 FOR UPDATE SKIP LOCKED
  )
  UPDATE ${PG_SCHEMA}.job AS job SET state = 'active', started_on = now(),
    retry_count = retry_count + (started_on IS NOT NULL)::int,
    singleton_key = COALESCE(singleton_key, '[]')::jsonb || to_jsonb($2::text)
  FROM next WHERE job.name = $1 AND job.id = next.id
  RETURNING job.id, data, retry_count AS times, EXTRACT(epoch FROM expire_in)::float8 AS lease`

/** Only who was handed the job this time shows life for it. */
const RENEW = `
  UPDATE ${PG_SCHEMA}.job SET started_on = now()
  WHERE name = $1 AND id = $2 AND state = 'active' AND retry_count = $3`

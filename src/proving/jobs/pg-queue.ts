import { setTimeout } from 'node:timers/promises'
import * as z from 'zod'
import type { SealedJob } from './job.js'
import { jobId } from './job.js'
import { DISMISSED, JOBS, PG_SCHEMA, type PgConnection } from './pg-connection.js'
import type { JobEvent, JobQueue, PollOptions } from './queue.js'

/** Seconds that a worker may be silent before its job is handed out again. */
const LEASE = 60
/** A worker shows that it lives far more often. */
export const RENEWALS = 4
/** As often as is needed: whoever collects says when it is enough. */
const RETRIES = 1_000_000
/** Jobs in the queue for each worker that is known, and at least. */
const EACH = 3
const LEAST = 32

/** What a worker leaves in the queue. */
export const outputSchema = z.strictObject({ worker: z.string().max(200), answer: z.unknown() })

/** A job as the coordinator follows it. */
interface Followed {
  job: SealedJob
  /** How often it was lost, as it was when the queue was last looked at. */
  lost: number
}

interface Row {
  id: string
  state: string
  lost: number
  /** Who took it each time, in order. */
  holders: string[]
  output: unknown
}

/** The coordinator's side of a queue in PostgreSQL. */
export class PgQueue implements JobQueue {
  private readonly followed = new Map<string, Followed>()
  private readonly workers = new Set<string>()
  private closed = false

  constructor(
    private readonly connection: PgConnection,
    private readonly options: PollOptions = {},
  ) {}

  get depth(): number {
    return Math.max(LEAST, EACH * this.workers.size)
  }

  async put(job: SealedJob): Promise<void> {
    const { lease = LEASE } = this.options
    this.followed.set(job.id, { job, lost: 0 })
    await this.connection.ask((boss) =>
      boss.insert([{ id: job.id, name: JOBS, data: job, expireInSeconds: lease, retryLimit: RETRIES }]),
    )
  }

  async events(): Promise<JobEvent[]> {
    const { pause = 500 } = this.options
    while (!this.closed) {
      const found = await this.look()
      if (found.length > 0) return found
      await setTimeout(pause)
    }
    return []
  }

  async remove(id: string): Promise<void> {
    this.followed.delete(id)
    await this.connection.ask((boss) => boss.deleteJob(JOBS, id))
  }

  async finish(run: string): Promise<void> {
    this.followed.clear()
    await this.connection.ask((boss) => boss.getDb().executeSql(FINISH, [JOBS, run]))
  }

  async dismiss(worker: string): Promise<void> {
    await this.connection.ask((boss) =>
      boss.insert([{ id: dismissalId(worker), name: DISMISSED, data: { worker } }]),
    )
  }

  async close(): Promise<void> {
    this.closed = true
    await this.connection.close()
  }

  /** What has changed of the jobs that are followed. */
  private async look(): Promise<JobEvent[]> {
    const ids = [...this.followed.keys()]
    if (ids.length === 0) return []
    const rows = await this.connection.ask(async (boss) => {
      // Silent workers lose their jobs by the server's clock, and here: nobody else may be looking.
      await boss.expire()
      return (await boss.getDb().executeSql(FOLLOW, [JOBS, ids])).rows as Row[]
    })
    const found = new Map(rows.map((row) => [row.id, row]))
    const events: JobEvent[] = []
    for (const id of ids) {
      const followed = this.followed.get(id)
      if (followed === undefined) continue
      const row = found.get(id)
      // A server that was restored from before the job, or a table that somebody emptied.
      if (row === undefined) await this.put(followed.job)
      else events.push(...this.changes(followed, row))
    }
    return events
  }

  private changes(followed: Followed, { id, state, lost, holders, output }: Row): JobEvent[] {
    const nameOf = (time: number) => holders[time] ?? 'an unknown worker'
    for (const holder of holders) this.workers.add(holder)
    const events: JobEvent[] = []
    // Between two looks a job may be lost by several workers in turn.
    for (; followed.lost < lost; followed.lost++) {
      const worker = nameOf(followed.lost)
      events.push({ kind: 'lost', id, worker, why: 'ended, or was silent for too long' })
    }
    if (state === 'completed') {
      const read = outputSchema.safeParse(output)
      const { worker, answer } = read.success ? read.data : { worker: nameOf(lost), answer: undefined }
      this.followed.delete(id)
      events.push({ kind: 'answered', id, worker, answer })
    }
    return events
  }
}

/** Jobs by id: a job waits once more after each time that it was lost. */
const FOLLOW = `
  SELECT id, state, retry_count + (state = 'retry')::int AS lost,
    COALESCE(singleton_key, '[]')::jsonb AS holders,
    CASE WHEN state = 'completed' THEN output END AS output
  FROM ${PG_SCHEMA}.job WHERE name = $1 AND id = ANY($2::uuid[])`

/** Also jobs of proofs that a killed coordinator had written already. */
const FINISH = `DELETE FROM ${PG_SCHEMA}.job WHERE name = $1 AND data->>'run' = $2`

/** Where a worker finds that it was dismissed. */
export function dismissalId(worker: string): string {
  return jobId(`dismissed ${worker}`, 0)
}

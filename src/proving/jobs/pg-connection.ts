import { setTimeout } from 'node:timers/promises'
import type PgBoss from 'pg-boss'
import { InputError } from '../../errors/index.js'
import { loadOptional } from '../../files/index.js'

/** Where everything of a queue lies in its database. */
export const PG_SCHEMA = 'plimsoll'
/** The version of what is in it is part of each name. */
const VERSION = 1
export const JOBS = `jobs-${VERSION}`
export const DISMISSED = `dismissed-${VERSION}`

/** A pause before what failed is tried again, in milliseconds. */
const PAUSE = 500
const CONNECT_MS = 10_000

/** A queue in PostgreSQL. While the server is away, what is asked of it waits. */
export class PgConnection {
  private away = false

  private constructor(
    readonly boss: PgBoss,
    readonly where: string,
    private readonly onSay: (what: string) => void,
  ) {}

  /**
   * Opens a queue, and makes it when the database has none yet.
   *
   * @param url as `postgres://user@host:5432/database`
   * @param onSay told when the server is away, and when it is back
   * @throws {InputError} `QUEUE_ADDRESS`, `QUEUE_UNREACHABLE`, `QUEUE_VERSION`, `PACKAGE_MISSING`
   */
  static async open(url: string, onSay: (what: string) => void = () => {}): Promise<PgConnection> {
    const where = shownAddress(url)
    const { default: Boss } = await loadOptional('pg-boss', () => import('pg-boss'))
    const start = async (migrate: boolean) => {
      const settings = {
        connectionString: url,
        schema: PG_SCHEMA,
        application_name: 'plimsoll',
        connectionTimeoutMillis: CONNECT_MS,
        max: 4,
        supervise: false,
        schedule: false,
        migrate,
      }
      const boss = new Boss(settings)
      // A connection that breaks is told of by whoever uses it next.
      boss.on('error', () => {})
      try {
        await boss.start()
        return boss
      } catch (error) {
        await boss.stop({ graceful: false }).catch(() => {})
        throw error
      }
    }
    let boss: PgBoss
    try {
      boss = await start(false).catch((error: unknown) => {
        if (!(error instanceof Error) || error.message !== 'pg-boss is not installed') throw error
        return start(true)
      })
      await assertVersion(boss, where)
      for (const name of [JOBS, DISMISSED]) await boss.createQueue(name)
    } catch (error) {
      throw openingError(where, error)
    }
    return new PgConnection(boss, where, onSay)
  }

  /**
   * Asks something of the server, again and again while it is away.
   *
   * @throws {InputError} `QUEUE_REFUSED` when it answers, and refuses
   */
  async ask<T>(what: (boss: PgBoss) => Promise<T>): Promise<T> {
    for (;;) {
      try {
        const answer = await what(this.boss)
        if (this.away) this.onSay('the queue is back')
        this.away = false
        return answer
      } catch (error) {
        if (!isAway(error)) throw refused(this.where, error)
        if (!this.away) this.onSay('the queue is away: waiting for it')
        this.away = true
        await setTimeout(PAUSE)
      }
    }
  }

  async close(): Promise<void> {
    await this.boss.stop({ graceful: false }).catch(() => {})
  }
}

/** Refuses what another version of Plimsoll, or of the package that keeps the queue, has made. */
async function assertVersion(boss: PgBoss, where: string): Promise<void> {
  const names = (await boss.getQueues()).map(({ name }) => name)
  const foreign = names.find((name) => /^jobs-\d+$/.test(name) && name !== JOBS)
  if (foreign !== undefined) throw otherVersion(where)
}

function otherVersion(where: string, cause?: unknown): InputError {
  return new InputError('QUEUE_VERSION', 'holds a queue of another version of Plimsoll', {
    where,
    cause,
    hint: 'Run the same version of Plimsoll on every machine. When nobody works on it, `DROP SCHEMA plimsoll CASCADE` removes the queue.',
  })
}

/** An address without its password. */
function shownAddress(url: string): string {
  let parsed: URL | undefined
  try {
    parsed = new URL(url)
  } catch {
    // It is refused below.
  }
  if (parsed === undefined || !['postgres:', 'postgresql:'].includes(parsed.protocol)) {
    throw new InputError('QUEUE_ADDRESS', 'not the address of a queue', {
      hint: 'Write the address of a PostgreSQL database, such as postgres://user@host:5432/plimsoll; the password may be in PGPASSWORD.',
    })
  }
  return `${parsed.protocol}//${parsed.host}${parsed.pathname}`
}

function openingError(where: string, error: unknown): unknown {
  if (error instanceof InputError) return error
  if (error instanceof Error && error.message === 'pg-boss database requires migrations') {
    return otherVersion(where, error)
  }
  if (isAway(error)) {
    return new InputError('QUEUE_UNREACHABLE', `there is no PostgreSQL server to reach (${codeOf(error)})`, {
      where,
      cause: error,
      hint: 'Look at the address, and whether the server runs and lets this machine in.',
    })
  }
  return refused(where, error)
}

function refused(where: string, error: unknown): unknown {
  const code = codeOf(error)
  if (!/^[0-9A-Z]{5}$/.test(code)) return error
  return new InputError('QUEUE_REFUSED', `the server refuses (${code}): ${(error as Error).message}`, {
    where,
    cause: error,
    hint: 'The user of the queue needs a database in which it may make a schema.',
  })
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException | undefined)?.code ?? 'no answer'
}

/** Whether an error says that the server is away, starting, stopping or full, and not that it refuses. */
function isAway(error: unknown): boolean {
  const code = codeOf(error)
  // Classes of SQLSTATE: connections, the operator's intervention, resources.
  if (/^[0-9A-Z]{5}$/.test(code)) return /^(08|53|57P)/.test(code)
  if (/^E[A-Z]+$/.test(code)) return true
  return /terminated|timeout|not queryable|closed/i.test((error as Error | undefined)?.message ?? '')
}

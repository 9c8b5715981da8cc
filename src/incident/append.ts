import { randomBytes } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { setTimeout } from 'node:timers/promises'
import type { Signature, SignedData } from '../bundle/index.js'
import { InputError, printable } from '../errors/index.js'
import { fileError, readTextFile, withFileLock, writeFileAtomic } from '../files/index.js'
import { bySchema } from '../schema/index.js'
import { entrySigned, type IncidentEntry, type LogEntry, lineSchema, lineText } from './entry.js'
import { assertNamesNoAccount } from './names-account.js'
import { type LogHead, verifyLog } from './verify.js'

/** Largest log, in bytes. */
const MAX_BYTES = 1 << 26

type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never

/** What somebody adds to a log: an entry without its place in it. */
export type IncidentWords = Without<IncidentEntry, 'number' | 'at' | 'previous'>

export interface AppendOptions {
  /** The file of the log; `open` begins one where there is none. */
  path: string
  words: IncidentWords
  /** Seconds since 1970-01-01 UTC. */
  now: number
  /** Signs the entry, and with it everything before it. */
  key?: { sign(data: SignedData): Promise<Signature> }
  /** Identifiers of accounts, none of which may be named: the first column of a CSV file. */
  accounts?: string
  /** How long to wait for another writer, in milliseconds (default: 10,000). */
  patience?: number
}

/**
 * Adds an entry to a log. The file is replaced by one that has a line more: whoever reads it or kills this
 * process finds the log as it was, or with the entry. Writers take turns by a lock, and each verifies the log
 * before it adds to it.
 *
 * @returns the head of the log with the entry: what to publish
 * @throws {InputError} `INCIDENT_LOG` when there is none, or it does not verify; `INCIDENT_ENTRY` for what
 * cannot be said of an incident, or may not stand in a log; `LOCK_BUSY`, `LOCK_LOST`, `FILE_ACCESS`
 * @example
 * const about = { incident: 'feed-2', severity: 'warning', text: 'feed 2 is 14 % off' } as const
 * const words = { kind: 'open', ...about } as const
 * const { head } = await appendIncident({ path: 'incidents.jsonl', words, now: 1_790_000_000 })
 */
export async function appendIncident(
  options: AppendOptions,
): Promise<{ head: LogHead; entry: IncidentEntry }> {
  const { path, words, now, key, patience = 10_000 } = options
  const said = [words.incident, words.text, words.epoch, words.file?.name]
  await assertNamesNoAccount(
    said.filter((each) => each !== undefined),
    options.accounts,
  )
  let waited = 0
  return withFileLock(
    `${path}.lock`,
    async (lock) => {
      const mode = await modeOf(path)
      const text = mode === undefined ? begun(path, words, now) : await readLogText(path)
      const { report, incidents } = await verifyLog(text, path)
      const bad = report.checks.find(({ valid }) => !valid)
      if (bad !== undefined) {
        throw new InputError('INCIDENT_LOG', `does not verify: ${bad.detail}`, {
          where: path,
          hint: 'Nothing is added to such a log. Keep it as it is, and go on in a new one that says so.',
        })
      }
      const last = incidents.find(({ incident }) => incident === words.incident)
      assertSayable(words, last, path)
      const { number, hash: previous } = report.head
      const entry = placed(words, { number: number + 1, at: now, previous }, path)
      const line = key ? { entry, signature: await key.sign(entrySigned(report.log, entry)) } : { entry }
      const longer = `${text}${lineText(line)}\n`
      const { report: after } = await verifyLog(longer, path)
      const fault = after.checks.find(({ valid }) => !valid)
      if (fault !== undefined) {
        throw new InputError('INCIDENT_ENTRY', fault.detail, {
          where: path,
          hint: 'Set the clock of this machine: entries are in the order of their times.',
        })
      }
      await lock.assertHeld()
      await writeFileAtomic(path, longer, mode === undefined ? {} : { mode })
      return { head: after.head, entry }
    },
    async ({ who, hint }) => {
      if (waited >= patience) {
        throw new InputError('LOCK_BUSY', `${printable(who)} writes to the log`, { where: path, hint })
      }
      waited += 50
      await setTimeout(50)
    },
  )
}

/**
 * The text of a log.
 *
 * @throws {InputError} `FILE_ACCESS`, `JSON_SIZE`, `JSON_ENCODING`
 * @example
 * const text = await readLogText('incidents.jsonl')
 */
export function readLogText(path: string): Promise<string> {
  return readTextFile(path, { maxBytes: MAX_BYTES })
}

/** Who may read the file; nothing where there is none. */
async function modeOf(path: string): Promise<number | undefined> {
  return stat(path).then(
    ({ mode }) => mode & 0o777,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      throw fileError(path, error)
    },
  )
}

/** The first line of a log, which only an opening begins. */
function begun(path: string, { kind }: IncidentWords, now: number): string {
  if (kind !== 'open') {
    throw new InputError('INCIDENT_LOG', 'there is no such log', {
      where: path,
      hint: '`plimsoll incident open` begins one.',
    })
  }
  const entry: LogEntry = {
    ...{ kind: 'begin', schema: 'plimsoll/incident-log/1', number: 0, at: now },
    log: randomBytes(16).toString('hex'),
  }
  return `${lineText({ entry })}\n`
}

function assertSayable(words: IncidentWords, known: { closedAt?: number } | undefined, path: string): void {
  const why =
    words.kind === 'open'
      ? known && 'this incident was opened before'
      : known === undefined
        ? 'no such incident was opened'
        : words.kind === 'close' && known.closedAt !== undefined
          ? 'this incident was closed before'
          : undefined
  if (why === undefined) return
  throw new InputError('INCIDENT_ENTRY', why, {
    where: path,
    hint: 'Use another name for another incident; what is found behind the close of one is a note.',
  })
}

/** The entry at its place, as the schema has it. */
function placed(words: IncidentWords, place: object, path: string): IncidentEntry {
  const read = bySchema(lineSchema, { entry: { ...words, ...place } })
  if (read.fault === undefined) return read.data.entry as IncidentEntry
  const { field, message } = read.fault
  throw new InputError('INCIDENT_ENTRY', message, {
    where: `${path}: ${field.replace(/^entry\./, '')}`,
    hint: 'A log is for others to read: name no account, and put hashes into --transaction and --file.',
  })
}

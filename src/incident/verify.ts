import { isSignedBy } from '../bundle/index.js'
import { Checks, type EpochCheck, type ExitCode, fail, InputError, passed } from '../errors/index.js'
import { parseJsonAs } from '../schema/index.js'
import { entrySigned, type IncidentEntry, type LogLine, lineHash, lineSchema, lineText } from './entry.js'
import { incidentsOf, type Story } from './story.js'

/** Where a log stood at some moment: whoever knows it sees that what stood before is still there. */
export interface LogHead {
  /** The number of its last entry. */
  number: number
  /** The SHA-256 of that entry's line. */
  hash: string
}

/** What a log is held against besides itself. */
export interface LogTrust {
  /** Heads that were known before, from anywhere but beside the log. */
  heads?: readonly LogHead[]
  /** The address whose signature the last entry has to have. */
  signer?: string
  /** Seconds since 1970-01-01 UTC: no entry may be more than ten minutes younger (default: any may). */
  now?: number
}

/** What a verification of a log found. */
export interface LogReport {
  valid: boolean
  checks: readonly EpochCheck[]
  /** The name of the log, 32 hexadecimal digits. */
  log: string
  entries: number
  head: LogHead
  /** The number of the last entry that a head or the signer vouches for; nothing when none does. */
  boundTo?: number
  notChecked: readonly string[]
  exitCode: ExitCode
}

/** A log that was read, and what a verification of it found. */
export interface VerifiedLog extends Story {
  report: LogReport
}

/** Seconds by which clocks may differ. */
const CLOCKS_DIFFER = 600

const NOT_CHECKED = [
  'when an entry was written: times are the word of whoever wrote it; a head that was published at a known time shows that what stands before it is no younger',
  'that every incident was opened, and that what the entries say is true',
]

/**
 * Verifies a log: that every line is one that this program writes and follows from the line before, that
 * incidents are opened once before anything is said of them and none in the future, that signatures are
 * their signers' own, and that the log still has the heads that are given.
 *
 * A chain of hashes needs no secret: whoever can write the file can cut off its end, or write the whole of it
 * anew, and it verifies. A head that was noted elsewhere shows both, up to its entry. A signature shows that
 * nobody without the key wrote anything before it; not that the end is there, and not what the owner of the
 * key did.
 *
 * @param where the file's name, for messages
 * @throws {InputError} `INCIDENT_LOG` when it has no line that a log begins with, or a head is none
 * @example
 * const { report } = await verifyLog(await readLogText('incidents.jsonl'), 'incidents.jsonl')
 * console.log(report.valid, report.head)
 */
export async function verifyLog(
  text: string,
  where: string,
  { heads = [], signer, now = Number.POSITIVE_INFINITY }: LogTrust = {},
): Promise<VerifiedLog> {
  const texts = text.split('\n')
  const isWhole = texts.pop() === ''
  const checks = new Checks(undefined)
  const lines: LogLine[] = []
  const run = (id: string, work: () => string) => checks.run(id, () => passed(work()))
  await run('lines', () => {
    for (const [i, line] of texts.entries()) lines.push(readLine(line, `${where}:${i + 1}`))
    if (!isWhole) fail('the last line has no end: something was cut off or added by another program')
    return `${texts.length} lines, each as it was written`
  })
  const [first] = lines
  if (first?.entry.kind !== 'begin') {
    throw new InputError('INCIDENT_LOG', 'not a log of incidents', {
      where,
      hint: 'Name a file that `plimsoll incident open` began.',
    })
  }
  const { log } = first.entry
  const hashes = lines.map((line) => lineHash(lineText(line)))
  await run('chain', () => {
    for (const [i, { entry }] of lines.entries()) assertFollows(entry, i, hashes)
    return `each of ${lines.length} entries names the one before`
  })
  const story = incidentsOf(lines, now + CLOCKS_DIFFER)
  await run('story', () => {
    if (story.faults.length > 0) fail(story.faults[0]!)
    return `incidents: ${story.incidents.length}, each opened before anything is said of it`
  })
  await run('signatures', () => {
    const signed = lines.filter(({ signature }) => signature !== undefined)
    for (const { entry, signature } of signed) {
      if (!isSignedBy(entrySigned(log, entry), signature!)) {
        fail(`entry ${entry.number} does not have the signature of ${signature!.signer}`)
      }
    }
    const last = lines.at(-1)!
    if (signer !== undefined && last.signature?.signer !== signer) {
      fail(`the last entry, ${last.entry.number}, is not signed by ${signer}`, {
        todo: 'Ask the owner of the log for the whole of it, or whether the address is still theirs.',
      })
    }
    return signed.length === 0 ? 'none' : `${signed.length}, each by its signer`
  })
  for (const { number, hash } of heads) {
    await run(`head ${number}`, () => {
      if (number >= hashes.length) fail(`the log ends at entry ${hashes.length - 1}: its end is missing`)
      if (hashes[number] !== hash) fail('another entry stands there: the log was written anew')
      return 'the log still has it, with everything before it'
    })
  }
  const bound = [
    ...heads.map(({ number }) => number),
    ...(signer === undefined ? [] : [lines.at(-1)!.entry.number]),
  ]
  const unbound =
    bound.length === 0
      ? 'that the log was not written anew, nor cut off at its end: nothing but the log itself was there to hold it against'
      : signer === undefined
        ? `that the end of the log was not cut off, or written anew, behind entry ${Math.max(...bound)}`
        : 'that the end of the log was not cut off behind what heads show, and that the owner of the key wrote nothing anew there'
  const report: LogReport = {
    valid: checks.valid,
    checks: checks.list,
    log,
    entries: lines.length,
    head: { number: lines.length - 1, hash: hashes.at(-1)! },
    ...(bound.length === 0 || !checks.valid ? {} : { boundTo: Math.max(...bound) }),
    notChecked: [unbound, ...NOT_CHECKED],
    exitCode: checks.exitCode,
  }
  return { ...story, report }
}

/**
 * A head as people note it: the number of an entry, a colon, and the hash of its line.
 *
 * @throws {InputError} `USAGE`
 */
export function parseHead(text: string): LogHead {
  const [, number, hash] = /^(0|[1-9][0-9]{0,8}):([0-9a-f]{64})$/.exec(text) ?? []
  if (number !== undefined && hash !== undefined) return { number: Number(number), hash }
  throw new InputError('USAGE', 'not the head of a log', {
    where: '--head',
    hint: 'Write the number of an entry, a colon and 64 hexadecimal digits, as `incident verify` shows it.',
  })
}

/** A head as `parseHead` reads it. */
export function formatHead({ number, hash }: LogHead): string {
  return `${number}:${hash}`
}

function readLine(text: string, where: string): LogLine {
  let line: LogLine
  try {
    line = parseJsonAs(text, lineSchema, where)
  } catch (error) {
    // A line that is none is a log that does not verify, and no wrong use of the command.
    if (error instanceof InputError) fail(error.message)
    throw error
  }
  if (lineText(line) === text) return line
  return fail(`${where}: not written as this entry is`)
}

function assertFollows(entry: LogLine['entry'], place: number, hashes: readonly string[]): void {
  const line = `line ${place + 1}`
  if (entry.number < place) fail(`${line} has entry ${entry.number}: lines were repeated or moved`)
  if (entry.number > place)
    fail(`${line} has entry ${entry.number}: lines are missing before it, or were moved`)
  const previous = (entry as Partial<IncidentEntry>).previous
  if (place === 0 || previous === hashes[place - 1]) return
  fail(`${line} does not follow the line before: that one was changed, or this one is of another log`)
}

import type { RiskTable } from '../risk/index.js'
import { tableJudge } from './account-rules.js'
import { instrumentsOf } from './columns.js'
import type { Finding } from './findings.js'
import { columnNames } from './identifiers.js'
import type { InstrumentTotals, ScenarioFigures } from './judge.js'
import type { LedgerFormat, LedgerOptions } from './ledger.js'
import { openLedger } from './open.js'
import { AccountWalk } from './walk.js'

/** Findings of each severity that a report lists, when nothing else is said. */
const LIMIT = 100_000
/** Largest shortfalls of each scenario that a report names, when nothing else is said. */
const LARGEST = 2
/** Between two words on how far it is. */
const PROGRESS_INTERVAL_MS = 2000

export interface CheckLedgerOptions extends Pick<LedgerOptions, 'memoryLimit' | 'threads'> {
  /** How many findings of each severity the report lists (100,000); all are counted. */
  limit?: number
  /** How many of the largest shortfalls of each scenario the report names (2). */
  largest?: number
  /** Slots that the widest instance for this risk table takes; an account with more is found. */
  maxSlots?: number
  /** Gets a few words on how far it is, every two seconds. They name no account and no amount. */
  progress?: (what: string) => void
}

/** What a check of a whole ledger finds. Private: findings name accounts and amounts, and totals are the venue's. */
export interface LedgerReport {
  format: LedgerFormat
  /** SHA-256 of the file of accounts, lower-case hex. */
  sha256: string
  /** The currency that values are in. */
  quote: string
  accounts: number
  valid: number
  /** Accounts with a finding of severity `error`. */
  invalid: number
  /** Invalid accounts with a cell that cannot be used: they are not valued, and not in the totals. */
  unreadable: number
  /** Invalid accounts that no proof can be made of; the others are below zero at mark. */
  unprovable: number
  /** Accounts that could be read by their number of slots. */
  slots: Record<string, number>
  /** Accounts that some scenario leaves below zero, valid or not. */
  underwater: number
  /** By symbol. */
  totals: Record<string, InstrumentTotals>
  scenarios: ScenarioFigures[]
  /** In the order in which accounts first appear in the file. */
  findings: Finding[]
  /** Findings that are counted and not listed. */
  omitted: { errors: number; warnings: number }
  notes: string[]
}

/**
 * Checks a venue's accounts against a risk table, with no proving, and finds everything that `readLedger` stops at, in every account,
 * and every account that is not covered. The file is read as a stream: it may be larger than the memory.
 *
 * @example
 * const report = await checkLedger('accounts.csv', await readRiskTable('risk.json'))
 * if (report.invalid > 0) for (const { line, reason } of report.findings) console.error(line, reason)
 *
 * @throws {InputError} when the rows themselves cannot be told: the codes of `openLedger`
 */
export async function checkLedger(
  path: string,
  table: RiskTable,
  options: CheckLedgerOptions = {},
): Promise<LedgerReport> {
  const progress = throttled(options.progress)
  const { db, layout, sha256, places } = await openLedger(path, instrumentsOf(table), {
    ...options,
    progress,
  })
  try {
    const judge = tableJudge(table, layout, {
      largest: options.largest ?? LARGEST,
      maxSlots: options.maxSlots ?? Number.POSITIVE_INFINITY,
      valued: true,
    })
    const walk = new AccountWalk(judge, columnNames(layout), options.limit ?? LIMIT)
    await walk.run(db, places.path, 'file', (done, of) => progress(`${done} of ${of} quantities`))
    const { accounts, findings, invalid, unreadable, unprovable, underwater } = walk
    return {
      format: layout.format,
      sha256,
      quote: table.quote,
      accounts,
      valid: accounts - invalid,
      invalid,
      unreadable,
      unprovable,
      underwater,
      slots: Object.fromEntries(walk.slotCounts),
      totals: judge.totals(),
      scenarios: judge.scenarios(),
      findings: findings.kept,
      omitted: findings.omitted,
      notes: judge.notes(),
    }
  } finally {
    await db.close()
  }
}

/** Passes words on when two seconds have gone by since the last. */
function throttled(say: (what: string) => void = () => {}): (what: string) => void {
  let last = performance.now()
  return (what) => {
    const now = performance.now()
    if (now - last < PROGRESS_INTERVAL_MS) return
    last = now
    say(what)
  }
}

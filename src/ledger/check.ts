import type { RiskTable } from '../risk/index.js'
import { AccountRules } from './account-rules.js'
import { type Finding, FindingList, stopsProof } from './findings.js'
import { InstrumentKeys } from './instrument-keys.js'
import { InstrumentSums, type InstrumentTotals } from './instrument-sums.js'
import type { LedgerFormat, LedgerOptions } from './ledger.js'
import { openLedger } from './open.js'
import { accountRows } from './rows.js'
import { type ScenarioFigures, ScenarioSums } from './scenario-sums.js'
import { type AccountShape, type ShapeCount, ShapeCounts } from './shape.js'

/** Largest shortfalls of each scenario that a report names, when nothing else is said. */
const LARGEST = 2
/** Minimum interval between progress messages. */
const PROGRESS_INTERVAL_MS = 2000

export interface CheckLedgerOptions extends Pick<LedgerOptions, 'memoryLimit' | 'threads'> {
  /** How many findings of each severity the report lists (100,000); all are counted. */
  limit?: number
  /** How many of the largest shortfalls of each scenario the report names (2). */
  largest?: number
  /** Why no instance for this risk table has room for accounts of a shape; such accounts are found. */
  misfit?: (shape: AccountShape) => string | undefined
  /** Gets a few words on how far it is, every two seconds. They name no account and no amount. */
  progress?: (what: string) => void
}

/**
 * The findings of a check of a whole ledger. Private: findings name accounts and amounts, and totals are the
 * venue's.
 */
export interface LedgerReport {
  /** Whether no account has a finding of severity `error`. */
  valid: boolean
  format: LedgerFormat
  /** SHA-256 of the file of accounts, lower-case hex. */
  sha256: string
  /** The currency that values are in. */
  quote: string
  accounts: number
  /** Accounts with a finding of severity `error`. */
  invalid: number
  /** Invalid accounts with a cell that cannot be used: they are not valued, and not in the totals. */
  unreadable: number
  /** Invalid accounts that no proof can be made of; the others are below zero at mark. */
  unprovable: number
  /** Amounts of a wide file that were cut off at the decimals of their instrument. */
  cut: number
  /** Accounts that could be read by their number of slots. */
  slots: Record<string, number>
  /** Accounts that could be read by their shape. */
  shapes: ShapeCount[]
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
 * Checks a venue's accounts against a risk table, with no proving, and finds everything that `readLedger`
 * stops at, in every account, and every account that is not covered. The file is read as a stream: it may be
 * larger than the memory.
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
  const keys = new InstrumentKeys(table)
  const { db, layout, sha256, places } = await openLedger(path, keys, { ...options, progress })
  try {
    const { misfit, limit, largest = LARGEST } = options
    const rules = new AccountRules(table, keys, layout, {
      valued: true,
      ...(misfit === undefined ? {} : { misfit }),
    })
    const counts = { accounts: 0, invalid: 0, unreadable: 0, unprovable: 0, underwater: 0 }
    const findings = new FindingList<Finding>(limit)
    const shapes = new ShapeCounts()
    const totals = new InstrumentSums(keys)
    const scenarios = new ScenarioSums(rules.valuations, largest)
    const rows = accountRows(db, {
      order: 'file',
      where: places.path,
      progress: (done, of) => progress(`${done} of ${of} quantities`),
    })
    for await (const accounts of rows) {
      for (const each of accounts) {
        const { id, faults, readable } = rules.check(each)
        counts.accounts++
        if (faults.some(({ severity }) => severity === 'error')) counts.invalid++
        if (faults.some(({ code }) => code === 'SCENARIO_SHORTFALL')) counts.underwater++
        if (faults.some(stopsProof)) counts.unprovable++
        for (const { hint: _, ...fault } of faults) findings.add({ account: id, ...fault })
        if (readable === undefined) {
          counts.unreadable++
          continue
        }
        shapes.add(readable.shape)
        for (const holding of readable.holdings) totals.add(holding)
        scenarios.add(id, readable.equities)
      }
    }
    return {
      valid: counts.invalid === 0,
      format: layout.format,
      sha256,
      quote: table.quote,
      ...counts,
      cut: rules.cut,
      slots: Object.fromEntries(shapes.bySlots()),
      shapes: shapes.sorted(),
      totals: totals.bySymbol(),
      scenarios: scenarios.figures(table.valueDecimals),
      findings: findings.kept,
      omitted: findings.omitted,
      notes: rules.notes(),
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

import { InputError } from '../errors/index.js'
import { type CheckLedgerOptions, checkLedger, type LedgerReport } from '../ledger/index.js'
import { loadInstances } from '../proving/index.js'
import type { RiskTable } from '../risk/index.js'
import { mostSlots, needsOf, planLedger } from './plan-ledger.js'

export interface CheckAccountsOptions extends Omit<CheckLedgerOptions, 'maxSlots'> {
  /** Instances to choose among; default: all but the tiny ones. */
  instances?: readonly string[]
}

/** The findings of a check of a whole ledger, and whether the existing instances can prove it. Private. */
export interface AccountsReport extends LedgerReport {
  /** Whether they are provable, and none has a finding of severity `error`: none is below zero at mark. */
  valid: boolean
  /** Accounts with more slots than any instance for this risk table takes. */
  wide: number
  /** Sizes that no instance has room for, a sentence each; they name no account. */
  missing: string[]
  /**
   * Whether `proveLedger` makes a proof of these accounts: there is none that no proof can be made of, and
   * nothing is missing.
   */
  provable: boolean
}

/**
 * Checks a venue's accounts as `checkLedger` does, and whether there are instances to prove them with, by the
 * rules and the choice of `proveLedger`.
 *
 * @example
 * const report = await checkAccounts('accounts.csv', await readRiskTable('risk.json'))
 * if (!report.provable) for (const sentence of report.missing) console.error(sentence)
 *
 * @throws {InputError} the codes of `checkLedger`
 */
export async function checkAccounts(
  path: string,
  table: RiskTable,
  { instances: only, ...options }: CheckAccountsOptions = {},
): Promise<AccountsReport> {
  const instances = loadInstances()
  const needs = needsOf(table)
  const missing: string[] = []
  const maxSlots = noting(missing, () => mostSlots(instances, needs, only))
  const report = await checkLedger(path, table, {
    ...options,
    ...(maxSlots === undefined ? {} : { maxSlots }),
  })
  const histogram = new Map(Object.entries(report.slots).map(([slots, count]) => [Number(slots), count]))
  const most = maxSlots ?? Number.POSITIVE_INFINITY
  const wide = [...histogram].reduce((sum, [slots, count]) => (slots > most ? sum + count : sum), 0)
  if (wide > 0) {
    const who = wide === 1 ? '1 account has' : `${wide} accounts have`
    missing.push(`${who} more slots than any instance for this risk table takes (${most})`)
  } else if (maxSlots !== undefined) {
    noting(missing, () => planLedger(instances, { ...needs, histogram }, only))
  }
  const provable = report.unprovable === 0 && missing.length === 0
  return { ...report, valid: report.valid && provable, wide, missing, provable }
}

/** What `plan` comes to, or `undefined` with its reason noted when there is no instance to plan with. */
function noting<T>(missing: string[], plan: () => T): T | undefined {
  try {
    return plan()
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    missing.push(error.message)
    return undefined
  }
}

import { InputError } from '../errors/index.js'
import { type CheckLedgerOptions, checkLedger, type LedgerReport } from '../ledger/index.js'
import type { RiskTable } from '../risk/index.js'
import { isDerivative } from '../rules/index.js'
import { planCandidates } from './plan/candidates.js'
import { Planner, type PlanOptions } from './plan-ledger.js'

export interface CheckAccountsOptions extends Omit<CheckLedgerOptions, 'misfit'>, PlanOptions {}

/** The findings of a check of a whole ledger, and whether the existing instances can prove it. Private. */
export interface AccountsReport extends LedgerReport {
  /** Whether they are provable, and none has a finding of severity `error`: none is below zero at mark. */
  valid: boolean
  /** Accounts with slots that no instance for this risk table has room for. */
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
  { instances, own, allStressed, ...options }: CheckAccountsOptions = {},
): Promise<AccountsReport> {
  const missing: string[] = []
  const only = {
    ...(instances === undefined ? {} : { instances }),
    ...(own === undefined ? {} : { own }),
    ...(allStressed ? { allStressed } : {}),
  }
  const planner = noting(missing, () => new Planner(planCandidates(only), table, only))
  const report = await checkLedger(path, table, {
    ...options,
    ...(planner === undefined ? {} : { misfit: (shape) => planner.misfit(shape) }),
  })
  const wide = report.shapes.reduce(
    (sum, shape) => (planner?.misfit(shape) === undefined ? sum : sum + shape.accounts),
    0,
  )
  if (wide > 0) {
    const who = wide === 1 ? '1 account has' : `${wide} accounts have`
    missing.push(`${who} slots that no instance for this risk table has room for`)
  } else if (planner !== undefined && report.shapes.length > 0) {
    noting(missing, () => planner.plan(report.shapes))
  }
  missing.push(...unbalanced(report, table))
  const provable = report.unprovable === 0 && missing.length === 0
  return { ...report, valid: report.valid && provable, wide, missing, provable }
}

/** Derivatives whose longs and shorts are not equal, a sentence each. */
export function unbalanced({ totals }: Pick<LedgerReport, 'totals'>, table: RiskTable): string[] {
  return table.instruments
    .filter(({ kind, symbol }) => isDerivative(kind) && totals[symbol]!.long !== totals[symbol]!.short)
    .map(({ symbol }) => `longs and shorts of ${symbol} are not equal, and a derivative nets to zero`)
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

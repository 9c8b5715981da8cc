import { type Ledger, readLedger } from '../ledger/index.js'
import type { RiskTable } from '../risk/index.js'
import { planCandidates } from './plan/candidates.js'
import { Planner, type PlanOptions } from './plan-ledger.js'

/**
 * Reads a ledger that is to be planned or proven: an account that no instance has room for is named with its
 * line. What is wrong with an account comes before what is wrong with the table. The caller closes the
 * ledger.
 *
 * @throws what `readLedger` throws; {InputError} `LEDGER_SLOTS`, `PLAN_TIERS`, `PLAN_SCENARIOS`,
 * `PLAN_INSTRUMENTS`
 */
export async function readToProve(
  path: string,
  table: RiskTable,
  options: PlanOptions = {},
): Promise<{ ledger: Ledger; planner: Planner }> {
  let planner: Planner
  try {
    planner = new Planner(planCandidates(options), table, options)
  } catch (error) {
    await (await readLedger(path, table)).close()
    throw error
  }
  return { planner, ledger: await readLedger(path, table, { misfit: (shape) => planner.misfit(shape) }) }
}

import { type Account, type Ledger, shapeKey, shapeOf } from '../../ledger/index.js'
import { instrumentNumbers, type RiskTable } from '../../risk/index.js'
import type { FoldPlan, LedgerInstance } from '../plan-ledger.js'

/** The accounts of one batch, before they have their places. Private. */
export interface BatchMembers {
  /** Its place in the ledger. */
  index: number
  instance: LedgerInstance
  accounts: Account[]
}

/**
 * Groups accounts into batches by a plan, each as soon as it is full, and at last those that are not. A
 * batch's place does not depend on when that is: all batches of one instance are in a row. (Were they in the
 * order in which they fill, it would tell how full the last ones are.)
 *
 * @param ledger read once
 * @param only the runs of the plan whose batches are wanted, default all; those of one come in their order
 */
export async function* batchesOf(
  plan: FoldPlan,
  table: Pick<RiskTable, 'instruments'>,
  ledger: Pick<Ledger, 'accounts'>,
  shuffleSeed: Uint8Array,
  only?: number,
): AsyncGenerator<BatchMembers, void, undefined> {
  const numbers = instrumentNumbers(table)
  const runOf = router(plan)
  const runs = startsOf(plan).map((first) => ({ next: first, accounts: [] as Account[] }))
  const take = (run: number): BatchMembers => {
    const { next: index, accounts } = runs[run]!
    runs[run] = { next: index + 1, accounts: [] }
    return { index, instance: plan.runs[run]!.instance, accounts }
  }
  for await (const account of ledger.accounts({ shuffleSeed })) {
    const run = runOf(shapeKey(shapeOf(account.slots, numbers)))
    if (only !== undefined && run !== only) continue
    runs[run]!.accounts.push(account)
    if (runs[run]!.accounts.length === plan.runs[run]!.instance.sizes.accounts) yield take(run)
  }
  for (const [run, { accounts }] of runs.entries()) if (accounts.length > 0) yield take(run)
}

/** The place of the first batch of each run. */
export function startsOf({ runs }: { runs: readonly { batches: number }[] }): number[] {
  let next = 0
  return runs.map(({ batches }) => {
    const first = next
    next += batches
    return first
  })
}

/** Says of each account that comes to which run it goes, by its shape. */
function router({ routes }: FoldPlan): (shape: string) => number {
  const ways = new Map<string, { quotas: { run: number; accounts: number }[] }>()
  for (const { shapes, quotas } of routes) {
    const way = { quotas: quotas.map((quota) => ({ ...quota })) }
    for (const shape of shapes) ways.set(shape, way)
  }
  return (shape) => {
    const quotas = ways.get(shape)?.quotas
    if (quotas?.[0]?.accounts === 0) quotas.shift()
    const quota = quotas?.[0]
    if (quota === undefined) throw new RangeError('the ledger has other accounts than its plan')
    quota.accounts--
    return quota.run
  }
}

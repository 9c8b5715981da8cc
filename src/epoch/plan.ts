import { InputError } from '../errors/index.js'
import type { Account } from '../ledger/index.js'
import type { Instance } from '../proving/index.js'
import type { LedgerSizes } from '../statements/index.js'

/** A `ledger` instance and its sizes. */
export interface LedgerInstance {
  name: string
  sizes: LedgerSizes
}

/** Which instances fold a ledger: one for each number of slots, each account going where it is cheapest. */
export interface LedgerPlan {
  instruments: number
  scenarios: number
  tiered: boolean
  /** By slots, fewest first. */
  instances: LedgerInstance[]
  /** Batches that the whole ledger takes. */
  batches: number
}

/** How many accounts have how many slots. */
export type SlotHistogram = ReadonlyMap<number, number>

const HINT = '`plimsoll setup --list` shows the instances there are.'

/** Whether an instance is for tables with tiers. */
export function isTieredInstance({ params }: Pick<Instance, 'params'>): boolean {
  return params.TIERED === 1
}

/** Whether instances of this size may prove a table of `scenarios` scenarios; what is left over is padded. */
export function holdsScenarios(sizes: Pick<LedgerSizes, 'scenarios'>, scenarios: number): boolean {
  return scenarios === 0 ? sizes.scenarios === 0 : sizes.scenarios >= scenarios
}

function ledgerSizes(instance: Instance): LedgerSizes {
  const { ACCOUNTS, SLOTS, INSTRUMENTS, SCENARIOS } = instance.params
  return { accounts: ACCOUNTS!, slots: SLOTS!, instruments: INSTRUMENTS!, scenarios: SCENARIOS! }
}

/**
 * Chooses the instances for a ledger. All share their scenarios and instruments, the fewest that hold the risk table (fewer
 * scenarios before fewer instruments, as it is scenarios that every account pays for); of two with the same slots, the
 * larger one that the ledger fills. A table without scenarios takes an instance without: no other refuses loans. A table with tiers takes
 * an instance with tiers, and no other does.
 *
 * @param only names to choose among, when the caller has a say.
 * @throws {InputError} `PLAN_TIERS`, `PLAN_INSTRUMENTS`, `PLAN_SCENARIOS` or `PLAN_SLOTS` when no instance is large enough.
 */
export function planLedger(
  instances: readonly Instance[],
  needs: { instruments: number; scenarios: number; tiered: boolean; histogram: SlotHistogram },
  only?: readonly string[],
): LedgerPlan {
  const ledgers = instances
    .filter((i) => i.statement === 'ledger')
    .filter((i) => only?.includes(i.name) ?? !i.name.includes('tiny'))
    .filter((i) => isTieredInstance(i) === needs.tiered)
    .map((i) => ({ name: i.name, sizes: ledgerSizes(i) }))
  if (ledgers.length === 0) {
    const which = needs.tiered ? 'a risk table with tiers' : 'a risk table without tiers'
    throw new InputError('PLAN_TIERS', `none of the instances to choose among is for ${which}`, {
      hint: HINT,
    })
  }
  const known = ledgers.filter(({ sizes }) => holdsScenarios(sizes, needs.scenarios))
  if (known.length === 0) {
    throw new InputError('PLAN_SCENARIOS', `no instance holds ${needs.scenarios} scenarios`, { hint: HINT })
  }
  const [best] = known
    .map(({ sizes }) => sizes)
    .filter((sizes) => sizes.instruments >= needs.instruments)
    .sort((a, b) => a.scenarios - b.scenarios || a.instruments - b.instruments)
  if (best === undefined) {
    throw new InputError('PLAN_INSTRUMENTS', `no instance holds ${needs.instruments} instruments`, {
      hint: HINT,
    })
  }
  const { instruments, scenarios } = best
  const family = known.filter((i) => i.sizes.instruments === instruments && i.sizes.scenarios === scenarios)
  const chosen: LedgerInstance[] = []
  let batches = 0
  let below = -1
  const widths = [...new Set(family.map((i) => i.sizes.slots))].sort((a, b) => a - b)
  for (const slots of widths) {
    const count = [...needs.histogram].reduce((n, [s, c]) => (s > below && s <= slots ? n + c : n), 0)
    below = slots
    if (count === 0) continue
    const sized = family
      .filter((i) => i.sizes.slots === slots)
      .sort((a, b) => a.sizes.accounts - b.sizes.accounts)
    const instance = sized.findLast((i) => i.sizes.accounts <= count) ?? sized[0]!
    chosen.push(instance)
    batches += Math.ceil(count / instance.sizes.accounts)
  }
  const widest = Math.max(...needs.histogram.keys())
  if (widest > below) {
    throw new InputError(
      'PLAN_SLOTS',
      `an account holds ${widest} slots, and no instance more than ${below}`,
      { hint: HINT },
    )
  }
  return { instruments, scenarios, tiered: needs.tiered, instances: chosen, batches }
}

/**
 * Groups accounts into batches: each account goes to the first instance with enough slots, and all batches of one instance
 * come before those of the next. (Were they mixed as they fill, their order would tell how full the last ones are.)
 *
 * @param accounts all accounts in one order, once for each instance.
 */
export async function* batchAccounts(
  plan: LedgerPlan,
  accounts: () => AsyncIterable<Account>,
): AsyncGenerator<{ instance: LedgerInstance; accounts: Account[] }> {
  let below = -1
  for (const instance of plan.instances) {
    const { accounts: size, slots } = instance.sizes
    let batch: Account[] = []
    for await (const account of accounts()) {
      if (account.slots.length <= below || account.slots.length > slots) continue
      batch.push(account)
      if (batch.length === size) {
        yield { instance, accounts: batch }
        batch = []
      }
    }
    if (batch.length > 0) yield { instance, accounts: batch }
    below = slots
  }
}

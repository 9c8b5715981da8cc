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
  /** By slots, fewest first. */
  instances: LedgerInstance[]
  /** Batches that the whole ledger takes. */
  batches: number
}

/** How many accounts have how many slots. */
export type SlotHistogram = ReadonlyMap<number, number>

function ledgerSizes(instance: Instance): LedgerSizes {
  const { ACCOUNTS, SLOTS, INSTRUMENTS, SCENARIOS } = instance.params
  return { accounts: ACCOUNTS!, slots: SLOTS!, instruments: INSTRUMENTS!, scenarios: SCENARIOS! }
}

/**
 * Chooses the instances for a ledger. All share one number of instruments, the smallest that holds the risk table; of two
 * with the same slots, the larger one that the ledger fills.
 *
 * @param only names to choose among, when the caller has a say.
 * @throws {InputError} `PLAN_INSTRUMENTS` or `PLAN_SLOTS` when no instance is large enough.
 */
export function planLedger(
  instances: readonly Instance[],
  needs: { instruments: number; scenarios: number; histogram: SlotHistogram },
  only?: readonly string[],
): LedgerPlan {
  const known = instances
    .filter((i) => i.statement === 'ledger' && i.params.SCENARIOS === needs.scenarios)
    .filter((i) => only?.includes(i.name) ?? !i.name.includes('tiny'))
    .map((i) => ({ name: i.name, sizes: ledgerSizes(i) }))
  const instruments = Math.min(
    ...known.map((i) => i.sizes.instruments).filter((count) => count >= needs.instruments),
  )
  const family = known.filter((i) => i.sizes.instruments === instruments)
  if (family.length === 0) {
    throw new InputError('PLAN_INSTRUMENTS', `no instance holds ${needs.instruments} instruments`, {
      hint: '`plimsoll setup --list` shows the instances there are.',
    })
  }
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
      {
        hint: '`plimsoll setup --list` shows the instances there are.',
      },
    )
  }
  return { instruments, scenarios: needs.scenarios, instances: chosen, batches }
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

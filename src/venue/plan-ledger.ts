import { holdsScenarios, isTieredInstance } from '../epoch/index.js'
import { InputError } from '../errors/index.js'
import { BATCH_INDEX_BITS } from '../field/index.js'
import type { Account } from '../ledger/index.js'
import { isTiered, type RiskTable } from '../risk/index.js'
import type { Instance, LedgerSizes } from '../statements/index.js'

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

/** Batches of one ledger. */
const MAX_BATCHES = 2 ** BATCH_INDEX_BITS

/**
 * Ledger instances of one number of instruments and scenarios, and with them an instance that proves solvency
 * over what they fold.
 */
interface Family {
  instruments: number
  scenarios: number
  /** By slots, fewest first, then by accounts. */
  members: LedgerInstance[]
  /** Slots of the widest. */
  slots: number
}

/** The sizes that an instance must have room for. */
export interface TableNeeds {
  instruments: number
  scenarios: number
  tiered: boolean
}

/** What a risk table needs of the instances that prove it. */
export function needsOf(table: RiskTable): TableNeeds {
  return {
    instruments: table.instruments.length,
    scenarios: table.scenarios.length,
    tiered: isTiered(table),
  }
}

/**
 * The families that a table of these sizes can be proven with, the one that costs least first: fewer
 * scenarios before fewer instruments, as it is scenarios that every account pays for. A table without
 * scenarios takes an instance without: no other refuses loans. A table with tiers takes an instance with
 * tiers, and no other does.
 *
 * @throws {InputError} `PLAN_TIERS`, `PLAN_SCENARIOS` or `PLAN_INSTRUMENTS` when there is none
 */
function familiesFor(instances: readonly Instance[], needs: TableNeeds, only?: readonly string[]): Family[] {
  const among = only === undefined ? '' : ' of those named'
  const families = new Map<string, Family>()
  const folded = (i: Instance) => `${i.params.INSTRUMENTS} ${i.params.SCENARIOS} ${isTieredInstance(i)}`
  const solvency = new Set(instances.filter((i) => i.statement === 'solvency').map(folded))
  for (const instance of instances) {
    if (instance.statement !== 'ledger' || !solvency.has(folded(instance))) continue
    if (!(only?.includes(instance.name) ?? !instance.name.includes('tiny'))) continue
    if (isTieredInstance(instance) !== needs.tiered) continue
    const { ACCOUNTS, SLOTS, INSTRUMENTS, SCENARIOS } = instance.params
    const sizes = { accounts: ACCOUNTS!, slots: SLOTS!, instruments: INSTRUMENTS!, scenarios: SCENARIOS! }
    const { instruments, scenarios, slots } = sizes
    const family = families.get(folded(instance)) ?? { instruments, scenarios, members: [], slots: 0 }
    family.members.push({ name: instance.name, sizes })
    family.slots = Math.max(family.slots, slots)
    families.set(folded(instance), family)
  }
  for (const { members } of families.values()) {
    members.sort((a, b) => a.sizes.slots - b.sizes.slots || a.sizes.accounts - b.sizes.accounts)
  }
  const all = [...families.values()]
  if (all.length === 0) {
    throw new InputError(
      'PLAN_TIERS',
      `no instance${among} is for a risk table ${needs.tiered ? 'with' : 'without'} tiers`,
      { hint: HINT },
    )
  }
  const known = all.filter((family) => holdsScenarios(family, needs.scenarios))
  if (known.length === 0) {
    const most = Math.max(...all.map(({ scenarios }) => scenarios))
    throw new InputError(
      'PLAN_SCENARIOS',
      needs.scenarios === 0
        ? `no instance${among} is for a risk table without scenarios`
        : `no instance${among} holds ${countOf(needs.scenarios, 'scenario')}: the most are ${most}`,
      { hint: HINT },
    )
  }
  const holding = known.filter(({ instruments }) => instruments >= needs.instruments)
  if (holding.length === 0) {
    const most = Math.max(...known.map(({ instruments }) => instruments))
    const rows = needs.tiered ? 'rows of instruments and tiers' : 'instruments'
    throw new InputError(
      'PLAN_INSTRUMENTS',
      `no instance${among} for ${countOf(needs.scenarios, 'scenario')} holds ${needs.instruments} ${rows}: the most are ${most}`,
      { hint: HINT },
    )
  }
  return holding.sort((a, b) => a.scenarios - b.scenarios || a.instruments - b.instruments)
}

/**
 * Slots that an account may have at most, to be proven by a table of these sizes.
 *
 * @throws {InputError} `PLAN_TIERS`, `PLAN_SCENARIOS` or `PLAN_INSTRUMENTS` when no instance holds the table
 */
export function mostSlots(
  instances: readonly Instance[],
  needs: TableNeeds,
  only?: readonly string[],
): number {
  return Math.max(...familiesFor(instances, needs, only).map(({ slots }) => slots))
}

/**
 * Chooses the instances for a ledger. All are of one family: the first (see `familiesFor`) that takes the
 * widest account. Of two with the same slots it is the larger one that the ledger fills.
 *
 * @param only names to choose among, when the caller has a say.
 * @throws {InputError} `PLAN_TIERS`, `PLAN_INSTRUMENTS`, `PLAN_SCENARIOS` or `PLAN_SLOTS` when no instance is
 * large enough, and `PLAN_BATCHES` when the ledger takes more batches than the accounts tree has places.
 */
export function planLedger(
  instances: readonly Instance[],
  needs: TableNeeds & { histogram: SlotHistogram },
  only?: readonly string[],
): LedgerPlan {
  const families = familiesFor(instances, needs, only)
  const widest = Math.max(...needs.histogram.keys())
  const family = families.find(({ slots }) => slots >= widest)
  if (family === undefined) {
    const largest = families.reduce((most, family) => (family.slots > most.slots ? family : most))
    throw new InputError(
      'PLAN_SLOTS',
      `an account holds ${countOf(widest, 'slot')}, and no instance${
        only === undefined ? '' : ' of those named'
      } for ${countOf(needs.scenarios, 'scenario')} and ${countOf(needs.instruments, 'instrument')} takes more than ${
        largest.slots
      } (${largest.members.at(-1)!.name})`,
      {
        hint: '`plimsoll ledger check` names every such account; `plimsoll setup --list` shows the instances.',
      },
    )
  }
  const { instruments, scenarios } = family
  const chosen: LedgerInstance[] = []
  let batches = 0
  let below = -1
  for (const slots of new Set(family.members.map((i) => i.sizes.slots))) {
    const count = [...needs.histogram].reduce((n, [s, c]) => (s > below && s <= slots ? n + c : n), 0)
    below = slots
    if (count === 0) continue
    const sized = family.members.filter((i) => i.sizes.slots === slots)
    const instance = sized.findLast((i) => i.sizes.accounts <= count) ?? sized[0]!
    chosen.push(instance)
    batches += Math.ceil(count / instance.sizes.accounts)
  }
  if (batches > MAX_BATCHES) {
    throw new InputError(
      'PLAN_BATCHES',
      `the ledger takes ${batches} batches, and one has at most ${MAX_BATCHES}`,
      {
        hint: HINT,
      },
    )
  }
  return { instruments, scenarios, tiered: needs.tiered, instances: chosen, batches }
}

function countOf(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}

/**
 * Groups accounts into batches: each account goes to the first instance with enough slots, and all batches of
 * one instance come before those of the next. (Were they mixed as they fill, their order would tell how full
 * the last ones are.)
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

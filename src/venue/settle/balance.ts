import type { Slot } from '../../field/index.js'
import { instrumentNumbers, leafSlots, type RiskTable } from '../../risk/index.js'
import { type Recovered, reasonOf, treeOf } from '../../statements/index.js'
import type { ActivityFiles } from './activity-files.js'
import type { SettledEpochs } from './epochs.js'
import type { LiquidationRow } from './liquidation-rows.js'
import { compareUtf8, type Holder, merged } from './merged.js'
import { Tally } from './tally.js'

/** All that a settlement is about. Private. */
export interface SettlementBooks extends SettledEpochs {
  activity: ActivityFiles
  liquidations: readonly LiquidationRow[]
  /** What of the steps of indices gives back a loss of before. */
  recovered: Recovered
}

/** What one customer has of one instrument in both epochs, and what moved between. Smallest units. */
export interface CustomerBalance {
  /** The instrument's number. */
  number: number
  before: bigint
  after: bigint
  moved: bigint
}

/** A customer for whom rows do not say how one epoch follows from the other, or who is in neither. */
export interface OddCustomer {
  id: string
  isBefore: boolean
  isAfter: boolean
  hasRows: boolean
  /** Instruments in which they do not balance. */
  unbalanced: CustomerBalance[]
}

/** How many customers a settlement is about. */
export interface SettledCustomers {
  /** In the earlier epoch. */
  before: number
  /** In the later one. */
  after: number
  /** With rows. */
  moved: number
  /** For whom rows are not what changed. */
  unbalanced: number
}

/** What all accounts and rows come to. */
export interface Balance {
  tally: Tally
  counts: SettledCustomers
}

/**
 * Compares both epochs with the activity, customer by customer and instrument by instrument, exactly. The
 * files are read as streams, side by side.
 *
 * @param onOdd gets everyone who does not balance, and everyone with rows who is in neither epoch
 */
export async function balanceOf(
  books: SettlementBooks,
  onOdd: (customer: OddCustomer) => void = () => {},
): Promise<Balance> {
  const { before, after, activity, liquidations, table } = books
  const sources: { tree: number; holders: AsyncIterator<Holder> }[] = [
    { tree: 0, holders: numbered(before.ledger.sorted(), before.table) },
    { tree: 1, holders: numbered(after.ledger.sorted(), after.table) },
    { tree: treeOf('liquidations'), holders: sortedLiquidations(liquidations) },
    ...[...activity].map(([reason, rows]) => ({
      tree: treeOf(reason),
      holders: numbered(rows.activity.sorted(), table),
    })),
  ]
  const tally = new Tally()
  const counts = { before: 0, after: 0, moved: 0, unbalanced: 0 }
  for await (const { id, found } of merged(sources.map(({ holders }) => holders))) {
    const own = new Map<number, CustomerBalance>()
    const has = { before: false, after: false, rows: false }
    for (const { source, slots } of found) {
      const { tree } = sources[source]!
      if (tree === 0) has.before = true
      else if (tree === 1) has.after = true
      else has.rows = true
      for (const slot of slots) add(own, tally, tree, slot)
    }
    if (has.before) counts.before++
    if (has.after) counts.after++
    if (has.rows) counts.moved++
    const unbalanced = [...own.values()].filter((each) => each.after - each.before !== each.moved)
    for (const { number, before: was, after: is, moved } of unbalanced) {
      const sum = tally.of(number)
      sum.difference += is - was - moved
      sum.accounts++
    }
    if (unbalanced.length > 0) counts.unbalanced++
    if (unbalanced.length > 0 || (has.rows && !has.before && !has.after)) {
      unbalanced.sort((a, b) => a.number - b.number)
      onOdd({ id, isBefore: has.before, isAfter: has.after, hasRows: has.rows, unbalanced })
    }
  }
  return { tally, counts }
}

function add(
  own: Map<number, CustomerBalance>,
  tally: Tally,
  tree: number,
  { instrument: number, quantity }: Slot,
): void {
  if (quantity === 0n) return
  let balance = own.get(number)
  if (balance === undefined) {
    balance = { number, before: 0n, after: 0n, moved: 0n }
    own.set(number, balance)
  }
  const all = tally.of(number)
  const reason = reasonOf(tree)
  if (reason === undefined) {
    const when = tree === 0 ? 'before' : 'after'
    balance[when] += quantity
    all[when] += quantity
    return
  }
  balance.moved += quantity
  const sum = all.reasons[reason]
  if (quantity < 0n) sum.out -= quantity
  else sum.in += quantity
}

/** Accounts with slots as their leaves have them, by a table whose rows they name. */
async function* numbered(
  accounts: AsyncIterable<Holder>,
  table: Pick<RiskTable, 'instruments'>,
): AsyncGenerator<Holder, undefined> {
  const numbers = instrumentNumbers(table)
  for await (const { id, slots } of accounts) yield { id, slots: leafSlots(slots, numbers) }
}

async function* sortedLiquidations(rows: readonly LiquidationRow[]): AsyncGenerator<Holder, undefined> {
  yield* rows.toSorted((a, b) => compareUtf8(a.id, b.id))
}

import { INSTRUMENT_BITS } from '../../field/index.js'

/**
 * Why units of a customer move between two epochs, in the order of their trees.
 *
 * @example
 * const withFiles = REASONS.filter((reason) => reason !== 'liquidations')
 * console.log(withFiles.map((reason) => `${reason}.csv`).join(' '))
 */
export const REASONS = [
  'transfers',
  'fees',
  'trades',
  'accruals',
  'liquidations',
  'takers',
  'allocations',
] as const

export type Reason = (typeof REASONS)[number]

/** What there is of each reason. */
export function byReason<T>(of: (reason: Reason) => T): Record<Reason, T> {
  return Object.fromEntries(REASONS.map((reason) => [reason, of(reason)])) as Record<Reason, T>
}

/** Trees of a settlement: the accounts before, the accounts after, then the rows of each reason. */
export const TREES = 2 + REASONS.length

/** The tree of the rows of a reason. */
export function treeOf(reason: Reason): number {
  return 2 + REASONS.indexOf(reason)
}

/** The reason whose rows a tree has; `undefined` for a tree of accounts. */
export function reasonOf(tree: number): Reason | undefined {
  return REASONS[tree - 2]
}

/** Reasons of one group are added up together, over all customers; allocations with nothing. */
export const FLOW_GROUPS: Readonly<Record<Reason, number | undefined>> = {
  transfers: 0,
  fees: 1,
  trades: 2,
  accruals: 3,
  liquidations: 4,
  takers: 4,
  allocations: undefined,
}

/** Keys of one group: an instrument's number and a side. */
const GROUP_POLES = 2 ** (1 + INSTRUMENT_BITS)

/**
 * Where a group has what moves of an instrument. What comes in and what goes out of transfers stand apart.
 *
 * @param out whether it goes out; of transfers alone
 */
export function flowPole(group: number, instrument: number, out = false): bigint {
  return BigInt(group * GROUP_POLES + 2 * instrument + (out ? 1 : 0))
}

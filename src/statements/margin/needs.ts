import { InputError } from '../../errors/index.js'
import type { Slot } from '../../field/index.js'
import { TREE_ARITY } from '../../hash/index.js'
import { instrumentNumbers, type RiskTable, rowPosition } from '../../risk/index.js'
import { LINES_PER_LINK } from '../../rules/index.js'
import { estimateCount } from '../estimate.js'
import { INSTANCES } from '../generated/instances.js'
import { type Instance, shippedSnapshot } from '../instances.js'
import { openedLeafSlots } from './account.js'
import type { MarginSizes } from './signals.js'
import { requirementOf, type Touched, touchedBy } from './touched.js'

/** Positions in the tree of rows that one number after another takes: see `rowPosition`. */
const KINDS = 4

/** The sizes that an instance has to have at least to prove a requirement of an account. */
export interface MarginNeeds extends MarginSizes {
  /** Slots of the leaf that the instance has to open, where it is known. */
  leafSlots?: number
}

/**
 * What an account takes of a margin instance. Private, as it counts what the account touches.
 *
 * @param slots as a leaf has them: each with the number of its instrument
 * @param leafSlots slots of the account's leaf, where it is known
 * @throws {InputError} `MARGIN_RULE`, `MARGIN_REQUIREMENT`, and `MARGIN_INSTRUMENT` when the account holds an
 * instrument that the rule does not have
 */
export function marginNeeds(
  table: RiskTable,
  requirement: string,
  slots: readonly Slot[],
  leafSlots?: number,
): MarginNeeds {
  return needsOf(table, touchedBy(table, requirementOf(table, requirement), slots), slots, leafSlots)
}

/** The same of what is known to be touched. */
export function needsOf(
  table: RiskTable,
  { rows, groups, lines }: Touched,
  slots: readonly Slot[],
  leafSlots?: number,
): MarginNeeds {
  const most = (counts: readonly number[]) => counts.reduce((a, b) => Math.max(a, b), 0)
  const last = most(instrumentNumbers(table).map(rowPosition))
  let levels = 1
  while (TREE_ARITY ** levels <= last) levels++
  return {
    slots: 1 + slots.findLastIndex(({ instrument, quantity }) => instrument !== 0 || quantity !== 0n),
    scenarios: table.margin?.scan?.scenarios.length ?? 0,
    groups: groups.length,
    lines: lines.length,
    links: Math.ceil(most(rows.map((row) => row?.lines.length ?? 0)) / LINES_PER_LINK),
    levels,
    ...(leafSlots === undefined ? {} : { leafSlots }),
  }
}

/** Sizes of a `margin` instance. */
export function marginSizes({ params }: Instance): MarginSizes {
  const { SLOTS, SCENARIOS, GROUPS, LINES, LINKS, LEVELS } = params as Record<string, number>
  return {
    slots: SLOTS!,
    scenarios: SCENARIOS!,
    groups: GROUPS!,
    lines: LINES!,
    links: LINKS!,
    levels: LEVELS!,
  }
}

/**
 * Instances of margin, the cheapest first.
 *
 * @param own instances of somebody's own sizes, of any statement
 */
export function marginInstances(own: readonly Instance[] = []): Instance[] {
  const cost = (instance: Instance) =>
    (shippedSnapshot(instance.name) ?? estimateCount(instance))?.nonLinear ?? Number.POSITIVE_INFINITY
  return [...INSTANCES, ...own]
    .filter(({ statement }) => statement === 'margin')
    .toSorted((a, b) => cost(a) - cost(b))
}

/** The cheapest instance that an account fits, or `undefined` when it fits none. */
export function cheapestMarginInstance(
  needs: MarginNeeds,
  own: readonly Instance[] = [],
): Instance | undefined {
  return marginInstances(own).find((instance) => lacking(needs, marginSizes(instance)).length === 0)
}

/** What an instance has to have at least, in words. */
export function describeMarginNeeds(needs: MarginNeeds): string {
  return parts(needs)
    .map(({ what }) => what)
    .join(', ')
}

/**
 * Refuses an instance that is too small.
 *
 * @throws {InputError} `MARGIN_SIZE`
 */
export function assertFits(needs: MarginNeeds, sizes: MarginSizes): void {
  const short = lacking(needs, sizes)
  if (short.length === 0) return
  const all = (whats: string[]) => whats.join(' and ')
  const [needed, room] = [all(short.map(({ what }) => what)), all(short.map(({ most }) => most.what))]
  throw new InputError('MARGIN_SIZE', `the account needs ${needed}, the instance has room for ${room}`, {
    hint: 'Use a larger margin instance.',
  })
}

interface Part {
  what: string
  count: number
}

function parts({ slots, scenarios, groups, lines, links, levels, leafSlots }: MarginNeeds): Part[] {
  return [
    part(slots, (n) => `${n} slots`),
    part(scenarios, (n) => `${n} scenarios`),
    part(groups, (n) => `${n} groups of the scan`),
    part(lines, (n) => `${n} lines`),
    part(LINES_PER_LINK * links, (n) => `${n} lines in the row of an instrument`),
    part(TREE_ARITY ** levels / KINDS, (n) => `${n} instruments of a kind`),
    ...(leafSlots === undefined ? [] : [part(leafSlots, (n) => `a leaf of ${n} slots`)]),
  ]
}

function part(count: number, say: (count: number) => string): Part {
  return { what: say(count), count }
}

export function lacking(needs: MarginNeeds, sizes: MarginSizes): (Part & { most: Part })[] {
  const room = parts({ ...sizes, leafSlots: openedLeafSlots(sizes.slots).at(-1)! })
  return parts(needs)
    .map((own, i) => ({ ...own, most: room[i]! }))
    .filter(({ count, most }) => count > most.count)
}

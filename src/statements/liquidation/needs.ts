import { TREE_ARITY } from '../../hash/index.js'
import { instrumentNumbers, rowPosition } from '../../risk/index.js'
import { LINES_PER_LINK } from '../../rules/index.js'
import { estimateCount } from '../estimate.js'
import { INSTANCES } from '../generated/instances.js'
import { type Instance, shippedSnapshot } from '../instances.js'
import { lacking, type MarginNeeds, marginSizes } from '../margin/needs.js'
import type { LiquidationParts, OpenedLiquidation } from './witness.js'

/** The sizes that an instance has to have at least to prove a liquidation. */
export type LiquidationNeeds = MarginNeeds

/** What a liquidation that is laid out takes. */
export function needsOfParts(
  { table, account }: LiquidationParts,
  { numbers, rows, parts }: OpenedLiquidation,
): LiquidationNeeds {
  const most = (counts: readonly number[]) => counts.reduce((a, b) => Math.max(a, b), 0)
  const last = most(instrumentNumbers(table).map(rowPosition))
  let levels = 1
  while (TREE_ARITY ** levels <= last) levels++
  return {
    slots: 1 + numbers.findLastIndex((number) => number !== undefined),
    scenarios: table.margin.scan?.scenarios.length ?? 0,
    groups: parts.groups.length,
    lines: parts.lines.length,
    links: Math.ceil(most(rows.map((row) => row?.lines.length ?? 0)) / LINES_PER_LINK),
    levels,
    leafSlots: account.slots.length,
  }
}

/**
 * Instances of liquidation, the cheapest first.
 *
 * @param own instances of somebody's own sizes, of any statement
 */
function liquidationInstances(own: readonly Instance[] = []): Instance[] {
  const cost = (instance: Instance) =>
    (shippedSnapshot(instance.name) ?? estimateCount(instance))?.nonLinear ?? Number.POSITIVE_INFINITY
  return [...INSTANCES, ...own]
    .filter(({ statement }) => statement === 'liquidation')
    .toSorted((a, b) => cost(a) - cost(b))
}

/** The cheapest instance that a liquidation fits, or `undefined` when it fits none. */
export function cheapestLiquidationInstance(
  needs: LiquidationNeeds,
  own: readonly Instance[] = [],
): Instance | undefined {
  return liquidationInstances(own).find((instance) => lacking(needs, marginSizes(instance)).length === 0)
}

import { InputError } from '../../errors/index.js'
import type { Slot } from '../../field/index.js'
import {
  marginTrees,
  type RiskDigests,
  type RiskTable,
  riskDigests,
  rowPosition,
  type TableSizes,
} from '../../risk/index.js'
import { MARGIN_SUMS, type MarginRequirement, type MarginRow, requirementDigest } from '../../rules/index.js'
import { accountHandle, accountsRootOf, LEAF_SLOTS, type MarginAccount } from './account.js'
import { assertFits, needsOf } from './needs.js'
import type { MarginSignals, MarginSizes } from './signals.js'
import {
  firstOfExposures,
  largestValue,
  requirementOf,
  touchedBy,
  type WitnessGroup,
  type WitnessLine,
} from './touched.js'

/** Everything that one `margin` proof is about: the public signals and what opens them. Private. */
export interface MarginWitness {
  sizes: MarginSizes
  signals: MarginSignals
  account: MarginAccount
  /** The first slots of the leaf, filled up to the instance's with empty ones. */
  slots: Slot[]
  risk: RiskDigests & { timestamp: bigint }
  requirement: MarginRequirement
  /** The row of each held instrument and its path, by slot. */
  rows: ({ row: MarginRow; path: bigint[][] } | undefined)[]
  /** Children of the uppermost node of the tree of rows that the instance has room for. */
  rowTop: bigint[]
  groups: WitnessGroup[]
  lines: WitnessLine[]
  /** In 10^-(valueDecimals + 18). */
  worst: bigint
  /** The remaining equity, in 10^-(valueDecimals + 27). */
  slack: bigint
  /** Whether slack is not negative and every limit holds: without, there is no proof. */
  met: boolean
}

const SQUARE = 10n ** 18n
const EMPTY_SLOT: Slot = { instrument: 0, quantity: 0n }
const CUBE = 10n ** 27n

/**
 * Puts together what a margin proof is made over, with the least charges that the rule allows.
 *
 * @param parts.times multiple of the requirement, in billionths
 * @throws {InputError} `MARGIN_RULE` when the table has no margin rule, `MARGIN_INSTRUMENT` when the account
 * holds an instrument that the rule does not have, `MARGIN_SIZE` when the account touches more than the
 * instance has room for, and what `compileRequirement` and `accountsRootOf` throw
 */
export function marginWitness(parts: {
  sizes: MarginSizes
  /** Of the epoch's instance of solvency: what its `riskRoot` was made for. */
  tableSizes: TableSizes
  table: RiskTable
  requirement: string
  times?: bigint
  account: MarginAccount
  domain: bigint
  context: bigint
}): MarginWitness {
  const { sizes, table, account, domain, context } = parts
  const requirement = requirementOf(table, parts.requirement, parts.times)
  if (!LEAF_SLOTS.includes(account.slots.length)) {
    throw new InputError('MARGIN_SIZE', `no ledger instance makes leaves of ${account.slots.length} slots`)
  }
  const own = touchedBy(table, requirement, account.slots)
  // An instance that is too small costs no hashing.
  assertFits(needsOf(table, own, account.slots, account.slots.length), sizes)
  const slots = Array.from({ length: sizes.slots }, (_, i) => account.slots[i] ?? EMPTY_SLOT)
  const tree = marginTrees(table)[requirement.index]!.rows
  const rows = slots.map(({ instrument }, i) => {
    const row = own.rows[i]
    return row && { row, path: tree.path(rowPosition(instrument)).levels }
  })
  const digests = riskDigests(table, parts.tableSizes)
  const { worst, required } = requiredOf(requirement, own)
  const equity = slots.reduce((sum, { quantity }, i) => {
    const value = rows[i]?.row.value
    return value === undefined ? sum : sum + quantity * (quantity < 0n ? value.short : value.long)
  }, 0n)
  const slack = equity * CUBE - required
  return {
    sizes,
    signals: {
      accountsRoot: accountsRootOf(account),
      riskRoot: digests.riskRoot,
      requirement: requirementDigest(requirement),
      domain,
      handle: accountHandle(account, domain),
      context,
    },
    account,
    slots,
    risk: { ...digests, timestamp: BigInt(table.timestamp) },
    requirement,
    rows,
    rowTop: tree.path(0).levels[sizes.levels - 1]!,
    groups: own.groups,
    lines: own.lines,
    worst,
    slack,
    met: slack >= 0n && own.lines.every(({ line, value }) => !('limit' in line.to) || value === 0n),
  }
}

function requiredOf(
  { asked: { threshold, worstFactor, factors }, worst: { sums: compared }, gains, losses }: MarginRequirement,
  { groups, lines }: { groups: WitnessGroup[]; lines: WitnessLine[] },
): { worst: bigint; required: bigint } {
  const sums = new Array<bigint>(MARGIN_SUMS).fill(0n)
  const add = (sum: number, value: bigint): void => {
    sums[sum] = sums[sum]! + value
  }
  for (const { line, value } of firstOfExposures(lines)) if ('sum' in line.to) add(line.to.sum, value)
  for (const { group, charge } of groups) if (group.sum !== undefined) add(group.sum, charge)
  const netLosses = losses.map((damping, s) => {
    let lost = 0n
    let gained = 0n
    for (const { group, changes } of groups) {
      if (group.sum !== undefined) continue
      const x = changes[s]!
      if (x < 0n) lost -= group.loss * x
      else gained += group.gain * x
    }
    return damping * lost - gains[s]! * gained
  })
  const worst = largestValue([...netLosses, ...sums.map((sum, k) => (compared[k] ? sum * SQUARE : 0n))])
  const required =
    threshold * CUBE +
    worstFactor * worst +
    factors.reduce((total, f, k) => total + f * sums[k]! * SQUARE, 0n)
  return { worst, required }
}

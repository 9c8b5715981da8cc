import { InputError } from '../../errors/index.js'
import { magnitudeOf, type Slot } from '../../field/index.js'
import { TREE_ARITY } from '../../hash/index.js'
import {
  marginTrees,
  type RiskDigests,
  type RiskTable,
  riskDigests,
  type TableSizes,
} from '../../risk/index.js'
import {
  compileRequirement,
  LINES_PER_LINK,
  lineKey,
  MARGIN_SCENARIOS,
  MARGIN_SUMS,
  type MarginGroup,
  type MarginLine,
  type MarginRequirement,
  type MarginRow,
  requirementDigest,
} from '../../rules/index.js'
import { accountHandle, accountsRootOf, LEAF_SLOTS, type MarginAccount } from './account.js'
import type { MarginSignals, MarginSizes } from './signals.js'

/** A group that the account touches, and what a prover says of it. */
export interface WitnessGroup {
  group: MarginGroup
  /** Gain or loss by scenario. */
  changes: bigint[]
  /** Own worst loss; 0 for a netted group. */
  own: bigint
  /** With what raises and bounds it. */
  charge: bigint
}

/** A line that the account touches, and what a prover says of it. */
export interface WitnessLine {
  line: MarginLine
  /** The sums over the account's slots. */
  total: bigint
  /** The branch of its choice, and the value of its exposure. */
  branch: 0 | 1
  value: bigint
}

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
  if (table.margin === undefined) {
    throw new InputError('MARGIN_RULE', 'the risk table has no margin rule', {
      hint: 'The venue builds one in with `plimsoll risk build --table`.',
    })
  }
  const requirement = compileRequirement(table.margin, parts.requirement, parts.times)
  assertRoom('instruments', table.instruments.length, TREE_ARITY ** sizes.levels)
  assertRoom('scenarios', table.margin.scan?.scenarios.length ?? 0, sizes.scenarios)
  const slots = heldSlots(account.slots, sizes)
  const tree = marginTrees(table)[requirement.index]!.rows
  const rows = slots.map(({ instrument, quantity }) => {
    if (quantity === 0n) return undefined
    const row = requirement.rows.get(table.instruments[instrument]?.symbol ?? '')
    if (row === undefined) {
      throw new InputError(
        'MARGIN_INSTRUMENT',
        'the account holds an instrument that the margin rule does not have',
        {
          hint: 'A rule judges only accounts whose every instrument it knows: the venue has to build one that has it.',
        },
      )
    }
    assertRoom('lines in the row of an instrument', row.lines.length, sizes.links * LINES_PER_LINK)
    return { row, path: tree.path(instrument).levels }
  })
  const own = charge(
    slots,
    rows.map((r) => r?.row),
  )
  assertRoom('groups of the scan', own.groups.length, sizes.groups)
  assertRoom('lines', own.lines.length, sizes.lines)

  // Whatever does not fit is known by now: an instance that is too small costs no hashing.
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
    ...own,
    worst,
    slack,
    met: slack >= 0n && own.lines.every(({ line, value }) => !('limit' in line.to) || value === 0n),
  }
}

/**
 * The first slots of a leaf, with empty ones behind; all that hold something, or name an instrument, must be
 * among them.
 */
function heldSlots(leaf: readonly Slot[], sizes: MarginSizes): Slot[] {
  if (!LEAF_SLOTS.some((count) => count === leaf.length)) {
    throw new InputError('MARGIN_SIZE', `no ledger instance makes leaves of ${leaf.length} slots`)
  }
  const last = leaf.findLastIndex(({ instrument, quantity }) => instrument !== 0 || quantity !== 0n)
  assertRoom('slots', last + 1, sizes.slots)
  return Array.from({ length: sizes.slots }, (_, i) => leaf[i] ?? { instrument: 0, quantity: 0n })
}

function assertRoom(what: string, count: number, most: number): void {
  if (count <= most) return
  throw new InputError(
    'MARGIN_SIZE',
    `the account needs ${count} ${what}, the instance has room for ${most}`,
    { hint: 'Use a larger margin instance.' },
  )
}

/** Groups and lines that an account touches, with the smallest values that the rule allows. */
function charge(
  slots: readonly Slot[],
  rows: readonly (MarginRow | undefined)[],
): { groups: WitnessGroup[]; lines: WitnessLine[] } {
  const groups = new Map<number, MarginGroup>()
  const changes = new Map<number, bigint[]>()
  const totals = new Map<bigint, { line: MarginLine; total: bigint }>()
  for (const [i, { quantity }] of slots.entries()) {
    const row = rows[i]
    if (row === undefined) continue
    const short = quantity < 0n ? magnitudeOf(quantity) : 0n
    const move = (group: MarginGroup | undefined, change: (s: number) => bigint): void => {
      if (group === undefined) return
      groups.set(group.id, group)
      const before = changes.get(group.id)
      changes.set(
        group.id,
        row.changes.map((_, s) => (before?.[s] ?? 0n) + quantity * change(s) - short),
      )
    }
    move(row.group, (s) => row.changes[s]!)
    move(row.flatGroup, () => row.flat)
    for (const { line, long, short: perShort } of row.lines) {
      const key = lineKey(line)
      const value = quantity < 0n ? short * perShort : quantity * long
      totals.set(key, { line, total: (totals.get(key)?.total ?? 0n) + value })
    }
  }
  const place = ({ choice, exposure, line }: MarginLine) => (choice * 256 + exposure) * 256 + line
  const touched = [...totals.values()]
    .filter(({ total }) => total !== 0n)
    .sort((a, b) => place(a.line) - place(b.line))
  const lines = valued(touched)

  const raises = new Map<number, bigint>()
  const bounds = new Map<number, bigint>()
  for (const { line, value } of firstOfExposures(lines)) {
    const { to } = line
    if (!('raises' in to || 'bounds' in to)) continue
    const [group, adding] = 'raises' in to ? [to.raises, raises] : [to.bounds, bounds]
    const { id } = group
    groups.set(id, group)
    adding.set(id, (adding.get(id) ?? 0n) + value)
  }
  return {
    lines,
    groups: [...groups.values()]
      .sort((a, b) => a.id - b.id)
      .map((group) => {
        const x = changes.get(group.id) ?? new Array<bigint>(MARGIN_SCENARIOS).fill(0n)
        const own = group.sum === undefined ? 0n : largestValue(x.map((change) => -change))
        const raised = own + (raises.get(group.id) ?? 0n)
        const floor = bounds.get(group.id) ?? 0n
        return { group, changes: x, own, charge: raised > floor ? raised : floor }
      }),
  }
}

function largestValue(values: readonly bigint[]): bigint {
  let best = 0n
  for (const value of values) if (value > best) best = value
  return best
}

/**
 * The branch in which a choice's exposures come to least, and the value of each exposure in it. Lines stand
 * in order.
 */
function valued(touched: readonly { line: MarginLine; total: bigint }[]): WitnessLine[] {
  const valueIn = (lines: typeof touched, branch: 0 | 1): bigint =>
    largestValue(
      lines
        .filter(({ line }) => line.branch === undefined || line.branch === branch)
        .map(({ line, total }) => total - line.deduction),
    )
  return runs(touched, ({ line }) => line.choice).flatMap((choice) => {
    const exposures = runs(choice, ({ line }) => line.exposure)
    const total = (branch: 0 | 1) => exposures.reduce((sum, lines) => sum + valueIn(lines, branch), 0n)
    const branch = total(1) < total(0) ? 1 : 0
    return exposures.flatMap((lines) => {
      const value = valueIn(lines, branch)
      return lines.map(({ line, total }) => ({ line, total, branch, value }) satisfies WitnessLine)
    })
  })
}

/** A list cut where the key changes. */
function runs<T>(list: readonly T[], key: (item: T) => number): T[][] {
  const cut: T[][] = []
  for (const item of list) {
    const last = cut.at(-1)
    if (last !== undefined && key(last[0]!) === key(item)) last.push(item)
    else cut.push([item])
  }
  return cut
}

/** One line of each exposure: its value counts once. */
function firstOfExposures(lines: readonly WitnessLine[]): WitnessLine[] {
  return lines.filter(
    ({ line }, l) =>
      l === 0 || line.choice !== lines[l - 1]!.line.choice || line.exposure !== lines[l - 1]!.line.exposure,
  )
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

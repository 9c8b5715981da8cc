import { InputError } from '../../errors/index.js'
import { magnitudeOf, type Slot } from '../../field/index.js'
import { instrumentNumbers, type RiskTable } from '../../risk/index.js'
import {
  compileRequirement,
  lineKey,
  MARGIN_SCENARIOS,
  type MarginGroup,
  type MarginLine,
  type MarginRequirement,
  type MarginRow,
} from '../../rules/index.js'

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

/** What an account touches of a requirement. */
export interface Touched {
  /** The row of each held instrument, by slot. */
  rows: (MarginRow | undefined)[]
  groups: WitnessGroup[]
  lines: WitnessLine[]
}

/**
 * A requirement of a table's rule.
 *
 * @throws {InputError} `MARGIN_RULE` when the table has no margin rule, and what `compileRequirement` throws
 */
export function requirementOf({ margin }: RiskTable, name: string, times?: bigint): MarginRequirement {
  if (margin !== undefined) return compileRequirement(margin, name, times)
  throw new InputError('MARGIN_RULE', 'the risk table has no margin rule', {
    hint: 'The venue builds one in with `plimsoll risk build --table`.',
  })
}

/**
 * What an account touches of a requirement, with the least charges that the rule allows.
 *
 * @param slots as a leaf has them: each with the number of its instrument
 * @throws {InputError} `MARGIN_INSTRUMENT` when the account holds an instrument that the rule does not have
 */
export function touchedBy(table: RiskTable, requirement: MarginRequirement, slots: readonly Slot[]): Touched {
  const numbers = instrumentNumbers(table)
  const rows = slots.map(({ instrument, quantity }) => {
    if (quantity === 0n) return undefined
    const row = requirement.rows.get(table.instruments[numbers.indexOf(instrument)]?.symbol ?? '')
    if (row !== undefined) return row
    throw new InputError(
      'MARGIN_INSTRUMENT',
      'the account holds an instrument that the margin rule does not have',
      {
        hint: 'A rule judges only accounts whose every instrument it knows: the venue has to build one that has it.',
      },
    )
  })
  return { rows, ...charged(slots, rows) }
}

/** Groups and lines that an account touches, with the smallest values that the rule allows. */
function charged(
  slots: readonly Slot[],
  rows: readonly (MarginRow | undefined)[],
): Pick<Touched, 'groups' | 'lines'> {
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

export function largestValue(values: readonly bigint[]): bigint {
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
export function firstOfExposures(lines: readonly WitnessLine[]): WitnessLine[] {
  return lines.filter(
    ({ line }, l) =>
      l === 0 || line.choice !== lines[l - 1]!.line.choice || line.exposure !== lines[l - 1]!.line.exposure,
  )
}

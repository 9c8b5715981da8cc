import {
  FACTOR_DECIMALS,
  FACTOR_ONE,
  lineKey,
  MARGIN_SUMS,
  type MarginGroup,
  type MarginLine,
  type MarginRequirement,
  type MarginRow,
} from '../../rules/index.js'

/** What an account touches of a requirement before or after, by which both are judged. */
export interface TouchedParts {
  groups: MarginGroup[]
  lines: MarginLine[]
}

/** What a prover says of an account on one side of a liquidation. */
export interface WitnessSide {
  /** By group, its scenario and whether it loses; the scenario of the netted groups. */
  scenarios: number[]
  negative: boolean[]
  netScenario: number
  /** By group, whether what bounds it counts. */
  bounded: boolean[]
  /** By line, the sums over the account's slots. */
  totals: bigint[]
  /** By line, whether it counts in either branch, and the smaller branch of its choice. */
  picks: [boolean, boolean][]
  branches: (0 | 1)[]
  /** What is worst: 0 the loss of the netted groups, from 1 on a sum; -1 for nothing. */
  worst: number
  /** In 10^-(valueDecimals + 27). */
  required: bigint
}

const SQUARE = FACTOR_ONE ** 2n
const CUBE = 10n ** BigInt(3 * FACTOR_DECIMALS)
const lowered = (factor: bigint) => (factor === 0n ? 0n : factor - 1n)

/** Long and short units of a signed quantity. */
function sides(quantity: bigint): { long: bigint; short: bigint } {
  return quantity < 0n ? { long: 0n, short: -quantity } : { long: quantity, short: 0n }
}

/** What the account's slots come to under each line of their rows. */
function totalsOf(rows: readonly (MarginRow | undefined)[], quantities: readonly bigint[]) {
  const totals = new Map<bigint, { line: MarginLine; total: bigint }>()
  for (const [i, row] of rows.entries()) {
    const { long, short } = sides(quantities[i]!)
    for (const entry of row?.lines ?? []) {
      const key = lineKey(entry.line)
      const value = long * entry.long + short * entry.short
      totals.set(key, { line: entry.line, total: (totals.get(key)?.total ?? 0n) + value })
    }
  }
  return totals
}

/**
 * The groups and lines that an account touches on either side: of each held instrument, and of cash.
 *
 * @param rows of opened slots
 */
export function touchedParts(
  rows: readonly (MarginRow | undefined)[],
  either: readonly (readonly bigint[])[],
): TouchedParts {
  const lines = new Map<bigint, MarginLine>()
  for (const quantities of either) {
    for (const [key, { line, total }] of totalsOf(rows, quantities)) if (total !== 0n) lines.set(key, line)
  }
  const place = ({ choice, exposure, line }: MarginLine) => (choice * 256 + exposure) * 256 + line
  const sorted = [...lines.values()].sort((a, b) => place(a) - place(b))
  const named = [
    ...rows.flatMap((row) => [row?.group, row?.flatGroup]),
    ...sorted.map(({ to }) => ('raises' in to ? to.raises : 'bounds' in to ? to.bounds : undefined)),
  ]
  const groups = new Map(named.flatMap((group) => (group === undefined ? [] : [[group.id, group] as const])))
  return { lines: sorted, groups: [...groups.values()].sort((a, b) => a.id - b.id) }
}

/** What is required of an account at least, and what shows it: the largest of what a prover can pick. */
export function boundOf(
  requirement: MarginRequirement,
  rows: readonly (MarginRow | undefined)[],
  quantities: readonly bigint[],
  parts: TouchedParts,
  scenarios: number,
): WitnessSide {
  const scan = scanOf(requirement, rows, quantities, parts, scenarios)
  const exposures = exposuresOf(rows, quantities, parts)
  const sums = [...exposures.sums]
  const bounded = parts.groups.map(({ id, sum }, g) => {
    const raised = scan.below[g]! + (exposures.raises.get(id) ?? 0n)
    const floor = exposures.bounds.get(id) ?? 0n
    if (sum !== undefined) sums[sum] = sums[sum]! + (floor > raised ? floor : raised)
    return floor > raised
  })
  const { threshold, worst, factors } = requirement
  const candidates = [scan.loss, ...sums.map((sum, k) => (worst.sums[k] ? sum * SQUARE : 0n))]
  const most = argmax(candidates)
  const picked = candidates[most]! > 0n ? most : -1
  const required =
    (threshold - 1n) * CUBE +
    lowered(worst.factor) * (candidates[picked] ?? 0n) +
    factors.reduce((total, factor, k) => total + lowered(factor) * sums[k]! * SQUARE, 0n)
  const { negative, netScenario } = scan
  const { totals, picks, branches } = exposures
  return {
    ...{ scenarios: scan.scenarios, negative, netScenario, bounded },
    ...{ totals, picks, branches, worst: picked, required },
  }
}

/** The first place of the largest. */
function argmax(values: readonly bigint[]): number {
  return values.reduce((best, value, i) => (value > values[best]! ? i : best), 0)
}

function scanOf(
  { gains, losses }: MarginRequirement,
  rows: readonly (MarginRow | undefined)[],
  quantities: readonly bigint[],
  { groups }: TouchedParts,
  scenarios: number,
) {
  const all = Array.from({ length: scenarios }, (_, s) => s)
  const x = groups.map(({ id }) =>
    all.map((s) =>
      rows.reduce((sum, row, i) => {
        const quantity = quantities[i]!
        const { long } = sides(quantity)
        const member = row?.group?.id === id ? quantity * row.changes[s]! + long : 0n
        const flat = row?.flatGroup?.id === id ? quantity * row.flat + long : 0n
        return sum + member + flat
      }, 0n),
    ),
  )
  const netLosses = all.map((s) => {
    let [lost, gained] = [0n, 0n]
    for (const [g, { sum, gain, loss }] of groups.entries()) {
      const change = x[g]![s]!
      if (sum !== undefined) continue
      if (change < 0n) lost -= lowered(loss) * change
      else gained += (gain + 1n) * change
    }
    return lowered(losses[s]!) * lost - (gains[s]! + 1n) * gained
  })
  const netScenario = argmax(netLosses)
  const picked = groups.map(({ sum }, g) =>
    sum === undefined ? netScenario : argmax(x[g]!.map((change) => -change)),
  )
  const changes = picked.map((s, g) => x[g]![s]!)
  return {
    scenarios: picked,
    netScenario,
    negative: changes.map((change) => change < 0n),
    below: changes.map((change) => (change < 0n ? -change : 0n)),
    loss: netLosses[netScenario]!,
  }
}

function exposuresOf(
  rows: readonly (MarginRow | undefined)[],
  quantities: readonly bigint[],
  { lines }: TouchedParts,
) {
  const found = totalsOf(rows, quantities)
  const totals = lines.map((line) => found.get(lineKey(line))?.total ?? 0n)
  const units = quantities.reduce((sum, quantity) => sum + (quantity < 0n ? -quantity : quantity), 0n)
  const least = lines.map(({ deduction }, l) => totals[l]! - units - deduction - 1n)
  const picks = lines.map((): [boolean, boolean] => [false, false])
  const branches = lines.map((): 0 | 1 => 0)
  const sums = new Array<bigint>(MARGIN_SUMS).fill(0n)
  const [raises, bounds] = [new Map<number, bigint>(), new Map<number, bigint>()]
  const places = lines.map((_, l) => l)
  for (const choice of new Set(lines.map(({ choice }) => choice))) {
    const ofChoice = places.filter((l) => lines[l]!.choice === choice)
    const [first, second] = ([0, 1] as const).map((branch) => {
      let total = 0n
      for (const exposure of new Set(ofChoice.map((l) => lines[l]!.exposure))) {
        const counting = ofChoice.filter((l) => {
          const line = lines[l]!
          return line.exposure === exposure && (line.branch === undefined || line.branch === branch)
        })
        const best = counting[argmax(counting.map((l) => least[l]!))]
        if (best === undefined || least[best]! <= 0n) continue
        picks[best]![branch] = true
        total += least[best]!
      }
      return total
    }) as [bigint, bigint]
    const last = ofChoice.at(-1)!
    const smaller = second < first ? 1 : 0
    branches[last] = smaller
    const value = smaller === 1 ? second : first
    const { to } = lines[last]!
    if ('sum' in to) sums[to.sum] = sums[to.sum]! + value
    else if ('raises' in to) raises.set(to.raises.id, (raises.get(to.raises.id) ?? 0n) + value)
    else if ('bounds' in to) bounds.set(to.bounds.id, (bounds.get(to.bounds.id) ?? 0n) + value)
  }
  return { totals, picks, branches, sums, raises, bounds }
}

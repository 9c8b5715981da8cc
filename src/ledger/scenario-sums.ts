import { formatDecimal } from '../field/index.js'
import { isTiered, type RiskTable } from '../risk/index.js'
import { isSettledAtMark } from '../rules/index.js'

/**
 * How many accounts a scenario leaves below zero, and by how much, in exact decimals of the quote currency.
 */
export interface ScenarioFigures {
  name: string
  /** The scenario is a requirement: nothing has to cover its shortfall. */
  requirement?: true
  accounts: number
  /** In all. */
  shortfall: string
  /** The largest, largest first; of equal ones those that come first in the file. */
  largest: { account: string; shortfall: string }[]
}

/** What accounts are valued by: the mark, which has no name, or one scenario. */
export interface Valuation {
  scenario: string | undefined
  requirement?: true
  /** Values of a long and of a short unit of each row, by key. */
  values: readonly bigint[]
}

/**
 * The valuations of a risk table: at mark, then each scenario. At its mark a perp or a future is worth
 * nothing: what it gained is in cash. A table with tiers holds an account to its collateral, which is never
 * above what it has at mark: there is no valuation at mark, and none by the collateral column.
 */
export function valuationsOf(table: RiskTable): Valuation[] {
  const tiered = isTiered(table)
  const scenarios = table.scenarios.slice(tiered ? 1 : 0).map(({ name, requirement, values }) => ({
    scenario: name,
    ...(requirement ? { requirement } : {}),
    values: values.flatMap(({ long, short }) => [long, short]),
  }))
  if (tiered) return scenarios
  const marks = table.instruments.flatMap(({ kind, mark }) =>
    isSettledAtMark(kind) ? [0n, 0n] : [mark, mark],
  )
  return [{ scenario: undefined, values: marks }, ...scenarios]
}

interface Sum {
  accounts: number
  shortfall: bigint
  largest: { account: string; shortfall: bigint }[]
}

/** Sums over accounts of what each valuation leaves below zero. */
export class ScenarioSums {
  private readonly sums: Sum[]

  /** @param largest how many of the largest shortfalls to name */
  constructor(
    private readonly valuations: readonly Valuation[],
    private readonly largest: number,
  ) {
    this.sums = valuations.map(() => ({ accounts: 0, shortfall: 0n, largest: [] }))
  }

  /** @param equities by valuation */
  add(account: string, equities: readonly bigint[]): void {
    for (let v = 0; v < equities.length; v++) {
      const shortfall = -equities[v]!
      if (shortfall <= 0n) continue
      const sum = this.sums[v]!
      sum.accounts++
      sum.shortfall += shortfall
      keepLargest(sum.largest, { account, shortfall }, this.largest)
    }
  }

  /** One for each scenario, the mark left out. */
  figures(valueDecimals: number): ScenarioFigures[] {
    const value = (units: bigint) => formatDecimal(units, valueDecimals)
    return this.valuations.flatMap(({ scenario: name, requirement }, v) => {
      if (name === undefined) return []
      const { accounts, shortfall, largest } = this.sums[v]!
      const named = largest.map((one) => ({ account: one.account, shortfall: value(one.shortfall) }))
      return [
        {
          name,
          ...(requirement ? { requirement } : {}),
          accounts,
          shortfall: value(shortfall),
          largest: named,
        },
      ]
    })
  }
}

/** Puts one more into a list of the largest, which stays in order and never grows beyond `count`. */
function keepLargest(list: Sum['largest'], one: Sum['largest'][number], count: number): void {
  const smallest = list[count - 1]
  if (smallest !== undefined && smallest.shortfall >= one.shortfall) return
  const place = list.findIndex(({ shortfall }) => shortfall < one.shortfall)
  list.splice(place === -1 ? list.length : place, 0, one)
  list.length = Math.min(list.length, count)
}

import { keysOf } from '../../field/index.js'
import type { Layer, Reserves } from '../../reserves/index.js'
import { marketScenarios, type RiskTable } from '../../risk/index.js'
import { isDerivative } from '../../rules/index.js'
import type { Waterfall } from './waterfall-policy.js'
import { wholeTotals } from './whole.js'

/**
 * The part of each layer of a waterfall in one scenario, in 10^-valueDecimals of the quote currency. Private.
 */
export interface WaterfallFigures {
  /** Where the scenario is in the table. */
  scenario: number
  /**
   * The amount to absorb: the shortfalls, and what reserves and loans lack to cover the balances of
   * customers.
   */
  need: bigint
  /**
   * In the order in which they absorb: the layers of the policy, then what is held anyway, which the proof
   * counts whatever a policy says: reserves beyond the balances of customers, and at last the recovery of
   * loans.
   */
  layers: {
    layer: Layer | 'reserves' | 'loans'
    /** The value that it adds to everything before it. */
    worth: bigint
    absorbed: bigint
  }[]
  uncovered: bigint
  /**
   * The value of the policy's layers by themselves, none above its cap: reserves and loans are not among
   * them.
   */
  fund: bigint
}

/**
 * The inputs of the waterfall, in smallest units: long, short of every row in turn, and the holdings of each.
 */
export interface WaterfallBooks {
  table: RiskTable
  /** With or without tiers: those of an instrument and of all its tiers are taken together. */
  totals: readonly bigint[]
  /** By scenario. */
  shortfalls: readonly bigint[]
  held: Reserves
}

const aboveZero = (value: bigint): bigint => (value > 0n ? value : 0n)

function least(first: bigint, ...rest: bigint[]): bigint {
  let smallest = first
  for (const value of rest) if (value < smallest) smallest = value
  return smallest
}

/**
 * Who pays in each scenario, the collateral column left out. The collateral of whoever is below zero comes
 * first of all: it is in their equity, and a shortfall is what it does not cover.
 *
 * Units are netted before they are valued, as in the solvency proof: what is held of an instrument beyond
 * what is owed is worth its long value, what is lacking costs its short value. So without caps, and whatever
 * the order, what is left uncovered is what the proof finds missing.
 */
export function waterfallFigures(books: WaterfallBooks, waterfall: Waterfall): WaterfallFigures[] {
  const { table, shortfalls, held } = books
  const totals = wholeTotals(
    books.totals,
    table.instruments.map(({ tier }) => tier?.width ?? 0n),
  )
  const keys = table.instruments.map((_, i) => keysOf(i))
  const loans = table.instruments.map(({ kind }, i) => (isDerivative(kind) ? 0n : totals[keys[i]!.short]!))
  const withLoans = keys.map(({ long, short }, i) => held.reserves[i]! + totals[short]! - totals[long]!)
  const ownOnly = withLoans.map((units, i) => units - loans[i]!)

  return marketScenarios(table).map(({ index, scenario: { values } }) => {
    const worthOf = (units: readonly bigint[]): bigint =>
      units.reduce((sum, n, i) => sum + n * (n < 0n ? values[i]!.short : values[i]!.long), 0n)
    const own = aboveZero(worthOf(ownOnly))
    const start = worthOf(withLoans)
    const need = shortfalls[index]! + aboveZero(-start)
    let uncovered = need
    const absorb = (layer: WaterfallFigures['layers'][number]['layer'], worth: bigint, cap = worth) => {
      const absorbed = least(uncovered, worth, cap)
      uncovered -= absorbed
      return { layer, worth, absorbed }
    }
    let units = withLoans
    let fund = 0n
    const named = waterfall.layers.map(({ layer, cap }) => {
      const before = worthOf(units)
      units = units.map((n, i) => n + held[layer][i]!)
      const alone = worthOf(table.instruments.map((_, i) => held[layer][i]!))
      fund += least(alone, cap ?? alone)
      return absorb(layer, worthOf(units) - before, cap)
    })
    const rest = [absorb('reserves', own), absorb('loans', aboveZero(start) - own)]
    return { scenario: index, need, layers: [...named, ...rest], uncovered, fund }
  })
}

/** The largest shortfalls of one scenario against the layers of the policy, when nothing else is there. */
export function coverFigures(
  { fund }: Pick<WaterfallFigures, 'fund'>,
  largest: readonly bigint[],
): { needed: bigint; covered: boolean } {
  const needed = largest.reduce((sum, shortfall) => sum + shortfall, 0n)
  return { needed, covered: needed <= fund }
}

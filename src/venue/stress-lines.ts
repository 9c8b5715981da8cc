import { formatDecimal, keysOf } from '../field/index.js'
import type { Reserves } from '../reserves/index.js'
import type { RiskTable, TableSizes } from '../risk/index.js'
import {
  layersTogether,
  type SolvencyLedger,
  totalsByRow,
  type Waterfall,
  type WaterfallBooks,
  type WaterfallFigures,
  waterfallFigures,
} from '../statements/index.js'

/** One scenario of a venue. Amounts are exact, in whole units of the quote currency, and the venue's own. */
export interface StressLine {
  scenario: string
  quote: string
  /** The venue's debt to accounts above zero in it. */
  owed: string
  /** Of that, what accounts below zero would have had to bring. */
  shortfalls: string
  /** The value of reserves and of the waterfall's layers in it. */
  held: string
  /**
   * The amount to absorb: the shortfalls, and what reserves and loans lack to cover the balances of
   * customers.
   */
  need: string
  /** Who absorbs it, first to last; what a layer is worth, it adds to those before it. */
  layers: { layer: WaterfallFigures['layers'][number]['layer']; worth: string; absorbed: string }[]
  uncovered: string
}

/** The books that a folded ledger comes to. */
export function booksOf(
  table: RiskTable,
  { totals, state }: Pick<SolvencyLedger, 'totals' | 'state'>,
  sizes: TableSizes,
  held: Reserves,
): WaterfallBooks {
  return {
    table,
    totals: totalsByRow(totals, table, sizes),
    shortfalls: state.shortfalls.map(({ sum }) => sum),
    held,
  }
}

/** A venue's debts and holdings in each scenario, and who pays for shortfalls. */
export function stressLines(
  books: WaterfallBooks,
  waterfall: Waterfall,
  figures = waterfallFigures(books, waterfall),
): StressLine[] {
  const { table, totals, shortfalls, held } = books
  const layers = layersTogether(held, waterfall)
  const amount = (value: bigint) => formatDecimal(value, table.valueDecimals)
  return figures.map(({ scenario: s, need, layers: steps, uncovered }) => {
    const { name, values } = table.scenarios[s]!
    let owes = shortfalls[s]!
    let holds = 0n
    for (const [i, { long, short }] of values.entries()) {
      const keys = keysOf(i)
      owes += totals[keys.long]! * long - totals[keys.short]! * short
      holds += (held.reserves[i]! + layers[i]!) * long
    }
    return {
      scenario: name,
      quote: table.quote,
      owed: amount(owes),
      shortfalls: amount(shortfalls[s]!),
      held: amount(holds),
      need: amount(need),
      layers: steps.map(({ layer, worth, absorbed }) => ({
        layer,
        worth: amount(worth),
        absorbed: amount(absorbed),
      })),
      uncovered: amount(uncovered),
    }
  })
}

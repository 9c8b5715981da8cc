import { formatDecimal } from '../field/index.js'
import { isSettledAtMark, type RiskTable } from '../risk/index.js'
import type { Judge } from './judge.js'
import type { Layout } from './layout.js'
import { quantityReader } from './quantity.js'

/** Values of a long and of a short unit of each instrument in turn, and who is below zero by them. */
interface World {
  /** None for the mark. */
  scenario: string | undefined
  values: bigint[]
  accounts: number
  shortfall: bigint
  /** The largest shortfalls, largest first. */
  largest: { account: string; shortfall: bigint }[]
}

/**
 * Holds accounts to a risk table: an account is worth its long units at their long value less its short units at their short
 * value, at mark and in each scenario. At its mark a perp or a future is worth nothing: what it gained is in cash. Without
 * scenarios no quantity is negative.
 *
 * @param largest how many of the largest shortfalls of each scenario to name
 */
export function tableJudge(table: RiskTable, layout: Layout, largest: number): Judge {
  const { instruments } = table
  const worlds: World[] = [
    {
      scenario: undefined,
      values: instruments.flatMap(({ kind, mark }) => (isSettledAtMark(kind) ? [0n, 0n] : [mark, mark])),
      accounts: 0,
      shortfall: 0n,
      largest: [],
    },
    ...table.scenarios.map(({ name, values }) => ({
      scenario: name,
      values: values.flatMap(({ long, short }) => [long, short]),
      accounts: 0,
      shortfall: 0n,
      largest: [],
    })),
  ]
  const totals = new Array<bigint>(2 * instruments.length).fill(0n)
  const amount = (instrument: number, quantity: bigint) =>
    formatDecimal(quantity, instruments[instrument]!.decimals)
  const value = (units: bigint) => formatDecimal(units, table.valueDecimals)

  return {
    read: quantityReader(layout, table),
    refuses(key, quantity) {
      if (quantity >= 0n || table.scenarios.length > 0) return undefined
      return {
        severity: 'error',
        code: 'LEDGER_NEGATIVE',
        reason: 'a loan or a short where the risk table has no scenario to judge it by',
        instrument: instruments[key >> 1]!.symbol,
        amounts: { quantity: amount(key >> 1, quantity) },
      }
    },
    take(held, note, account) {
      const equities = new Array<bigint>(worlds.length).fill(0n)
      for (const [cell, quantity] of held) {
        const isShort = quantity < 0n
        const key = 2 * (cell >> 1) + (isShort ? 1 : 0)
        totals[key]! += isShort ? -quantity : quantity
        for (let w = 0; w < equities.length; w++) equities[w]! += quantity * worlds[w]!.values[key]!
      }
      for (const [w, equity] of equities.entries()) {
        if (equity >= 0n) continue
        const world = worlds[w]!
        world.accounts++
        world.shortfall -= equity
        keepLargest(world.largest, { account, shortfall: -equity }, largest)
        const { scenario } = world
        note({
          severity: scenario === undefined ? 'error' : 'warning',
          code: scenario === undefined ? 'EQUITY_BELOW_ZERO' : 'SCENARIO_SHORTFALL',
          reason: `equity below zero ${scenario === undefined ? 'at mark' : `in ${scenario}`}`,
          ...(scenario === undefined ? {} : { scenario }),
          amounts: { equity: value(equity), shortfall: value(-equity) },
        })
      }
    },
    totals: () =>
      Object.fromEntries(
        instruments.map(({ symbol }, i) => [
          symbol,
          { long: amount(i, totals[2 * i]!), short: amount(i, totals[2 * i + 1]!) },
        ]),
      ),
    scenarios: () =>
      worlds.slice(1).map((world) => ({
        name: world.scenario!,
        accounts: world.accounts,
        shortfall: value(world.shortfall),
        largest: world.largest.map(({ account, shortfall }) => ({ account, shortfall: value(shortfall) })),
      })),
    notes: () => layout.notes,
  }
}

/** Puts one more into a list of the largest, which stays in order and never grows beyond `count`. */
function keepLargest(list: World['largest'], one: World['largest'][number], count: number): void {
  const smallest = list[count - 1]
  if (smallest !== undefined && smallest.shortfall >= one.shortfall) return
  const place = list.findIndex(({ shortfall }) => shortfall < one.shortfall)
  list.splice(place === -1 ? list.length : place, 0, one)
  list.length = Math.min(list.length, count)
}

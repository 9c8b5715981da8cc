import { formatDecimal, keyOf } from '../field/index.js'
import { assetsOf, isTiered, marketScenarios, type RiskTable } from '../risk/index.js'
import { isSettledAtMark } from '../rules/index.js'
import { instrumentsOf, type Layout } from './columns.js'
import { holdingsOf, slotsOf } from './holdings.js'
import { InstrumentSums } from './instrument-sums.js'
import type { Judge } from './judge.js'
import { cutNotes, quantityReader } from './quantity.js'
import { tierFaults } from './tier-faults.js'

/** Values of a long and of a short unit of each row in turn, and who is below zero by them. */
interface World {
  /** None for the mark. */
  scenario: string | undefined
  values: bigint[]
  accounts: number
  shortfall: bigint
  /** The largest shortfalls, largest first. */
  largest: { account: string; shortfall: bigint }[]
}

export interface JudgeOptions {
  /** How many of the largest shortfalls of each scenario to name. */
  largest: number
  /** Slots that an account may have. */
  maxSlots: number
  /** Whether to say what accounts are worth. */
  valued: boolean
}

/**
 * Holds accounts to a risk table: an account is worth its long units at their long value less its short units at their short
 * value, at mark and in each scenario. At its mark a perp or a future is worth nothing: what it gained is in cash. Without
 * scenarios no quantity is negative. By a table with tiers an account is held to its collateral (see `tierFaults`), which is never
 * above what it has at mark, and to the scenarios after the collateral column.
 *
 */
export function tableJudge(table: RiskTable, layout: Layout, options: JudgeOptions): Judge {
  const { largest, maxSlots, valued } = options
  const assets = assetsOf(table)
  const list = instrumentsOf(table)
  const totals = new InstrumentSums(list)
  const world = (scenario: string | undefined, values: bigint[]): World => ({
    scenario,
    values,
    accounts: 0,
    shortfall: 0n,
    largest: [],
  })
  const marks = table.instruments.flatMap(({ kind, mark }) =>
    isSettledAtMark(kind) ? [0n, 0n] : [mark, mark],
  )
  const stress = marketScenarios(table).map(({ scenario: { name, values } }) =>
    world(
      name,
      values.flatMap(({ long, short }) => [long, short]),
    ),
  )
  const worlds = !valued ? [] : isTiered(table) ? stress : [world(undefined, marks), ...stress]
  const value = (units: bigint) => formatDecimal(units, table.valueDecimals)
  let cut = 0

  return {
    read: quantityReader(layout, list, () => cut++),
    refuses(key, quantity) {
      if (quantity >= 0n || table.scenarios.length > 0) return undefined
      const { symbol, decimals } = assets[key >> 1]!
      return {
        severity: 'error',
        code: 'LEDGER_NEGATIVE',
        reason: 'a loan or a short where the risk table has no scenario to judge it by',
        instrument: symbol,
        amounts: { quantity: formatDecimal(quantity, decimals) },
      }
    },
    take(held, note, account) {
      const holdings = holdingsOf(held, list, layout.format)
      const slots = slotsOf(holdings, assets)
      for (const holding of holdings) totals.add(holding)
      for (const fault of tierFaults(table, assets, holdings, slots)) note(fault)
      if (slots.length > maxSlots) {
        note({
          severity: 'error',
          code: 'LEDGER_SLOTS',
          reason: `${slots.length} slots, and no instance for this risk table takes more than ${maxSlots}`,
          amounts: {},
        })
      }
      const equities = new Array<bigint>(worlds.length).fill(0n)
      for (const slot of slots) {
        const key = keyOf(slot)
        for (let w = 0; w < equities.length; w++) equities[w]! += slot.quantity * worlds[w]!.values[key]!
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
      return slots.length
    },
    totals: () => totals.bySymbol(),
    scenarios: () =>
      stress.map((world) => ({
        name: world.scenario!,
        accounts: world.accounts,
        shortfall: value(world.shortfall),
        largest: world.largest.map(({ account, shortfall }) => ({ account, shortfall: value(shortfall) })),
      })),
    notes: () => [...layout.notes, ...cutNotes(cut)],
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

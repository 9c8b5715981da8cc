import { formatDecimal } from '../../field/index.js'
import type { Accrued, StressScenario } from '../../models/index.js'
import type { RiskTable } from '../../risk/index.js'
import { apart, type Text } from '../terminal/layout.js'
import { facts, table } from '../terminal/table.js'
import { shownMove } from './amounts.js'

/** The result of `risk build`. */
export interface BuildResult {
  rule: string
  model: string
  instruments: number
  scenarios: number
  requirements: readonly string[]
  valueDecimals: number
}

/** @param within whether the rule was written into a risk table */
export function buildView(result: BuildResult, { quote, within }: { quote: string; within: boolean }): Text {
  return facts([
    [within ? 'risk table with the rule' : 'margin rule', result.rule],
    ['model', result.model],
    ['instruments', result.instruments],
    ['scenarios', result.scenarios],
    ['requirements', result.requirements.join(', ')],
    ['unit of value', `10^-${result.valueDecimals} ${quote}`],
  ])
}

/** The result of `risk table`. */
export interface ListedResult {
  risk: string
  quote: string
  valueDecimals: number
  instruments: number
}

export function listedView({ risk, quote, valueDecimals, instruments }: ListedResult): Text {
  return facts([
    ['risk table', risk],
    ['instruments', instruments],
    ['unit of value', `10^-${valueDecimals} ${quote}`],
  ])
}

export function scenariosView(scenarios: readonly StressScenario[]): Text {
  return apart(
    scenarios.map(({ name, date, title, window, venue, moves, fallback, volatility, source, caveat }) => [
      `${name} · ${date ?? 'no single day'} · ${title}`,
      `  over: ${window}, ${venue}`,
      `  moves: ${Object.entries(moves)
        .map(([asset, move]) => `${asset} ${shownMove(move)}`)
        .join(', ')}`,
      `  others: ${shownMove(fallback.asset)}, stablecoins ${shownMove(fallback.stablecoin)}`,
      `  volatility: ${shownMove(volatility)}`,
      `  source: ${source}`,
      `  caveat: ${caveat}`,
    ]),
  )
}

/** One whole unit of an instrument at mark and in each scenario, as exact decimals. */
export interface StressedInstrument {
  symbol: string
  mark: string
  scenarios: readonly { long: string; short: string }[]
}

/** The values that a table was given, of all instruments but tiers. */
export function stressedInstruments(
  table: RiskTable,
  scenarios: RiskTable['scenarios'],
): StressedInstrument[] {
  const worth = (value: bigint, decimals: number) =>
    formatDecimal(value * 10n ** BigInt(decimals), table.valueDecimals)
  return table.instruments.flatMap(({ symbol, mark, decimals, tier }, i) => {
    if (tier !== undefined) return []
    const sides = scenarios.map(({ values }) => ({
      long: worth(values[i]!.long, decimals),
      short: worth(values[i]!.short, decimals),
    }))
    return [{ symbol, mark: worth(mark, decimals), scenarios: sides }]
  })
}

export function stressView(scenarios: readonly string[], instruments: readonly StressedInstrument[]): Text {
  return table(
    ['long / short unit', 'mark', ...scenarios],
    instruments.map((row) => [
      row.symbol,
      row.mark,
      ...row.scenarios.map(({ long, short }) => (long === short ? long : `${long} / ${short}`)),
    ]),
  )
}

/** The result of `risk tiers`. */
export interface TiersResult {
  risk: string
  quote: string
  /** How many assets the table has. */
  assets: number
  /** Whole units that a tier takes at most, and the value of one in it, as exact decimals. */
  tiers: readonly { symbol: string; width: string; value: string }[]
}

/** The tiers of a risk table. */
export function tierRows(risk: RiskTable): TiersResult['tiers'] {
  return risk.instruments.flatMap(({ symbol, decimals, tier }, row) => {
    if (tier === undefined) return []
    const value = risk.scenarios[0]!.values[row]!.long * 10n ** BigInt(decimals)
    return [
      {
        symbol,
        width: formatDecimal(tier.width, decimals),
        value: formatDecimal(value, risk.valueDecimals),
      },
    ]
  })
}

export function tiersView({ risk, quote, assets, tiers }: TiersResult): Text {
  return [
    table(
      ['tier', 'takes at most', `a unit counts for, ${quote}`],
      tiers.map(({ symbol, width, value }) => [symbol, width, value]),
    ),
    `${assets} assets and ${tiers.length} tiers in ${risk}`,
  ]
}

/** What `risk accrue` charged and paid. */
export function accruedView(risk: string, accrued: readonly Accrued[]): Text {
  return apart([
    facts([['risk table', risk]]),
    table(
      ['', 'lent', 'a year', 'long index', 'short index', 'charged', 'paid', 'lost', 'given back'],
      accrued.map(({ symbol, utilisation, rate, after, charged, paid, lost, recovered }) => [
        symbol,
        utilisation,
        rate,
        after.long,
        after.short,
        charged,
        paid,
        lost,
        recovered,
      ]),
    ),
    ...accrued
      .filter(({ recoveredStep }) => recoveredStep !== '0')
      .map(({ symbol, recoveredStep }) => `settle it with --recovered ${symbol}=${recoveredStep}`),
  ])
}

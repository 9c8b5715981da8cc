import { InputError } from '../../errors/index.js'
import { symbolFault, VALUE_BITS } from '../../field/index.js'
import { COLLATERAL, type Instrument, type RiskTable } from '../table.js'
import { tierKeys } from './keys.js'
import { assertTiers } from './rules.js'
import { PLEDGES, TIER_VALUE_DECIMALS, type TierInstrument, type TierTable } from './table.js'

/** A hundredth of a value is a whole number: percentages are exact. */
const PERCENT_DECIMALS = 2

/**
 * A tier table as a risk table, which accounts can be proven by: each asset is a row, followed by one row for
 * each tier of each of its lists, such as `BTC:loan:1`. The one scenario is the collateral column: a unit of
 * a tier counts for its percentage of the mark, one that is not pledged for nothing, one that is owed for its
 * mark. Every asset is of kind spot, as a tier table says nothing of kinds.
 *
 * @param at.timestamp of the prices, seconds since 1970-01-01 UTC
 *
 * @example
 * const table = tierRiskTable(await readTierTable('tiers.csv'), { timestamp: 1_767_225_600 })
 *
 * @throws {InputError} `TIERS_NONE` when no tier counts for anything, `TIERS_SYMBOL` when a row's symbol
 * comes to more than 31 bytes, `TIERS_DUPLICATE_SYMBOL`, `TIERS_PRICE` when a hundredfold price does not stay
 * below 2^64
 */
export function tierRiskTable(table: TierTable, at: { timestamp: number }): RiskTable {
  const rows = table.instruments.flatMap(assetRows)
  const symbols = new Set<string>()
  for (const { symbol } of rows.map(({ instrument }) => instrument)) {
    if (symbols.has(symbol)) {
      throw new InputError('TIERS_DUPLICATE_SYMBOL', `${symbol} is a tier and an asset`, {
        hint: 'Give the asset another symbol.',
      })
    }
    symbols.add(symbol)
  }
  if (rows.length === table.instruments.length) {
    throw new InputError('TIERS_NONE', 'no tier of any asset counts for anything', {
      hint: 'Accounts that pledge nothing need no tiers: use a risk table (JSON).',
    })
  }
  const risk: RiskTable = {
    timestamp: at.timestamp,
    quote: table.quote,
    valueDecimals: TIER_VALUE_DECIMALS + PERCENT_DECIMALS,
    instruments: rows.map(({ instrument }) => instrument),
    scenarios: [
      { name: COLLATERAL, values: rows.map(({ instrument: { mark }, long }) => ({ long, short: mark })) },
    ],
  }
  assertTiers(risk)
  return risk
}

/** The rows of one asset, and what a long unit of each counts for. */
function assetRows(asset: TierInstrument): { instrument: Instrument; long: bigint }[] {
  const { symbol, decimals } = asset
  const mark = asset.mark * 10n ** BigInt(PERCENT_DECIMALS)
  if (mark >> BigInt(VALUE_BITS)) {
    throw new InputError(
      'TIERS_PRICE',
      `the price of one smallest unit of ${symbol} is too high for a proof`,
      {
        hint: `In 10^-${TIER_VALUE_DECIMALS + PERCENT_DECIMALS} of the quote currency it must stay below 2^${VALUE_BITS}.`,
      },
    )
  }
  const base: Instrument = { symbol, kind: 'spot', decimals, mark }
  const tiers = PLEDGES.flatMap((list) =>
    tierKeys(asset.mark, asset.tiers[list]).map(({ unitValue, width }, i) => {
      const name = `${symbol}:${list}:${i + 1}`
      const fault = symbolFault(name)
      if (fault !== undefined) {
        throw new InputError('TIERS_SYMBOL', `${name} ${fault}`, {
          hint: 'Shorten the symbol of the asset, here and in the accounts.',
        })
      }
      return { instrument: { ...base, symbol: name, tier: { list, width } }, long: unitValue }
    }),
  )
  return [{ instrument: base, long: 0n }, ...tiers]
}

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { InputError } from '../../../../src/errors/index.js'
import {
  PLEDGES,
  type RiskTable,
  type Tier,
  type TierTable,
  tierKeys,
  tierRiskTable,
} from '../../../../src/risk/index.js'
import { tierTables } from '../../../helpers/tiers-arbitrary.js'

const USDT = 10n ** 16n
const tier = (bound: number, percent: number): Tier => ({
  bound: BigInt(bound) * USDT,
  percent: BigInt(percent),
})
const none = { loan: [], margin: [], portfolio: [] }
/** A unit of btc costs 0.0005 USDT, one of shib 10^-7. */
const TABLE: TierTable = {
  quote: 'USDT',
  valueDecimals: 16,
  instruments: [
    {
      symbol: 'btc',
      decimals: 8,
      mark: 5n * 10n ** 12n,
      tiers: {
        loan: [tier(10_000, 100), tier(20_000, 90), tier(30_000, 0)],
        margin: [],
        portfolio: [tier(1, 50)],
      },
    },
    { symbol: 'shib', decimals: 2, mark: 10n ** 9n, tiers: none },
  ],
  notes: [],
}
const NOW = { timestamp: 1_767_225_600 }
const refusal = (table: TierTable): InputError => {
  try {
    tierRiskTable(table, NOW)
  } catch (error) {
    if (error instanceof InputError) return error
  }
  throw new Error('nothing thrown')
}
const symbolsOf = ({ instruments }: RiskTable) => instruments.map(({ symbol }) => symbol)

describe('a tier table as a risk table (risk.6)', () => {
  test('has a row for every asset and for every tier that counts, at exact values', () => {
    const mark = 5n * 10n ** 14n
    const spot = { kind: 'spot', decimals: 8, mark }
    expect(tierRiskTable(TABLE, NOW)).toEqual({
      timestamp: 1_767_225_600,
      quote: 'USDT',
      valueDecimals: 18,
      instruments: [
        { symbol: 'btc', ...spot },
        { symbol: 'btc:loan:1', ...spot, tier: { list: 'loan', width: 20_000_000n } },
        { symbol: 'btc:loan:2', ...spot, tier: { list: 'loan', width: 20_000_000n } },
        { symbol: 'btc:portfolio:1', ...spot, tier: { list: 'portfolio', width: 2_000n } },
        { symbol: 'shib', kind: 'spot', decimals: 2, mark: 10n ** 11n },
      ],
      scenarios: [
        {
          name: 'collateral',
          values: [
            { long: 0n, short: mark },
            { long: mark, short: mark },
            { long: (mark * 9n) / 10n, short: mark },
            { long: mark / 2n, short: mark },
            { long: 0n, short: 10n ** 11n },
          ],
        },
      ],
    })
  })

  test('takes a symbol as long as its tiers leave room for, and no longer one', () => {
    const [btc, shib] = TABLE.instruments
    const named = (symbol: string) => ({ ...TABLE, instruments: [{ ...btc!, symbol }, shib!] })
    expect(symbolsOf(tierRiskTable(named('x'.repeat(19)), NOW))[3]).toBe(`${'x'.repeat(19)}:portfolio:1`)
    expect(refusal(named('x'.repeat(20)))).toMatchObject({ code: 'TIERS_SYMBOL' })
    // An asset without tiers may have them all.
    expect(
      symbolsOf(tierRiskTable({ ...TABLE, instruments: [btc!, { ...shib!, symbol: 'x'.repeat(31) }] }, NOW)),
    ).toContain('x'.repeat(31))
  })

  test.each<[string, string, (table: TierTable['instruments']) => TierTable['instruments']]>([
    ['TIERS_NONE', 'no tier counts for anything', ([btc, shib]) => [{ ...btc!, tiers: none }, shib!]],
    ['TIERS_NONE', 'everything is worthless', ([btc, shib]) => [{ ...btc!, mark: 0n }, shib!]],
    [
      'TIERS_PRICE',
      'a hundredfold price has 65 bits',
      ([btc, shib]) => [{ ...btc!, mark: 2n ** 64n / 100n + 1n }, shib!],
    ],
    [
      'TIERS_DUPLICATE_SYMBOL',
      'an asset is called as a tier is',
      ([btc, shib]) => [btc!, { ...shib!, symbol: 'btc:loan:1' }],
    ],
    [
      'RISK_TIER_SYMBOL',
      'an asset is called as a pledge is',
      ([btc, shib]) => [btc!, { ...shib!, symbol: 'btc:loan' }],
    ],
  ])('is refused with %s when %s', (code, _, change) => {
    const error = refusal({ ...TABLE, instruments: change(TABLE.instruments) })
    expect(error.code).toBe(code)
    expect(error.hint).toBeDefined()
  })

  test('has the keys of every list of every asset, whatever the table', () => {
    fc.assert(
      fc.property(tierTables, (table) => {
        const risk = tierRiskTable(table, NOW)
        const [column] = risk.scenarios
        let row = 0
        for (const asset of table.instruments) {
          expect(risk.instruments[row]).toMatchObject({ symbol: asset.symbol, mark: asset.mark * 100n })
          expect(column!.values[row++]).toEqual({ long: 0n, short: asset.mark * 100n })
          for (const list of PLEDGES) {
            for (const { unitValue, width } of tierKeys(asset.mark, asset.tiers[list])) {
              expect(risk.instruments[row]).toMatchObject({ mark: asset.mark * 100n, tier: { list, width } })
              expect(column!.values[row++]).toEqual({ long: unitValue, short: asset.mark * 100n })
            }
          }
        }
        expect(risk.instruments).toHaveLength(row)
      }),
    )
  })
})

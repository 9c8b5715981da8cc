import { describe, expect, test } from 'vitest'
import { describeCollateral, describeMoves, type RiskTable } from '../../../src/risk/index.js'

const spot = { kind: 'spot', decimals: 2, mark: 100n } as const
const TABLE: RiskTable = {
  timestamp: 0,
  quote: 'USD',
  valueDecimals: 4,
  instruments: [
    { symbol: 'BTC', ...spot },
    { symbol: 'BTC:loan:1', ...spot, tier: { list: 'loan', width: 5n } },
    { symbol: 'BTC-PERP', kind: 'perp', decimals: 2, mark: 100n },
  ],
  scenarios: [
    {
      name: 'collateral',
      values: [
        { long: 0n, short: 100n },
        { long: 90n, short: 100n },
        { long: 0n, short: 0n },
      ],
    },
    {
      name: 'crash',
      values: [
        { long: 60n, short: 60n },
        { long: 0n, short: 60n },
        { long: -30n, short: -30n },
      ],
    },
  ],
}

describe('what a scenario of a table with tiers is said to do (risk.12)', () => {
  test('its moves are those of instruments: no tier, which nobody has to hold, speaks for one', () => {
    expect(describeMoves(TABLE, TABLE.scenarios[1]!)).toBe('BTC -40 %, derivatives BTC-PERP -30 %')
  })

  test('what has no mark and is worth something is named: accounts could be rich in it (risk.12)', () => {
    const [collateral, crash] = TABLE.scenarios
    const more = {
      ...TABLE,
      instruments: [
        ...TABLE.instruments,
        { symbol: 'FAR-PUT', kind: 'option', decimals: 2, mark: 0n } as const,
        { symbol: 'OWN', ...spot, mark: 0n },
        { symbol: 'DEAD', ...spot, mark: 0n },
      ],
      scenarios: [
        collateral!,
        {
          name: 'crash',
          values: [
            ...crash!.values,
            { long: 0n, short: 7n },
            { long: 5n, short: 5n },
            { long: 0n, short: 0n },
          ],
        },
      ],
    }
    const moves = 'BTC -40 %, derivatives BTC-PERP -30 %, worth something without a mark:'
    expect(describeMoves(more, more.scenarios[1]!)).toBe(`${moves} OWN`)
    expect(describeMoves(more, more.scenarios[1]!, 'short')).toBe(`${moves} OWN, FAR-PUT`)
  })

  test('the collateral column names what counts without being pledged, and what can be owed for nothing', () => {
    const plain = 'no account owes more than its collateral counts for, tier by tier'
    expect(describeCollateral(TABLE)).toBe(plain)
    const [collateral, ...rest] = TABLE.scenarios
    const more = {
      ...TABLE,
      instruments: [...TABLE.instruments, { symbol: 'ETH', ...spot }, { symbol: 'ZERO', ...spot, mark: 0n }],
      scenarios: [
        {
          name: 'collateral',
          values: [...collateral!.values, { long: 70n, short: 100n }, { long: 0n, short: 0n }],
        },
        ...rest,
      ],
    }
    expect(describeCollateral(more)).toBe(
      `${plain}; counted though not pledged: ETH 70 %; without a price, so that debts cost nothing: ZERO`,
    )
    const held = (symbol: string) => ({ symbol, ...spot, tier: { list: 'holding', width: 5n } }) as const
    const tiered = {
      ...TABLE,
      instruments: [{ symbol: 'OWN', ...spot }, held('OWN:1'), held('OWN:2')],
      scenarios: [
        { name: 'collateral', values: [0n, 95n, 50n].map((long) => ({ long, short: 100n })) },
        ...rest,
      ],
    }
    expect(describeCollateral(tiered), 'tiers of what nobody has to pledge').toBe(
      `${plain}; counted though not pledged: OWN up to 95 %`,
    )
  })
})

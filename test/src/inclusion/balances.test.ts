import { describe, expect, test } from 'vitest'
import { balancesOf } from '../../../src/inclusion/balances.js'
import { tierRiskTable } from '../../../src/risk/index.js'

const tier = (bound: number, percent: number) => ({
  bound: BigInt(bound) * 10n ** 16n,
  percent: BigInt(percent),
})
/** Rows: btc, loan 1 and 2, margin 1; eth, portfolio 1. */
const table = tierRiskTable(
  {
    quote: 'USDT',
    valueDecimals: 16,
    instruments: [
      {
        symbol: 'btc',
        decimals: 8,
        mark: 5n * 10n ** 12n,
        tiers: { loan: [tier(100, 100), tier(200, 85)], margin: [tier(100, 7)], portfolio: [] },
      },
      {
        symbol: 'eth',
        decimals: 8,
        mark: 10n ** 11n,
        tiers: { loan: [], margin: [], portfolio: [tier(100, 99)] },
      },
    ],
    notes: [],
  },
  { timestamp: 0 },
)
const slots = (...list: [instrument: number, quantity: string][]) => ({
  slots: list.map(([instrument, quantity]) => ({
    instrument,
    symbol: table.instruments[instrument]!.symbol,
    quantity,
  })),
})

describe('the balances of an inclusion file (inclusion.1)', () => {
  test('say of a tier which one it is, of what list of what instrument, and what it counts for', () => {
    const file = slots([0, '1.5'], [0, '-0.25'], [1, '0.002'], [2, '0.001'], [3, '0.1'], [5, '7'], [0, '0'])
    expect(balancesOf(file, table)).toEqual([
      { instrument: 'btc', kind: 'spot', quantity: '1.5' },
      { instrument: 'btc', kind: 'spot', quantity: '-0.25' },
      {
        instrument: 'btc:loan:1',
        kind: 'spot',
        quantity: '0.002',
        tier: { of: 'btc', list: 'loan', number: 1, percent: '100' },
      },
      {
        instrument: 'btc:loan:2',
        kind: 'spot',
        quantity: '0.001',
        tier: { of: 'btc', list: 'loan', number: 2, percent: '85' },
      },
      {
        instrument: 'btc:margin:1',
        kind: 'spot',
        quantity: '0.1',
        tier: { of: 'btc', list: 'margin', number: 1, percent: '7' },
      },
      {
        instrument: 'eth:portfolio:1',
        kind: 'spot',
        quantity: '7',
        tier: { of: 'eth', list: 'portfolio', number: 1, percent: '99' },
      },
    ])
  })

  test('are slots alone where the table has no tier', () => {
    const bare = { instruments: table.instruments.filter(({ tier }) => tier === undefined), scenarios: [] }
    const file = {
      slots: [
        { instrument: 1, symbol: 'eth', quantity: '3' },
        { instrument: 0, symbol: 'btc', quantity: '0' },
      ],
    }
    expect(balancesOf(file, bare)).toEqual([{ instrument: 'eth', kind: 'spot', quantity: '3' }])
  })
})

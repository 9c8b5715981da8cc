import { RISK } from '../../scripts/soundness/samples/venue.js'
import { parseRiskTable } from '../../src/risk/index.js'
import { FULL_RESERVES } from '../../src/statements/index.js'
import type { SampleAccount, SampleBooks } from './epoch.js'

const [BTC, , USDT] = RISK.instruments
export const coin = (units: number): bigint => BigInt(Math.round(units * 1e8))
export const cash = (units: number): bigint => BigInt(Math.round(units * 1e6))

/** Two coins and a perp, a fall of the price, and what accounts have to hold beyond it. */
export const STRESS_RISK = {
  ...RISK,
  instruments: [BTC, { symbol: 'PERP', kind: 'perp', decimals: 8, mark: '97010' }, USDT],
  scenarios: [
    {
      name: 'crash',
      values: {
        BTC: { long: '48000', short: '49000' },
        PERP: { long: '-49000', short: '-48000' },
        USDT: { long: '0.99', short: '1.01' },
      },
    },
    {
      name: 'maintenance',
      requirement: true,
      values: {
        BTC: { long: '87300', short: '106700' },
        PERP: { long: '-9700', short: '9700' },
        USDT: { long: '1', short: '1.01' },
      },
    },
  ],
}

/** Long positions alone. */
export const LONG: SampleAccount[] = [[['BTC', coin(2.5)]], [['USDT', cash(7)]]]
/** Both sides of a perp, a loan, and one account below zero in the crash and below maintenance. */
export const STRESSED: SampleAccount[] = [
  [
    ['USDT', cash(50_000.25)],
    ['PERP', coin(1)],
  ],
  [
    ['USDT', cash(200_000)],
    ['PERP', -coin(1)],
  ],
  [
    ['BTC', coin(0.1)],
    ['USDT', -cash(9000)],
  ],
]

/** Books of the tiny instances with plain and stressed batches, two scenarios, and a policy with bounds. */
export const STRESS_BOOKS: SampleBooks = {
  table: parseRiskTable(JSON.stringify(STRESS_RISK), 'risk.json'),
  batches: [
    { instance: 'ledger-tiny', accounts: LONG },
    { instance: 'ledger-tiny-stress', accounts: STRESSED },
  ],
  solvency: 'solvency-tiny-stress',
  reserves: { BTC: coin(2.6), USDT: cash(250_007.25) },
  insurance: { USDT: cash(5000) },
  policy: { ...FULL_RESERVES, limits: { maintenance: { accounts: 1, shortfall: '360' } } },
}

const tier = (number: number, width: string) => ({
  ...BTC,
  symbol: `BTC:loan:${number}`,
  tier: { list: 'loan', width },
})

/** A table with tiers, and a batch of pledges. */
export const TIER_BOOKS: SampleBooks = {
  table: parseRiskTable(
    JSON.stringify({
      ...RISK,
      instruments: [BTC, tier(1, '0.2'), tier(2, '1'), USDT],
      scenarios: [
        {
          name: 'collateral',
          values: {
            BTC: { long: '0', short: '97000' },
            'BTC:loan:1': '97000',
            'BTC:loan:2': { long: '48500', short: '97000' },
            USDT: { long: '0', short: '1' },
          },
        },
        { name: 'crash', values: { BTC: '60000', 'BTC:loan:1': '60000', 'BTC:loan:2': '60000', USDT: '1' } },
      ],
    }),
    'risk.json',
  ),
  batches: [
    { instance: 'ledger-tiny', accounts: [[['BTC', coin(1)]]] },
    {
      instance: 'ledger-tiny-pledged',
      accounts: [
        [
          ['BTC:loan:1', coin(0.2)],
          ['BTC:loan:2', coin(0.1)],
          ['USDT', -cash(17_000)],
        ],
      ],
    },
  ],
  solvency: 'solvency-tiny-tiers',
  reserves: { BTC: coin(1.3) },
}

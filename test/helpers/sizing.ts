import type { Slot } from '../../src/field/index.js'
import type { SizingBooks } from '../../src/models/index.js'
import type { Depth } from '../../src/models/sizing/depth.js'
import type { RiskTable } from '../../src/risk/index.js'
import type { MarginRule } from '../../src/rules/index.js'
import { resolveLiquidation } from '../../src/statements/index.js'

/** Values count cents, and prices of levels 10^-18 dollars. */
export const CENTS = 2
export const dollars = (amount: number) => BigInt(Math.round(amount * 100))
const price = (amount: number) => dollars(amount) * 10n ** 16n
/** In the rule, values count 10^-12 dollars. */
const exact = (amount: number) => dollars(amount) * 10n ** 10n

/** Places of the instruments in the table. */
export const AT = { USDC: 0, PERP: 1, COIN: 2 } as const

/** Of a coin 90 % count, and of each coin or contract that is long or short 10 dollars are required. */
const margin: MarginRule = {
  model: 'hand',
  timestamp: 1_767_225_600,
  quote: 'USD',
  valueDecimals: 12,
  instruments: [
    { symbol: 'USDC', decimals: 2, value: { long: exact(0.01), short: exact(0.01) } },
    { symbol: 'PERP', decimals: 0, value: { long: 0n, short: 0n } },
    { symbol: 'COIN', decimals: 0, value: { long: exact(90), short: exact(100) } },
  ],
  exposures: ['PERP', 'COIN'].map((symbol) => ({
    name: symbol,
    adds: { sum: 'rate' },
    lines: [{ constant: 0n, terms: [{ symbol, long: exact(10), short: exact(10) }] }],
  })),
  requirements: [{ name: 'maintenance', threshold: 0n, charges: [{ sum: 'rate', factor: 10n ** 9n }] }],
  limits: [],
}

/** Contract and coin are at 100 dollars, and in the scenarios 10 up, or 20 down. */
export const table: RiskTable & { margin: MarginRule } = {
  timestamp: margin.timestamp,
  quote: 'USD',
  valueDecimals: CENTS,
  instruments: [
    { symbol: 'USDC', kind: 'stablecoin', decimals: 2, mark: 1n },
    { symbol: 'PERP', kind: 'perp', decimals: 0, mark: dollars(100) },
    { symbol: 'COIN', kind: 'spot', decimals: 0, mark: dollars(100) },
  ],
  scenarios: [
    { name: 'up', gain: 10 },
    { name: 'crash', gain: -20 },
  ].map(({ name, gain }) => {
    const both = (value: bigint) => ({ long: value, short: value })
    return { name, values: [both(1n), both(dollars(gain)), both(dollars(100 + gain))] }
  }),
  margin,
}

export const policy = resolveLiquidation(
  {
    ...{ requirement: 'maintenance', cash: 'USDC', trigger: '1', target: '1.2', backstop: '0.5' },
    ...{ penalty: '0.05', takeoverPenalty: '0.1', overshoot: '0' },
  },
  table,
)

/** 40 one dollar from the middle, which is 100, and 100 five dollars from it. */
const book = {
  bid: [
    { price: price(99), size: 40n },
    { price: price(95), size: 100n },
  ],
  ask: [
    { price: price(101), size: 40n },
    { price: price(105), size: 100n },
  ],
}

export const depth: Depth = new Map([
  ['PERP', book],
  ['COIN', book],
])

export const books: SizingBooks = { table, policy, depth, fund: 0n, impact: 1_000_000n }

/** An account, by dollars and whole units. */
export function holding(held: Partial<Record<keyof typeof AT, number>>): Slot[] {
  return Object.entries(held).map(([symbol, quantity]) => ({
    instrument: AT[symbol as keyof typeof AT],
    quantity: symbol === 'USDC' ? dollars(quantity) : BigInt(quantity),
  }))
}

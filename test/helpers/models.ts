import fc from 'fast-check'
import { Rational } from '../../src/field/index.js'
import { exactRule, type MarginModelName } from '../../src/models/index.js'
import type { RiskTable } from '../../src/risk/index.js'
import { isSettledAtMark, type ModelRule } from '../../src/rules/index.js'
import { pmrmParams, standardParams } from './derive.js'
import { head } from './margin.js'

const tenths = (min: number, max: number, decimals: number) =>
  fc.integer({ min, max }).map((n) => (n / 10 ** decimals).toFixed(decimals))
const price = tenths(1, 10 ** 9, 4)
const part = tenths(0, 999, 3)
const below = fc.tuple(part, part).map(([a, b]) => (Number(a) < Number(b) ? [a, b] : [b, a]))
const rate = tenths(1, 900, 3)
const borrowing = fc.option(
  fc
    .tuple(rate, rate)
    .map(([a, b]) => (Number(a) < Number(b) ? [b, a] : [a, b]))
    .map(([initial, maintenance]) => ({ initial, maintenance })),
  { nil: undefined },
)
const tiers = fc.tuple(rate, rate).map(([a, b]) => [
  { from: '0', rate: a },
  { from: '100000', rate: (Number(a) + Number(b)).toFixed(3) },
])
const spot = (symbol: string) =>
  fc
    .record({ kind: fc.constantFrom('spot', 'stablecoin'), price, collateral: below, borrowing })
    .map(({ collateral: [initial, maintenance], ...row }) => ({
      ...row,
      symbol,
      decimals: 6,
      collateral: { initial, maintenance },
    }))
const perp = (symbol: string) =>
  fc
    .record({
      kind: fc.constantFrom('perp', 'future'),
      decimals: fc.constantFrom(0, 8),
      price,
      initial: tiers,
    })
    .map((row) => {
      const maintenance = row.initial.map(({ from, rate }) => ({ from, rate: (Number(rate) / 2).toFixed(4) }))
      return { symbol, ...row, maintenance }
    })
const terms = (forward: number) =>
  fc
    .record({
      right: fc.constantFrom('call', 'put'),
      strike: fc.integer({ min: 50, max: 200 }),
      volatility: rate,
    })
    .map((option) => ({
      ...option,
      forward: forward.toFixed(2),
      strike: ((forward * option.strike) / 100).toFixed(2),
      secondsToExpiry: 2_592_000,
    }))
const asset = (symbol: string) =>
  fc
    .record({ price, counted: below, borrowable: fc.boolean() })
    .map(({ counted: [loanToValue, liquidationThreshold], ...row }) => ({
      ...row,
      symbol,
      decimals: 6,
      loanToValue,
      liquidationThreshold,
    }))
const unit = (name: string, index: number) =>
  fc.record({ own: borrowing, terms: terms(index), offset: part }).map(({ own, terms, offset }) => ({
    name,
    index: index.toFixed(2),
    priceRange: '0.18',
    buckets: 1,
    volatility: { up: '0.5', down: '0.25', minimumUp: '0.5', shortTermPower: '0.3', longTermPower: '0.13' },
    extremes: [{ price: '-0.5', weight: '0.35' }],
    offset,
    roll: { minimum: '0.002', yearly: '0' },
    instruments: [
      { kind: 'spot', symbol: name, decimals: 6, borrowing: own },
      { kind: 'linear', symbol: `${name}-PERP`, decimals: 6 },
      { kind: 'option', symbol: `${name}-OPTION`, decimals: 4, settlement: 'linear', terms },
    ],
  }))

/** Parameters of every model, random where rule and table could disagree. */
export const MODEL_PARAMS: Record<MarginModelName, fc.Arbitrary<object>> = {
  cross: fc
    .record({ spots: fc.tuple(spot('A'), spot('B')), perp: perp('P'), cashBorrowing: borrowing })
    .map(({ spots, perp, cashBorrowing }) => ({
      ...head('cross'),
      cashBorrowing,
      instruments: [...spots, perp],
    })),
  span16: fc.record({ terms: terms(5000), value: price }).map(({ terms, value }) => ({
    ...head('span16'),
    initialFactor: '1.1',
    commodities: [
      {
        name: 'index',
        scan: { priceRange: '300', volatilityRange: '0.05', extremeMultiple: '3', extremeCovered: '0.33' },
        spreadCharge: '7',
        shortOptionMinimum: '20',
        instruments: [
          { kind: 'future', symbol: 'F', decimals: 0 },
          { kind: 'option', symbol: 'O', decimals: 2, terms },
          {
            kind: 'option',
            symbol: 'V',
            decimals: 2,
            value,
            delta: '0.5',
            array: Array.from(
              { length: 16 },
              (_, s) => `${s % 2 === 0 ? '' : '-'}${(Number(value) / 10).toFixed(5)}`,
            ),
          },
        ],
      },
    ],
  })),
  matrix: fc
    .record({
      units: fc.tuple(unit('BTC', 97_000.12), unit('USDT', 0.99)),
      netting: fc.constantFrom('shared', 'separate'),
      cashBorrowing: borrowing,
    })
    .map((params) => ({ ...head('matrix'), initialFactor: '1.3', maintenanceFactor: '1', ...params })),
  lending: fc
    .record({
      assets: fc.tuple(asset('A'), asset('B')),
      cash: fc.option(
        below.map(([loanToValue, liquidationThreshold]) => ({ loanToValue, liquidationThreshold })),
        { nil: undefined },
      ),
      healthFactor: fc.oneof(fc.constant('1'), tenths(1000, 2000, 3)),
    })
    .map((params) => ({ ...head('lending'), ...params })),
  'derive-pmrm': tenths(900, 1100, 3).map((stablePrice) => ({ ...pmrmParams(), stablePrice })),
  'derive-standard': fc
    .record({ stablePrice: tenths(900, 1100, 3), borrowingEnabled: fc.boolean() })
    .map((params) => ({ ...standardParams(), ...params })),
}

/**
 * A model's rule and a table that agrees with it: kinds that the model takes, marks as far away as it allows.
 */
export function agreeing(
  model: MarginModelName,
): fc.Arbitrary<{ rule: ModelRule; table: RiskTable; params: object }> {
  const noise = fc.array(fc.record({ kind: fc.nat(), off: fc.integer({ min: -99, max: 99 }) }), {
    minLength: 12,
    maxLength: 12,
  })
  return fc.tuple(MODEL_PARAMS[model], noise).map(([params, random]) => {
    const rule = exactRule(model, params)
    const valueDecimals = 14
    const instruments = rule.instruments.map(({ symbol, decimals, kinds, price }, i) => {
      const { kind, off } = random[i]!
      const share = Rational.of(BigInt(off), 100n)
      const near =
        price === undefined
          ? Rational.of(BigInt(off + 150), 200n)
          : price.value.add(price.within.mul(share)).max(Rational.ZERO)
      const unit = Rational.of(10n ** BigInt(valueDecimals), 10n ** BigInt(decimals))
      return {
        symbol: symbol === rule.cash ? 'CASH' : symbol,
        kind: symbol === rule.cash ? ('stablecoin' as const) : kinds[kind % kinds.length]!,
        decimals,
        mark: near.mul(unit).floor(),
      }
    })
    const table = { timestamp: rule.timestamp, quote: rule.quote, valueDecimals, instruments, scenarios: [] }
    return { rule, table, params }
  })
}

/** What an account is worth at the table's marks, in 10^-valueDecimals of its quote currency. */
export function tableEquity(
  { instruments }: RiskTable,
  positions: readonly { symbol: string; quantity: bigint }[],
): bigint {
  const rows = new Map(instruments.map((row) => [row.symbol, row]))
  return positions.reduce((sum, { symbol, quantity }) => {
    const { kind, mark } = rows.get(symbol)!
    return isSettledAtMark(kind) ? sum : sum + quantity * mark
  }, 0n)
}

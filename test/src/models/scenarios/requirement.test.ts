import fc from 'fast-check'
import { expect, test } from 'vitest'
import { exactRule, requirementScenario } from '../../../../src/models/index.js'
import {
  formatRiskTable,
  parseRiskTable,
  type RiskTable,
  withMargin,
  withScenarios,
} from '../../../../src/risk/index.js'
import { roundRule } from '../../../../src/rules/index.js'
import { marginFigures } from '../../../../src/statements/index.js'
import { codeOf } from '../../../helpers/code-of.js'

const HEAD = { timestamp: 1_767_225_600, quote: 'USD' }
const UNITS = 10n ** 18n
const TABLE: RiskTable = {
  ...HEAD,
  valueDecimals: 18,
  instruments: [
    { symbol: 'USD', kind: 'stablecoin', decimals: 6, mark: UNITS / 10n ** 6n },
    { symbol: 'ETH', kind: 'spot', decimals: 8, mark: (331_275n * UNITS) / 10n ** 10n },
    { symbol: 'BTC-PERP', kind: 'perp', decimals: 8, mark: (97_000n * UNITS) / 10n ** 8n },
  ],
  scenarios: [],
}

/** Cross margin of one rate a market, with collateral and debts. */
const CROSS = {
  schema: 'plimsoll/margin-params/cross/1',
  ...HEAD,
  cashBorrowing: { initial: '0.2', maintenance: '0.1' },
  instruments: [
    {
      kind: 'perp',
      symbol: 'BTC-PERP',
      decimals: 8,
      price: '97000',
      initial: [{ from: '0', rate: '0.05' }],
      maintenance: [{ from: '0', rate: '0.025' }],
    },
    {
      kind: 'spot',
      symbol: 'ETH',
      decimals: 8,
      price: '3312.75',
      collateral: { initial: '0.8', maintenance: '0.9' },
      borrowing: { initial: '0.2', maintenance: '0.1' },
    },
  ],
}

function ruled(params: object): RiskTable {
  return withMargin(TABLE, roundRule(exactRule('cross', params)))
}

test('an account is below zero in the scenario exactly where it does not meet the requirement (risk.16)', () => {
  const table = ruled(CROSS)
  const SCALE = 10n ** BigInt(27 + table.margin!.valueDecimals - table.valueDecimals)
  const whole = fc.bigInt(-(10n ** 15n), 10n ** 15n)
  for (const requirement of ['initial', 'maintenance']) {
    const { values } = requirementScenario(table, { name: 'held', requirement })
    fc.assert(
      fc.property(whole, whole, whole, (usd, eth, perp) => {
        const equity = [usd, eth, perp].reduce(
          (sum, q, i) => sum + q * (q < 0n ? values[i]!.short : values[i]!.long),
          0n,
        )
        const positions = [
          { symbol: 'ETH', quantity: eth },
          { symbol: 'BTC-PERP', quantity: perp },
        ]
        const figures = marginFigures(table.margin!, { cash: usd, positions })
        const { slack } = figures.requirements.find(({ name }) => name === requirement)!
        // Values are rounded to 10^-18 against the account: within that, the scenario is the stricter one.
        const rounding = SCALE * [usd, eth, perp].reduce((sum, q) => sum + (q < 0n ? -q : q), 0n)
        expect(equity * SCALE <= slack).toBe(true)
        expect(equity * SCALE >= slack - rounding).toBe(true)
      }),
      { numRuns: 200 },
    )
  }
})

test('a requirement survives its file, and counts as one there (risk.16)', () => {
  const table = ruled(CROSS)
  const scenario = requirementScenario(table, { name: 'maintenance', requirement: 'maintenance' })
  const text = formatRiskTable(withScenarios(table, [scenario]))
  expect(JSON.parse(text).scenarios[0].requirement).toBe(true)
  expect(parseRiskTable(text, 'risk.json').scenarios).toEqual([scenario])
})

test('what is not one line a key is refused, by name (risk.16)', () => {
  const steps = [
    { from: '0', rate: '0.05' },
    { from: '1000000', rate: '0.1' },
  ]
  const [perp, eth] = CROSS.instruments
  const rising = { ...CROSS, instruments: [{ ...perp, initial: steps, maintenance: steps }, eth] }
  const wanted = { name: 'held', requirement: 'maintenance' }
  expect(codeOf(() => requirementScenario(ruled(rising), wanted))).toBe('REQUIREMENT_LINES')
  expect(() => requirementScenario(ruled(rising), wanted)).toThrow(/BTC-PERP/)
  expect(codeOf(() => requirementScenario(TABLE, wanted))).toBe('REQUIREMENT_RULE')
  expect(codeOf(() => requirementScenario(ruled(CROSS), { ...wanted, requirement: 'x' }))).toBe(
    'REQUIREMENT_RULE',
  )
  const unknown = { symbol: 'SOL', kind: 'spot', decimals: 2, mark: 1n } as const
  const wider = { ...ruled(CROSS), instruments: [...TABLE.instruments, unknown] }
  expect(codeOf(() => requirementScenario(wider, wanted))).toBe('REQUIREMENT_INSTRUMENT')
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type ExactRule,
  exactRule,
  type MarginModelName,
  type MarginRule,
  type Portfolio,
  Rational,
  roundRule,
} from '../../../../src/risk/index.js'
import { checkMargin, marginFigures } from '../../../../src/statements/index.js'
import { pmrmParams } from '../../../helpers/derive.js'
import { exactMargin } from '../../../helpers/exact-margin.js'
import { head, portfolio } from '../../../helpers/margin.js'

const LARGEST = 2n ** 64n - 1n
const tiers = [
  { from: '0', rate: '0.0123456789' },
  { from: '1234567.89', rate: '0.0333333333333' },
]
const cross = {
  ...head('cross'),
  instruments: [
    { symbol: 'BTC', decimals: 8, price: '97123.456789', initial: tiers, maintenance: tiers },
    { symbol: 'DOGE', decimals: 6, price: '0.31719283', initial: tiers, maintenance: tiers },
    {
      symbol: 'ETH',
      decimals: 8,
      price: '3312.7512345',
      collateral: { initial: '0.777777777', maintenance: '0.888888888' },
      initial: tiers,
      maintenance: tiers,
    },
  ],
}
const matrix = {
  ...head('matrix'),
  initialFactor: '1.3',
  maintenanceFactor: '0.7777777777',
  netting: 'shared',
  units: ['BTC', 'ETH'].map((name) => ({
    name,
    index: name === 'BTC' ? '97123.45' : '3312.75',
    priceRange: '0.1777777777',
    buckets: 4,
    volatility: { up: '0.5', down: '0.25', minimumUp: '0.5', shortTermPower: '0.3', longTermPower: '0.13' },
    extremes: [{ price: '-0.66', weight: '0.333333333333' }],
    offset: '0.666666666666',
    roll: { minimum: '0.00123456789', yearly: '0' },
    instruments: [
      { kind: 'linear', symbol: `${name}-PERP`, decimals: 8 },
      {
        kind: 'option',
        symbol: `${name}-CALL`,
        decimals: 6,
        settlement: 'linear',
        terms: {
          right: 'call',
          strike: name === 'BTC' ? '100000' : '3500',
          forward: name === 'BTC' ? '97500' : '3330',
          secondsToExpiry: 2_000_000,
          volatility: '0.65',
        },
      },
    ],
  })),
}
const MODELS: [MarginModelName, object, Record<string, number>][] = [
  ['cross', cross, { BTC: 97123.456789, DOGE: 0.31719283, ETH: 3312.7512345 }],
  [
    'matrix',
    matrix,
    { 'BTC-PERP': 97123.45, 'BTC-CALL': 97123.45, 'ETH-PERP': 3312.75, 'ETH-CALL': 3312.75 },
  ],
  [
    'derive-pmrm',
    pmrmParams(),
    { PERP: 2003, WETH: 2000, USDT: 1, C1: 2000, P1: 2000, C2: 2000, C3: 2000, P3: 2000 },
  ],
]

/** Positions of every size, from one smallest unit to the largest. */
function portfolios(rule: MarginRule): fc.Arbitrary<Portfolio> {
  const magnitude = fc
    .integer({ min: 0, max: 63 })
    .chain((bits) => fc.bigInt({ min: 0n, max: 2n ** BigInt(bits + 1) - 1n }))
  const quantity = fc.tuple(magnitude, fc.boolean()).map(([q, short]) => (short ? -q : q))
  return fc
    .record({
      cash: quantity,
      held: fc.array(quantity, { minLength: rule.instruments.length, maxLength: rule.instruments.length }),
    })
    .map(({ cash, held }) => ({
      cash,
      positions: new Map(rule.instruments.map(({ symbol }, i) => [symbol, held[i]!])),
    }))
}

/** How much less the integers leave than the fractions do; negative would be a credit. */
function undercredit(exact: ExactRule, rule: MarginRule, account: Portfolio): Map<string, Rational> {
  const figures = marginFigures(rule, account)
  const { slack } = exactMargin(exact, account)
  return new Map(
    figures.requirements.map((r) => [
      r.name,
      slack.get(r.name)!.sub(Rational.of(r.slack, 10n ** BigInt(figures.decimals))),
    ]),
  )
}

describe('rounding is against the account', () => {
  it.each(MODELS)(
    '%s never credits more than fractions, and at most 1e-9 of gross exposure less',
    (model, params, prices) => {
      const exact = exactRule(model, params)
      const rule = roundRule(exact)
      let largest = 0
      fc.assert(
        fc.property(portfolios(rule), (account) => {
          const gross = rule.instruments.reduce((sum, { symbol, decimals }) => {
            const quantity = Math.abs(Number(account.positions.get(symbol) ?? 0n)) / 10 ** decimals
            return sum + quantity * prices[symbol]!
          }, 0)
          for (const less of undercredit(exact, rule, account).values()) {
            expect(less.compare(Rational.ZERO)).toBeGreaterThanOrEqual(0)
            if (gross > 0) largest = Math.max(largest, less.toNumber() / gross)
          }
        }),
        { numRuns: 150 },
      )
      expect(largest).toBeLessThan(1e-9)
    },
  )

  const fraction = fc
    .tuple(fc.bigInt({ min: -(10n ** 9n), max: 10n ** 9n }), fc.bigInt({ min: 1n, max: 10n ** 9n }))
    .map(([a, b]) => Rational.of(a, b))
  const slope = fc
    .tuple(fc.bigInt({ min: 0n, max: 10n ** 9n }), fc.constant(10n ** 9n + 7n))
    .map(([a, b]) => Rational.of(a, b))
  const SYMBOLS = ['A', 'B', 'C']
  const form = fc.record({
    constant: fraction,
    terms: fc.tuple(
      ...SYMBOLS.map((symbol) => fc.record({ symbol: fc.constant(symbol), long: fraction, short: fraction })),
    ),
  })
  const scenarios = ['one', 'two', 'three']
  const each = <T>(item: fc.Arbitrary<T>) => fc.array(item, { minLength: 3, maxLength: 3 })
  const group = fc.record({
    name: fc.constant('g'),
    members: fc.tuple(
      ...SYMBOLS.map((symbol) => fc.record({ symbol: fc.constant(symbol), changes: each(fraction) })),
    ),
    gain: each(slope),
    loss: each(slope),
  })
  const rules: fc.Arbitrary<ExactRule> = fc.record({
    model: fc.constant('any'),
    timestamp: fc.constant(0),
    quote: fc.constant('USD'),
    cashDecimals: fc.constant(6),
    instruments: fc.tuple(
      ...SYMBOLS.map((symbol) =>
        fc.record({
          symbol: fc.constant(symbol),
          decimals: fc.integer({ min: 4, max: 6 }),
          value: fc.record({ long: fraction, short: fraction }),
        }),
      ),
    ),
    exposures: each(fc.record({ forms: fc.array(form, { minLength: 1, maxLength: 3 }) })).map((list) =>
      list.map((exposure, i) => ({ name: `exposure ${i}`, ...exposure })),
    ),
    scans: fc
      .array(group, { minLength: 1, maxLength: 3 })
      .map((groups) => [{ name: 'scan', scenarios, groups }]),
    combinations: fc.constant([
      { name: 'least', pick: 'min' as const, of: [['exposure 0', 'scan'], ['exposure 1']] },
      { name: 'most', pick: 'max' as const, of: [['least', 'exposure 2'], ['scan']] },
    ]),
    requirements: fc.tuple(fraction, slope, slope).map(([threshold, a, b]) => [
      {
        name: 'all',
        threshold,
        charges: [
          { of: 'most', factor: a },
          { of: 'scan', factor: b },
        ],
      },
    ]),
    limits: fc.constant([]),
  })

  it('whatever the rule', () => {
    fc.assert(
      fc.property(
        rules.chain((exact) => {
          const rule = roundRule(exact)
          return fc.tuple(fc.constant(exact), fc.constant(rule), portfolios(rule))
        }),
        ([exact, rule, account]) => {
          for (const less of undercredit(exact, rule, account).values()) {
            expect(less.compare(Rational.ZERO)).toBeGreaterThanOrEqual(0)
          }
        },
      ),
      { numRuns: 300 },
    )
  })
})

describe('the check of rounding', () => {
  it('notices a slope, a coefficient, a factor or a value that is one too favourable', () => {
    const credited = (exact: ExactRule, symbol: string, change: (copy: MarginRule) => void): boolean => {
      const rule = structuredClone(roundRule(exact))
      change(rule)
      const account = { cash: 0n, positions: new Map([[symbol, LARGEST]]) }
      return [...undercredit(exact, rule, account).values()].some((less) => less.compare(Rational.ZERO) < 0)
    }
    const scanned = exactRule('matrix', matrix)
    const perp = 'BTC-PERP'
    expect(credited(scanned, perp, () => {})).toBe(false)
    expect(
      credited(scanned, perp, (rule) => {
        for (const group of rule.scans[0]!.groups) group.loss = group.loss.map((slope) => slope - 1n)
      }),
    ).toBe(true)
    expect(
      credited(scanned, perp, (rule) => {
        for (const { charges } of rule.requirements) for (const charge of charges) charge.factor -= 1n
      }),
    ).toBe(true)

    const plain = {
      symbol: 'X',
      decimals: 6,
      price: '3',
      initial: tiers.slice(0, 1),
      maintenance: tiers.slice(0, 1),
    }
    const linear = exactRule('cross', { ...head('cross'), instruments: [plain] })
    expect(credited(linear, 'X', () => {})).toBe(false)
    expect(
      credited(linear, 'X', (rule) => {
        for (const { forms } of rule.exposures) forms[0]!.terms[0]!.long -= 1n
      }),
    ).toBe(true)
    expect(
      credited(linear, 'X', (rule) => {
        rule.instruments[0]!.value.long += 1n
      }),
    ).toBe(true)
  })
})

describe('an account under a rule', () => {
  const simple = (changes: object = {}): MarginRule =>
    roundRule({
      ...exactRule('cross', {
        ...head('cross'),
        instruments: [
          {
            symbol: 'X',
            decimals: 2,
            price: '10',
            initial: [{ from: '0', rate: '0.1' }],
            maintenance: [{ from: '0', rate: '0.05' }],
          },
        ],
      }),
      ...changes,
    })

  it('is met exactly at the threshold and not one smallest unit below', () => {
    const rule = simple()
    expect(checkMargin(rule, portfolio(rule, { X: '-1' }, '11'), 'initial')).toEqual({ valid: true })
    expect(checkMargin(rule, portfolio(rule, { X: '-1' }, '10.999999'), 'initial')).toEqual({
      valid: false,
      reasons: ['equity is below the initial requirement'],
    })
  })

  it('is met when it is empty, and not when the threshold is above zero', () => {
    const rule = simple()
    expect(checkMargin(rule, portfolio(rule, {}), 'maintenance')).toEqual({ valid: true })
    const [requirement] = exactRule('lending', {
      ...head('lending'),
      assets: [{ symbol: 'X', decimals: 0, price: '1', loanToValue: '0', liquidationThreshold: '0' }],
    }).requirements
    const raised = simple({
      requirements: [{ ...requirement!, charges: [], threshold: Rational.of(1n) }],
    })
    expect(checkMargin(raised, portfolio(raised, {}), 'initial').valid).toBe(false)
    expect(checkMargin(raised, portfolio(raised, {}, '1'), 'initial').valid).toBe(true)
  })

  it('has no exposure in an instrument of price zero', () => {
    const rule = roundRule(
      exactRule('cross', {
        ...head('cross'),
        instruments: [{ ...cross.instruments[0], price: '0' }],
      }),
    )
    const figures = marginFigures(rule, { cash: 0n, positions: new Map([['BTC', -LARGEST]]) })
    expect(figures.equity).toBe(0n)
    expect(figures.requirements.every(({ required }) => required === 0n)).toBe(true)
  })

  it.each(MODELS)(
    '%s judges the largest positions, all long and all short, within its widths',
    (model, params) => {
      const exact = exactRule(model, params)
      const rule = roundRule(exact)
      for (const quantity of [LARGEST, -LARGEST]) {
        const account = {
          cash: quantity,
          positions: new Map(rule.instruments.map(({ symbol }) => [symbol, quantity])),
        }
        const { requirements, equity } = marginFigures(rule, account)
        for (const { required, slack } of requirements) {
          for (const value of [required, slack, equity])
            expect((value < 0n ? -value : value) >> 240n).toBe(0n)
        }
        for (const less of undercredit(exact, rule, account).values()) {
          expect(less.compare(Rational.ZERO)).toBeGreaterThanOrEqual(0)
        }
        if (quantity < 0n) expect(requirements.every(({ met }) => !met)).toBe(true)
      }
    },
  )

  it('is refused with an instrument that the rule does not have, or a magnitude of 2^64', () => {
    const rule = simple()
    const judge = (account: Portfolio) => () => marginFigures(rule, account)
    expect(judge({ cash: 0n, positions: new Map([['Y', 1n]]) })).toThrow('not in the margin rule')
    expect(judge({ cash: 0n, positions: new Map([['X', -LARGEST - 1n]]) })).toThrow('out of range')
    expect(judge({ cash: LARGEST + 1n, positions: new Map() })).toThrow('out of range')
  })

  it('is held to caps on exposures besides its requirement', () => {
    const rule = simple({ limits: [{ of: 'initial X', cap: Rational.of(3n) }] })
    expect(checkMargin(rule, portfolio(rule, { X: '3' }), 'initial')).toEqual({ valid: true })
    expect(checkMargin(rule, portfolio(rule, { X: '3.01' }), 'initial')).toEqual({
      valid: false,
      reasons: ['initial X is above its cap'],
    })
  })

  it('is refused a requirement that the rule does not have, with those that it has', () => {
    const rule = simple()
    const check = () => checkMargin(rule, portfolio(rule, {}), 'liquidation')
    expect(check).toThrow(
      expect.objectContaining({
        code: 'MARGIN_REQUIREMENT',
        hint: expect.stringContaining('initial, maintenance'),
      }),
    )
  })
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatDecimal, Rational } from '../../../../src/field/index.js'
import { exactRule, type MarginModelName } from '../../../../src/models/index.js'
import {
  decimalsOf,
  type ExactRule,
  type Line,
  type MarginRule,
  type Portfolio,
  roundRule,
  type Scan,
  type ScanGroup,
} from '../../../../src/rules/index.js'
import { marginFigures, marginModel } from '../../../../src/statements/index.js'
import { pmrmParams, standardParams } from '../../../helpers/derive.js'
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
    { kind: 'perp', symbol: 'BTC', decimals: 8, price: '97123.456789', initial: tiers, maintenance: tiers },
    { kind: 'perp', symbol: 'DOGE', decimals: 6, price: '0.31719283', initial: tiers, maintenance: tiers },
    {
      kind: 'spot',
      symbol: 'ETH',
      decimals: 8,
      price: '3312.7512345',
      collateral: { initial: '0.777777777', maintenance: '0.888888888' },
      borrowing: { initial: '0.1111111111', maintenance: '0.0555555555' },
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
const span16 = {
  ...head('span16'),
  initialFactor: '1.0777777777',
  commodities: [
    {
      name: 'index',
      scan: {
        priceRange: '333.333333333',
        volatilityRange: '0.07',
        extremeMultiple: '2',
        extremeCovered: '0.33333333',
      },
      spreadCharge: '71.23456789',
      shortOptionMinimum: '12.3456789',
      instruments: [
        { kind: 'future', symbol: 'F', decimals: 4 },
        ...['4900', '5100'].map((strike) => ({
          kind: 'option',
          symbol: `C${strike}`,
          decimals: 4,
          terms: {
            right: 'call',
            strike,
            forward: '5003.21',
            secondsToExpiry: 2_000_000,
            volatility: '0.21',
          },
        })),
      ],
    },
  ],
}
const standard = standardParams()
Object.assign(standard.markets[0]!, { spot: '2000.12345678901234567890123456789' })
const MODELS: [MarginModelName, object, Record<string, number>][] = [
  ['cross', cross, { BTC: 97123.456789, DOGE: 0.31719283, ETH: 3312.7512345 }],
  [
    'matrix',
    matrix,
    { 'BTC-PERP': 97123.45, 'BTC-CALL': 97123.45, 'ETH-PERP': 3312.75, 'ETH-CALL': 3312.75 },
  ],
  ['span16', span16, { F: 5003.21, C4900: 5003.21, C5100: 5003.21 }],
  ['derive-standard', standard, { PERP: 2004, WETH: 2000, C1: 2000, C2: 2000, P1: 2000 }],
  [
    'derive-pmrm',
    pmrmParams(),
    { PERP: 2003, WETH: 2000, USDT: 1, C1: 2000, P1: 2000, C2: 2000, C3: 2000, P3: 2000 },
  ],
]

/** Positions of every size, from none to the largest, of each instrument none, one or two. */
function portfolios(rule: MarginRule): fc.Arbitrary<Portfolio> {
  const magnitude = fc
    .integer({ min: 0, max: 63 })
    .chain((bits) => fc.bigInt({ min: 0n, max: 2n ** BigInt(bits + 1) - 1n }))
  const quantity = fc.tuple(magnitude, fc.boolean()).map(([q, short]) => (short ? -q : q))
  return fc
    .record({
      cash: quantity,
      held: fc.array(quantity, { maxLength: 2 * rule.instruments.length, size: 'max' }),
    })
    .map(({ cash, held }) => ({
      cash,
      positions: held.map((quantity, i) => ({
        symbol: rule.instruments[i % rule.instruments.length]!.symbol,
        quantity,
      })),
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

describe('rounding is against the account (margin.5)', () => {
  test.each(MODELS)(
    '%s never credits more than fractions, and at most 1e-9 of gross exposure less',
    (model, params, prices) => {
      const exact = exactRule(model, params)
      const rule = roundRule(exact)
      const decimals = decimalsOf(rule)
      let largest = 0
      fc.assert(
        fc.property(portfolios(rule), (account) => {
          const gross = account.positions.reduce((sum, { symbol, quantity }) => {
            const magnitude = Math.abs(Number(quantity)) / 10 ** decimals(symbol)
            return sum + magnitude * (prices[symbol] ?? 1)
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
  const each = <T>(item: fc.Arbitrary<T>) => fc.array(item, { minLength: 3, maxLength: 3 })
  const terms = fc.tuple(
    ...SYMBOLS.map((symbol) => fc.record({ symbol: fc.constant(symbol), long: fraction, short: fraction })),
  )
  const line = fc
    .tuple(fraction, terms, fc.constantFrom(undefined, 0 as const, 1 as const))
    .map(([constant, list, branch]) => ({
      constant: constant.abs().neg(),
      terms: list,
      ...(branch !== undefined && { branch }),
    }))
  const unbranched = fc.tuple(fraction, terms).map(([constant, list]) => ({
    constant: constant.abs().neg(),
    terms: list,
  }))
  const lines = <T>(of: fc.Arbitrary<T>) => fc.array(of, { minLength: 1, maxLength: 3 })
  const netted = { gain: slope, loss: slope }
  const plain = { gain: fc.constant(Rational.ONE), loss: fc.constant(Rational.ONE) }
  const members = (symbol: string) => fc.record({ symbol: fc.constant(symbol), changes: each(fraction) })
  const none = fc.constant<ScanGroup<Rational>['flat']>([])
  const flat = fc.array(fc.record({ symbol: fc.constant('A'), change: fraction }), { maxLength: 1 })
  /** A and B netted in two groups, C in one of its own, or not; where it is, losses are not damped. */
  const scan: fc.Arbitrary<Scan<Rational>> = fc.boolean().chain((own) =>
    fc.record({
      name: fc.constant('scan'),
      scenarios: fc
        .array(fc.record(own ? { gain: slope, loss: plain.loss } : netted), { minLength: 3, maxLength: 3 })
        .map((list) => list.map((slopes, s) => ({ name: `scenario ${s}`, ...slopes }))),
      groups: fc.tuple(
        fc.record({
          name: fc.constant('a'),
          ...netted,
          members: fc.tuple(members('A')),
          flat: none,
        }),
        fc.record({ name: fc.constant('b'), ...netted, members: fc.tuple(members('B')), flat }),
        own
          ? fc.record({
              name: fc.constant('c'),
              sum: fc.constant('first'),
              ...plain,
              members: fc.tuple(members('C')),
              flat: none,
            })
          : fc.record({
              name: fc.constant('c'),
              ...netted,
              members: fc.tuple(members('C')),
              flat: none,
            }),
      ),
    }),
  )
  const exposures = (own: boolean): fc.Arbitrary<ExactRule['exposures']> =>
    fc.tuple(
      ...[
        { name: 'one', choice: 'x', adds: { sum: 'first' } },
        { name: 'two', choice: 'x', adds: { sum: 'first' } },
        { name: 'three', choice: 'y', adds: own ? { raises: 'c' } : { sum: 'second' } },
        { name: 'four', adds: own ? { bounds: 'c' } : { sum: 'second' } },
        { name: 'five', adds: { sum: 'second' } },
      ].map((exposure) =>
        lines<ExactRule['exposures'][number]['lines'][number]>(
          exposure.choice === undefined ? unbranched : line,
        ).map((list) => ({ ...exposure, lines: list })),
      ),
    )
  const rules: fc.Arbitrary<ExactRule> = scan.chain((scanned) =>
    fc.record({
      model: fc.constant('any'),
      timestamp: fc.constant(0),
      quote: fc.constant('USD'),
      cash: fc.constant('USD'),
      instruments: fc.tuple(
        ...[...SYMBOLS, 'USD'].map((symbol) =>
          fc.record({
            symbol: fc.constant(symbol),
            decimals: fc.integer({ min: 4, max: 6 }),
            value: fc.record({ long: fraction, short: fraction }),
          }),
        ),
      ),
      scan: fc.constant(scanned),
      exposures: exposures('sum' in scanned.groups[2]!),
      requirements: fc
        .tuple(fraction, slope, slope)
        .map(([threshold, factor, other]): ExactRule['requirements'] => [
          {
            name: 'all',
            threshold,
            worst: { factor, sums: ['first'] },
            charges: [
              { sum: 'first', factor: other },
              { sum: 'second', factor: other },
            ],
          },
          { name: 'charged', threshold, charges: [{ sum: 'first', factor }] },
        ]),
      limits: lines(unbranched).chain((list) =>
        fraction.map((cap) => [{ name: 'limit', cap: cap.abs(), lines: list }]),
      ),
    }),
  )

  test('whatever the rule', () => {
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
          const [limit] = marginFigures(rule, account).limits
          if (limit!.met) expect(exactMargin(exact, account).limits).toEqual([true])
        },
      ),
      { numRuns: 300 },
    )
  })
})

describe('the check of rounding (margin.5)', () => {
  test('notices a slope, a coefficient, a factor or a value that is one too favourable', () => {
    const credited = (exact: ExactRule, symbol: string, change: (copy: MarginRule) => void): boolean => {
      const rule = structuredClone(roundRule(exact))
      change(rule)
      const account = { cash: 0n, positions: [{ symbol, quantity: LARGEST }] }
      return [...undercredit(exact, rule, account).values()].some((less) => less.compare(Rational.ZERO) < 0)
    }
    const scanned = exactRule('matrix', matrix)
    const perp = 'BTC-PERP'
    expect(credited(scanned, perp, () => {})).toBe(false)
    expect(
      credited(scanned, perp, (rule) => {
        for (const group of rule.scan!.groups) group.loss -= 1n
      }),
    ).toBe(true)
    expect(
      credited(scanned, perp, (rule) => {
        for (const scenario of rule.scan!.scenarios) scenario.loss -= 1n
      }),
    ).toBe(true)
    expect(
      credited(scanned, perp, (rule) => {
        for (const { worst } of rule.requirements) worst!.factor -= 1n
      }),
    ).toBe(true)
    expect(
      credited(scanned, perp, (rule) => {
        for (const { charges } of rule.requirements) for (const charge of charges) charge.factor -= 1n
      }),
    ).toBe(true)

    const plain = {
      kind: 'spot',
      symbol: 'X',
      decimals: 6,
      price: '3',
      collateral: { initial: '0.9876543211', maintenance: '0.9876543211' },
    }
    const linear = exactRule('cross', { ...head('cross'), instruments: [plain] })
    expect(credited(linear, 'X', () => {})).toBe(false)
    expect(
      credited(linear, 'X', (rule) => {
        for (const { lines } of rule.exposures) lines[0]!.terms[0]!.long -= 1n
      }),
    ).toBe(true)
    expect(
      credited(linear, 'X', (rule) => {
        for (const { value } of rule.instruments) value.long += 1n
      }),
    ).toBe(true)
  })
})

const lineOf = (symbol: string, long: bigint, short: bigint): Line<Rational> => ({
  constant: Rational.ZERO,
  terms: [{ symbol, long: Rational.of(long), short: Rational.of(short) }],
})

/** Instruments of no value, and one requirement. */
function bare(symbols: string[], rule: Partial<ExactRule>): MarginRule {
  const none = { long: Rational.ZERO, short: Rational.ZERO }
  return roundRule({
    model: 'bare',
    timestamp: 0,
    quote: 'USD',
    instruments: symbols.map((symbol) => ({ symbol, decimals: 0, value: none })),
    exposures: [],
    requirements: [],
    limits: [],
    ...rule,
  })
}

describe('what a rule is made of (margin.4)', () => {
  const r = (text: string) => Rational.parse(text)
  const charge = (sum: string) => [
    { name: 'all', threshold: Rational.ZERO, charges: [{ sum, factor: Rational.ONE }] },
  ]
  const required = (rule: MarginRule, positions: Record<string, string>) => {
    const figures = marginFigures(rule, portfolio(rule, positions))
    return Number(formatDecimal(figures.requirements[0]!.required, figures.decimals))
  }

  test('a choice falls on the branch where all its exposures together are least, not each', () => {
    const exposure = (name: string, first: Line<Rational>, second: Line<Rational>) => ({
      name,
      choice: 'c',
      adds: { sum: 'sum' },
      lines: [
        { ...first, branch: 0 as const },
        { ...second, branch: 1 as const },
      ],
    })
    const rule = bare(['A', 'B'], {
      exposures: [
        exposure('x', lineOf('A', 5n, 0n), lineOf('A', 1n, 0n)),
        exposure('y', lineOf('B', 1n, 0n), lineOf('B', 9n, 0n)),
      ],
      requirements: charge('sum'),
    })
    expect(required(rule, { A: '1', B: '1' })).toBe(6)
    expect(required(rule, { A: '3', B: '1' })).toBe(12)
    const { values } = marginFigures(rule, portfolio(rule, { A: '2', B: '1' }))
    expect(values.map(({ worst }) => worst)).toEqual(['line 1', 'line 1', 'x'])
  })

  test('a line without a branch counts on both', () => {
    const rule = bare(['A'], {
      exposures: [
        {
          name: 'x',
          choice: 'c',
          adds: { sum: 'sum' },
          lines: [
            lineOf('A', 3n, 0n),
            { ...lineOf('A', 9n, 0n), branch: 0 },
            { ...lineOf('A', 1n, 0n), branch: 1 },
          ],
        },
      ],
      requirements: charge('sum'),
    })
    expect(required(rule, { A: '2' })).toBe(6)
  })

  test('a line with a deduction counts from where it is above zero', () => {
    const line = { ...lineOf('A', 2n, 2n), constant: Rational.of(-10n) }
    const rule = bare(['A'], {
      exposures: [{ name: 'x', adds: { sum: 'sum' }, lines: [line] }],
      requirements: charge('sum'),
    })
    expect(['5', '6', '-7'].map((A) => required(rule, { A }))).toEqual([0, 2, 4])
  })

  const scanOf = (groups: NonNullable<ExactRule['scan']>['groups'], damping = ['1', '1']) => ({
    name: 'scan',
    scenarios: damping.map((gain, s) => ({ name: `s${s}`, gain: r(gain), loss: Rational.ONE })),
    groups,
  })
  const groupOf = (symbol: string, changes: string[], more: object = {}) => ({
    name: `group ${symbol}`,
    gain: Rational.ONE,
    loss: Rational.ONE,
    members: [{ symbol, changes: changes.map(r) }],
    flat: [],
    ...more,
  })

  test('groups without a sum net in each scenario, gains at the slopes of group and scenario', () => {
    const worst = { factor: Rational.ONE, sums: [] }
    const rule = bare(['A', 'B'], {
      scan: scanOf(
        [groupOf('A', ['-10', '4']), groupOf('B', ['8', '-6'], { gain: r('0.5') })],
        ['0.25', '1'],
      ),
      requirements: [{ name: 'all', threshold: Rational.ZERO, worst, charges: [] }],
    })
    expect(required(rule, { A: '1' })).toBe(10)
    expect(required(rule, { A: '1', B: '1' })).toBe(9)
    expect(required(rule, { B: '1' })).toBe(6)
  })

  test('a group with a sum has its own worst loss, raised and then bounded', () => {
    const rule = bare(['A', 'B', 'C'], {
      scan: scanOf([
        groupOf('A', ['-10', '10'], { sum: 'sum' }),
        groupOf('B', ['10', '-10'], { sum: 'sum', flat: [{ symbol: 'C', change: r('-3') }] }),
      ]),
      exposures: [
        { name: 'raise', adds: { raises: 'group A' }, lines: [lineOf('C', 1n, 0n)] },
        { name: 'floor', adds: { bounds: 'group A' }, lines: [lineOf('C', 20n, 0n)] },
        { name: 'floor too', adds: { bounds: 'group A' }, lines: [lineOf('C', 1n, 0n)] },
      ],
      requirements: charge('sum'),
    })
    expect(required(rule, { A: '1', B: '1' })).toBe(20)
    expect(required(rule, { A: '3', C: '1' })).toBe(31 + 3)
    expect(required(rule, { A: '1', C: '1' })).toBe(21 + 3)
    const { values, scans } = marginFigures(rule, portfolio(rule, { A: '1', C: '1' }))
    expect(scans.map(({ name }) => name)).toEqual(['group A', 'group B'])
    expect(values.map(({ name, worst }) => [name, worst])).toEqual([
      ['raise', undefined],
      ['floor', undefined],
      ['floor too', undefined],
      ['group A', 'floor'],
      ['group B', 's0'],
      ['sum', 'group A'],
    ])
  })

  test('the worst is the largest of zero, the scan and the sums, times its factor', () => {
    const worst = { factor: r('1.5'), sums: ['x'] }
    const rule = bare(['A', 'B'], {
      scan: scanOf([groupOf('A', ['-10', '4'])]),
      exposures: [{ name: 'e', adds: { sum: 'x' }, lines: [lineOf('B', 7n, 0n)] }],
      requirements: [{ name: 'all', threshold: Rational.ZERO, worst, charges: [] }],
    })
    expect(required(rule, { A: '1' })).toBe(15)
    expect(required(rule, { A: '1', B: '2' })).toBe(21)
    expect(required(rule, { B: '-2' })).toBe(0)
  })
})

describe('an account under a rule (margin.4)', () => {
  const simple = (changes: object = {}): MarginRule =>
    roundRule({
      ...exactRule('cross', {
        ...head('cross'),
        instruments: [
          {
            kind: 'spot',
            symbol: 'X',
            decimals: 2,
            price: '10',
            collateral: { initial: '1', maintenance: '1' },
            borrowing: { initial: '0.1', maintenance: '0.05' },
          },
        ],
      }),
      ...changes,
    })

  test('is met exactly at the threshold and not one smallest unit below', () => {
    const rule = simple()
    expect(marginModel(rule, portfolio(rule, { X: '-1' }, '11'), 'initial')).toEqual({ valid: true })
    expect(marginModel(rule, portfolio(rule, { X: '-1' }, '10.999999'), 'initial')).toEqual({
      valid: false,
      reasons: ['equity is below the initial requirement'],
    })
  })

  test('is met when it is empty, and not when the threshold is above zero', () => {
    const rule = simple()
    expect(marginModel(rule, portfolio(rule, {}), 'maintenance')).toEqual({ valid: true })
    const [requirement] = exactRule('lending', {
      ...head('lending'),
      assets: [{ symbol: 'X', decimals: 0, price: '1', loanToValue: '0', liquidationThreshold: '0' }],
    }).requirements
    const raised = simple({
      requirements: [{ ...requirement!, charges: [], threshold: Rational.of(1n) }],
    })
    expect(marginModel(raised, portfolio(raised, {}), 'initial').valid).toBe(false)
    expect(marginModel(raised, portfolio(raised, {}, '1'), 'initial').valid).toBe(true)
  })

  test('has no exposure in an instrument of price zero', () => {
    const rule = roundRule(
      exactRule('cross', {
        ...head('cross'),
        instruments: [{ ...cross.instruments[0], price: '0' }],
      }),
    )
    const figures = marginFigures(rule, { cash: 0n, positions: [{ symbol: 'BTC', quantity: -LARGEST }] })
    expect(figures.equity).toBe(0n)
    expect(figures.requirements.every(({ required }) => required === 0n)).toBe(true)
  })

  test.each(MODELS)(
    '%s judges the largest positions, all long and all short, within its widths',
    (model, params) => {
      const exact = exactRule(model, params)
      const rule = roundRule(exact)
      for (const quantity of [LARGEST, -LARGEST]) {
        const account = {
          cash: quantity,
          positions: rule.instruments.map(({ symbol }) => ({ symbol, quantity })),
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

  test('is refused with an instrument that the rule does not have, a magnitude of 2^64, or 257 positions', () => {
    const rule = simple()
    const judge = (account: Portfolio) => () => marginFigures(rule, account)
    const of = (symbol: string, quantity: bigint) => ({ cash: 0n, positions: [{ symbol, quantity }] })
    expect(judge(of('Y', 1n))).toThrow('not in the margin rule')
    expect(judge(of('X', -LARGEST - 1n))).toThrow('out of range')
    expect(judge({ cash: LARGEST + 1n, positions: [] })).toThrow('out of range')
    const many = (count: number, quantity: bigint) => ({
      cash: 0n,
      positions: Array.from({ length: count }, () => ({ symbol: 'X', quantity })),
    })
    expect(judge(many(257, 1n))).toThrow('more than 256')
    expect(judge(many(256, LARGEST))).not.toThrow()
    expect(judge(many(257, 0n))).not.toThrow()
  })

  test('is held to caps besides its requirement', () => {
    const rule = simple({
      limits: [{ name: 'net X', cap: Rational.of(3n), lines: [lineOf('X', 1n, -1n)] }],
    })
    expect(marginModel(rule, portfolio(rule, { X: '3' }), 'initial')).toEqual({ valid: true })
    expect(marginModel(rule, portfolio(rule, { X: '3.01' }), 'initial')).toEqual({
      valid: false,
      reasons: ['net X is above its cap'],
    })
  })

  test('may hold one instrument long and short, and then both sides count', () => {
    const rule = simple()
    const sides = { cash: 0n, positions: [500n, -200n].map((quantity) => ({ symbol: 'X', quantity })) }
    const figures = marginFigures(rule, sides)
    const unit = 10n ** BigInt(figures.decimals)
    expect(figures.equity).toBe(30n * unit)
    expect(figures.requirements.map(({ required }) => required)).toEqual([2n * unit, 1n * unit])
  })

  test('is refused a requirement that the rule does not have, with those that it has', () => {
    const rule = simple()
    const check = () => marginModel(rule, portfolio(rule, {}), 'liquidation')
    expect(check).toThrow(
      expect.objectContaining({
        code: 'MARGIN_REQUIREMENT',
        hint: expect.stringContaining('initial, maintenance'),
      }),
    )
  })
})

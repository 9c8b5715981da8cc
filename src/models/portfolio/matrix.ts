import * as z from 'zod'
import { Rational } from '../../field/index.js'
import type { ModelInstrument, ModelRule, ScanGroup } from '../../rules/index.js'
import { black76, yearsOf } from '../options/black76.js'
import { limitsOf, limitsSchema, type Sensitivity } from './limits.js'
import { optionSchema, optionTerms, optionValue, pricedOption, volatilityMultiple } from './option-terms.js'
import {
  addRequirement,
  borrowingSchema,
  cashOf,
  decimal,
  emptyRule,
  FAR_OFF,
  forbidDebts,
  fraction,
  gross,
  head,
  INITIAL,
  index,
  instrument,
  line,
  nameSchema,
  ownGroup,
  positive,
  SPOT,
  sameUnderlying,
  secondsAhead,
  settled,
  shorts,
  signed,
  worth,
} from './params.js'

const move = signed.refine((value) => value.compare(Rational.of(-1n)) > 0, 'must be above -1')

const size = {
  ...instrument,
  /** Underlying units in one unit of the instrument. */
  size: positive.default(Rational.ONE),
}
const contract = {
  ...size,
  /** Left out for a perpetual. */
  secondsToExpiry: secondsAhead.default(0),
}

/** Parameters of a price by volatility matrix. Decimals in quotes; moves and volatilities as fractions. */
export const matrixParams = z
  .strictObject({
    ...head('matrix'),
    initialFactor: positive.default(Rational.ONE),
    maintenanceFactor: positive,
    /** The rate of a debt of cash; without it, cash cannot be owed. */
    cashBorrowing: borrowingSchema.optional(),
    /**
     * Whether units share one worst scenario, gains counting at the unit's offset, or each has its own worst.
     */
    netting: z.enum(['shared', 'separate']),
    units: z
      .array(
        z
          .strictObject({
            name: nameSchema,
            /**
             * Price of the underlying in the quote currency, or in dollars where the quote is the underlying
             * itself.
             */
            index: positive,
            /** Price moves are `k/buckets · priceRange`, k from -buckets to buckets. */
            priceRange: fraction.refine((value) => value.compare(Rational.ONE) < 0, 'must be below 1'),
            buckets: z.int().min(1).max(20),
            volatility: z.strictObject({
              up: decimal,
              down: decimal,
              minimumUp: decimal,
              shortTermPower: decimal,
              longTermPower: decimal,
            }),
            /**
             * Moves beyond the range, with volatility up; `deltaOne` is the move for what is not an option.
             */
            extremes: z.array(z.strictObject({ price: move, deltaOne: move.optional(), weight: decimal })),
            /** Part of a gain that offsets losses of other units; gains of extreme moves never do. */
            offset: fraction.default(Rational.ZERO),
            /**
             * Charge on the size of each position that is no option: the larger of a minimum and a yearly
             * rate times its years.
             */
            roll: z.strictObject({ minimum: decimal, yearly: decimal }),
            limits: limitsSchema.default({}),
            instruments: z
              .array(
                z.discriminatedUnion(
                  'kind',
                  [
                    z.strictObject({
                      kind: z.literal('spot'),
                      ...size,
                      /** The rate of a debt besides the matrix; without it, the instrument cannot be owed. */
                      borrowing: borrowingSchema.optional(),
                    }),
                    z.strictObject({ kind: z.literal('linear'), ...contract }),
                    z.strictObject({ kind: z.literal('inverse'), ...contract }),
                    z.strictObject({
                      kind: z.literal('option'),
                      ...size,
                      /** Inverse options are worth their dollar value over the index. */
                      settlement: z.enum(['linear', 'inverse']),
                      terms: optionSchema,
                    }),
                  ],
                  { error: 'must say its kind: spot, linear, inverse or option' },
                ),
              )
              .min(1)
              .refine(
                (list) =>
                  !(
                    list.some(({ kind }) => kind === 'spot') &&
                    list.some(
                      (row) =>
                        row.kind === 'inverse' || ('settlement' in row && row.settlement === 'inverse'),
                    )
                  ),
                'a unit with inverse instruments has no spot: its underlying is the cash',
              ),
          })
          .superRefine(({ index, instruments }, context) => {
            for (const [i, row] of instruments.entries()) {
              if (row.kind !== 'option' || sameUnderlying(row.terms.forward, index)) continue
              const path = ['instruments', i, 'terms', 'forward']
              context.addIssue({ code: 'custom', path, message: FAR_OFF })
            }
          }),
      )
      .min(1)
      .refine(
        (units) =>
          units.every(
            (u) => u.buckets === units[0]!.buckets && u.extremes.length === units[0]!.extremes.length,
          ),
        'units must have equally many buckets and extremes',
      ),
  })
  .refine(({ initialFactor, maintenanceFactor }) => initialFactor.compare(maintenanceFactor) >= 0, INITIAL)

export type MatrixParams = z.output<typeof matrixParams>
type Unit = MatrixParams['units'][number]

interface Move {
  name: string
  price: Rational
  deltaOne: Rational
  volatility: 'down' | 'same' | 'up'
  weight: Rational
  extreme: boolean
}

/**
 * Portfolio margin by a risk matrix: every position is revalued at each price move, with volatility down,
 * same and up, and at some extreme moves. The requirement is the worst loss plus a roll charge, times a
 * factor. Volatility moves by `(30 days / time)^power` of its range. An inverse instrument gains
 * `size · m/(1+m)` of the coin at a move m. Perps and futures, linear or inverse, are settled in cash at
 * their marks and add nothing to equity; spot is worth the index.
 *
 * Sources: Deribit, portfolio margin and the model parameters of its simulation interface (risk matrix,
 * offsets, roll shock, maintenance factor 0.8); OKX, portfolio margin risk units (spot moves, half of the
 * extreme move, basis charge, initial 1.3 times maintenance) and its charge on what is borrowed, cash too: a
 * debt is refused unless the parameters say what it pays. Not included: Deribit's delta shock, dampening of
 * extreme option moves and cap on offsets, which are not published in full, and OKX's time-value,
 * term-structure, rates and stablecoin charges.
 */
export function buildMatrix(params: MatrixParams): ModelRule {
  const rule = emptyRule('matrix', params)
  const groups: ScanGroup<Rational>[] = []
  for (const unit of params.units) {
    const { name, instruments, offset } = unit
    const moves = movesOf(unit)
    rule.instruments.push(...instruments.map((row) => instrumentOf(row, unit)))
    const members = instruments.map((row) => ({
      symbol: row.symbol,
      changes: moves.map((m) => changeOf(row, unit, m)),
    }))
    groups.push(
      params.netting === 'separate'
        ? ownGroup(name, 'units', members)
        : { name, gain: offset, loss: Rational.ONE, members, flat: [] },
    )
    const rolls = instruments.flatMap((row) => {
      if (row.kind === 'option') return []
      const seconds = row.kind === 'spot' ? 0 : row.secondsToExpiry
      const yearly = unit.roll.yearly.mul(Rational.fromNumber(yearsOf(seconds)))
      const price = row.kind === 'inverse' ? Rational.ONE : unit.index
      return [gross(row.symbol, unit.roll.minimum.max(yearly).mul(row.size).mul(price))]
    })
    rule.exposures.push({ name: `${name} roll`, lines: [line(...rolls)], adds: { sum: 'rolls' } })
    const sensitivities = instruments.map((row) => sensitivity(row, unit))
    rule.limits.push(...limitsOf(name, unit.limits, sensitivities))
  }
  rule.scan = {
    name: 'matrix',
    scenarios: movesOf(params.units[0]!).map(({ name, extreme }) => ({
      name,
      gain: extreme ? Rational.ZERO : Rational.ONE,
      loss: Rational.ONE,
    })),
    groups,
  }
  const owned = [
    ...params.units.flatMap(({ index, instruments }) =>
      instruments
        .filter((row) => row.kind === 'spot')
        .map(({ symbol, size, borrowing }) => ({ symbol, price: index.mul(size), borrowing })),
    ),
    { ...cashOf(rule), borrowing: params.cashBorrowing },
  ]
  forbidDebts(
    rule,
    owned.filter(({ borrowing }) => borrowing === undefined),
  )
  for (const [name, factor] of [
    ['initial', params.initialFactor],
    ['maintenance', params.maintenanceFactor],
  ] as const) {
    const debts = owned.flatMap(({ symbol, price, borrowing }) =>
      borrowing === undefined ? [] : [shorts(symbol, price.mul(borrowing[name]))],
    )
    const borrowing = `${name} borrowing`
    if (debts.length > 0) {
      rule.exposures.push({ name: `${name} debts`, lines: [line(...debts)], adds: { sum: borrowing } })
    }
    addRequirement(rule, name, {
      ...(params.netting === 'shared' && { worst: { factor, sums: [] } }),
      charges: [
        ...['units', 'rolls'].map((sum) => ({ sum, factor })),
        { sum: borrowing, factor: Rational.ONE },
      ],
    })
  }
  return rule
}

function movesOf(unit: Unit): Move[] {
  const steps = Array.from({ length: 2 * unit.buckets + 1 }, (_, i) => i - unit.buckets)
  const grid = steps.flatMap((k) =>
    (['down', 'same', 'up'] as const).map((volatility): Move => {
      const price = unit.priceRange.mul(Rational.of(BigInt(k), BigInt(unit.buckets)))
      const name = `price ${k > 0 ? '+' : ''}${k}/${unit.buckets}, volatility ${volatility}`
      return { name, price, deltaOne: price, volatility, weight: Rational.ONE, extreme: false }
    }),
  )
  const extremes = unit.extremes.map(
    ({ price, deltaOne, weight }, i): Move => ({
      name: `extreme ${i + 1}`,
      price,
      deltaOne: deltaOne ?? price,
      volatility: 'up',
      weight,
      extreme: true,
    }),
  )
  return [...grid, ...extremes]
}

type Row = Unit['instruments'][number]

function instrumentOf(row: Row, unit: Unit): ModelInstrument {
  if (row.kind === 'spot') return worth(row, unit.index.mul(row.size), SPOT)
  if (row.kind === 'linear') return settled(row, index(unit.index.mul(row.size)))
  if (row.kind === 'inverse') return settled(row, index(row.size))
  return pricedOption(row, row.terms, row.settlement === 'inverse' ? row.size.div(unit.index) : row.size)
}

function changeOf(row: Row, unit: Unit, { price, deltaOne, volatility, weight }: Move): Rational {
  if (row.kind === 'spot' || row.kind === 'linear') return row.size.mul(unit.index).mul(deltaOne).mul(weight)
  if (row.kind === 'inverse') {
    return row.size.mul(deltaOne).div(Rational.ONE.add(deltaOne)).mul(weight)
  }
  const terms = optionTerms(row.terms)
  const moved = optionValue({
    ...terms,
    forward: row.terms.forward.mul(Rational.ONE.add(price)).toNumber(),
    volatility: movedVolatility(terms.volatility, row.terms.secondsToExpiry, unit, volatility),
  }).mul(row.size)
  const then = row.settlement === 'inverse' ? moved.div(unit.index.mul(Rational.ONE.add(price))) : moved
  return then.sub(instrumentOf(row, unit).value.long).mul(weight)
}

function movedVolatility(
  volatility: number,
  secondsToExpiry: number,
  { volatility: range }: Unit,
  direction: Move['volatility'],
): number {
  const day = 24 * 3600
  const power = secondsToExpiry < 30 * day ? range.shortTermPower : range.longTermPower
  const multiple = volatilityMultiple(secondsToExpiry, power.toNumber(), day)
  if (direction === 'up') {
    return Math.max(range.minimumUp.toNumber(), volatility * (1 + range.up.toNumber() * multiple))
  }
  return direction === 'same' ? volatility : volatility * Math.max(0, 1 - range.down.toNumber() * multiple)
}

function sensitivity(row: Row, { index }: Unit): Sensitivity {
  const { symbol, size } = row
  const notional = size.mul(index)
  if (row.kind !== 'option') {
    return { symbol, delta: size, gamma: Rational.ZERO, vega: Rational.ZERO, notional }
  }
  const { delta, gamma, vega } = black76(optionTerms(row.terms))
  const of = (greek: number) => size.mul(Rational.fromNumber(greek))
  return { symbol, delta: of(delta), gamma: of(gamma), vega: of(vega), notional }
}

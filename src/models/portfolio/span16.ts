import * as z from 'zod'
import { Rational } from '../../field/index.js'
import type { Exposure, ModelInstrument, ModelRule } from '../../rules/index.js'
import { black76 } from '../options/black76.js'
import { limitsOf, limitsSchema, type Sensitivity } from './limits.js'
import { optionSchema, optionTerms, optionValue, pricedOption } from './option-terms.js'
import {
  addRequirement,
  decimal,
  emptyRule,
  head,
  INITIAL,
  instrument,
  line,
  nameSchema,
  ownGroup,
  PLAIN,
  positive,
  settled,
  shorts,
  signed,
  worth,
} from './params.js'

/**
 * Price moves in parts of the scan range and the sign of the volatility move, in SPAN's order; the last two
 * are the extremes.
 */
const MOVES: readonly (readonly [price: bigint, volatility: number])[] = [
  ...[0n, 1n, -1n, 2n, -2n, 3n, -3n].flatMap((thirds) => [[thirds, 1] as const, [thirds, -1] as const]),
  [1n, 0],
  [-1n, 0],
]
const EXTREME = 14
const SCENARIOS = MOVES.map((_, s) => `scenario ${s + 1}`)
/** The sum of what commodities need. */
const COMMODITIES = 'commodities'

const contract = {
  ...instrument,
  /** Losses of one long contract in the 16 scenarios, gains negative, in SPAN's order; default: computed. */
  array: z.array(signed).length(MOVES.length, 'must have 16 entries').optional(),
  /** Units of the underlying in one contract. */
  multiplier: positive.default(Rational.ONE),
  /** Composite delta of one contract, in spreading units; default: computed. */
  delta: signed.optional(),
}

/** Parameters of SPAN. Decimals in quotes; prices, losses and charges in the quote currency. */
export const span16Params = z.strictObject({
  ...head('span16'),
  /** The initial requirement as a multiple of the maintenance requirement. */
  initialFactor: positive.refine((value) => value.compare(Rational.ONE) >= 0, INITIAL).default(Rational.ONE),
  commodities: z
    .array(
      z
        .strictObject({
          name: nameSchema,
          /**
           * The inputs that arrays are computed from. Ranges are absolute; an extreme move counts at
           * `extremeCovered`.
           */
          scan: z
            .strictObject({
              priceRange: positive,
              volatilityRange: decimal,
              extremeMultiple: positive,
              extremeCovered: decimal,
            })
            .optional(),
          /** Charge for each spread of one delta between contracts of the commodity. */
          spreadCharge: decimal.default(Rational.ZERO),
          /** The least requirement for one short option. */
          shortOptionMinimum: decimal.default(Rational.ZERO),
          /** Deltas as the contracts give them; gamma and vega from the terms of options. */
          limits: limitsSchema.omit({ grossNotional: true }).default({}),
          instruments: z
            .array(
              z.discriminatedUnion('kind', [
                z.strictObject({ kind: z.literal('future'), ...contract }),
                z.strictObject({
                  kind: z.literal('option'),
                  ...contract,
                  /** Value of one long contract, when there are no terms. */
                  value: decimal.optional(),
                  terms: optionSchema.optional(),
                }),
              ]),
            )
            .min(1),
        })
        .superRefine((commodity, context) => {
          for (const [i, row] of commodity.instruments.entries()) {
            const computable =
              commodity.scan !== undefined && (row.kind === 'future' || row.terms !== undefined)
            const path = ['instruments', i]
            if (row.array === undefined && !computable) {
              context.addIssue({
                code: 'custom',
                path,
                message: 'needs an array, or a scan and option terms',
              })
            }
            if (row.kind === 'option' && (row.terms === undefined) === (row.value === undefined)) {
              context.addIssue({ code: 'custom', path, message: 'needs either terms or a value' })
            }
            if (row.kind === 'option' && row.terms === undefined && row.delta === undefined) {
              context.addIssue({ code: 'custom', path, message: 'needs a delta, as it has no terms' })
            }
            const byTerms = commodity.limits.netGamma ?? commodity.limits.netVega
            if (row.kind === 'option' && row.terms === undefined && byTerms !== undefined) {
              context.addIssue({ code: 'custom', path, message: 'needs terms for a cap on gamma or vega' })
            }
          }
        }),
    )
    .min(1),
})

export type Span16Params = z.output<typeof span16Params>
type Commodity = Span16Params['commodities'][number]
type Contract = Commodity['instruments'][number]

/**
 * SPAN: for each combined commodity
 * `max(scanning risk + intra-commodity spread charge, short option minimum)`, summed over commodities. Equity
 * is cash plus net option value; futures (and perps) are settled in cash, so they add nothing. SPAN does not
 * say what cash is; a debt of it counts in full, and long options that would back it are scanned. The spread
 * charge is `charge · min(long deltas, short deltas)`. No inter-commodity credit and no delivery charge: a
 * portfolio with hedges across commodities is asked for more than by the clearing house.
 *
 * Source: CME Group, SPAN methodology overview (16 scenarios, extremes in part, components of the
 * requirement).
 */
export function buildSpan16(params: Span16Params): ModelRule {
  const rule = emptyRule('span16', params)
  rule.scan = { name: 'scan', scenarios: SCENARIOS.map((name) => ({ name, ...PLAIN })), groups: [] }
  for (const commodity of params.commodities) {
    const { name, instruments } = commodity
    rule.instruments.push(...instruments.map(instrumentOf))
    const members = instruments.map((row) => ({
      symbol: row.symbol,
      changes: row.array?.map((loss) => loss.neg()) ?? computedChanges(row, commodity.scan!),
    }))
    rule.scan.groups.push(ownGroup(name, COMMODITIES, members))
    const options = instruments.filter(({ kind }) => kind === 'option')
    rule.exposures.push(spreads(commodity), {
      name: `${name} short options`,
      lines: [line(...options.map(({ symbol }) => shorts(symbol, commodity.shortOptionMinimum)))],
      adds: { bounds: name },
    })
    rule.limits.push(...limitsOf(name, commodity.limits, instruments.map(sensitivity)))
  }
  addRequirement(rule, 'initial', { charges: [{ sum: COMMODITIES, factor: params.initialFactor }] })
  addRequirement(rule, 'maintenance', { charges: [{ sum: COMMODITIES, factor: Rational.ONE }] })
  return rule
}

/** As many spreads as there are long deltas or short deltas, whichever is less. */
function spreads({ name, instruments, spreadCharge }: Commodity): Exposure<Rational> {
  const side = (branch: 0 | 1) => ({
    branch,
    ...line(
      ...instruments.map((row) => {
        const charge = deltaOf(row).mul(spreadCharge)
        const directed = branch === 0 ? charge : charge.neg()
        return {
          symbol: row.symbol,
          long: directed.max(Rational.ZERO),
          short: directed.neg().max(Rational.ZERO),
        }
      }),
    ),
  })
  return {
    name: `${name} spreads`,
    lines: [side(0), side(1)],
    choice: `${name} spreads`,
    adds: { raises: name },
  }
}

function sensitivity(row: Contract): Sensitivity {
  const { symbol, multiplier } = row
  const { ZERO } = Rational
  const greeks = row.kind === 'option' && row.terms ? black76(optionTerms(row.terms)) : { gamma: 0, vega: 0 }
  const of = (greek: number) => multiplier.mul(Rational.fromNumber(greek))
  return { symbol, delta: deltaOf(row), gamma: of(greeks.gamma), vega: of(greeks.vega), notional: ZERO }
}

function instrumentOf(row: Contract): ModelInstrument {
  if (row.kind === 'future') return settled(row)
  if (row.value !== undefined) return worth(row, row.value, ['option'])
  return pricedOption(row, row.terms!, row.multiplier)
}

function deltaOf(row: Contract): Rational {
  if (row.delta !== undefined) return row.delta
  if (row.kind === 'future') return row.multiplier
  return Rational.fromNumber(black76(optionTerms(row.terms!)).delta).mul(row.multiplier)
}

function computedChanges(row: Contract, scan: NonNullable<Commodity['scan']>): Rational[] {
  return MOVES.map(([part, volatilitySign], s) => {
    const extreme = s >= EXTREME
    const move = extreme
      ? scan.priceRange.mul(scan.extremeMultiple).mul(Rational.of(part))
      : scan.priceRange.mul(Rational.of(part, 3n))
    const covered = extreme ? scan.extremeCovered : Rational.ONE
    if (row.kind === 'future') return move.mul(row.multiplier).mul(covered)
    const terms = optionTerms(row.terms!)
    const moved = optionValue({
      ...terms,
      forward: Math.max(0, terms.forward + move.toNumber()),
      volatility: Math.max(0, terms.volatility + volatilitySign * scan.volatilityRange.toNumber()),
    })
    return moved.sub(optionValue(terms)).mul(row.multiplier).mul(covered)
  })
}

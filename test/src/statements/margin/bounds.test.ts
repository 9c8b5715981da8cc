import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Rational } from '../../../../src/field/index.js'
import { exactRule, type MarginModelName } from '../../../../src/models/index.js'
import { type ExactRule, type MarginRule, type Portfolio, roundRule } from '../../../../src/rules/index.js'
import { mapRule } from '../../../../src/rules/map.js'
import { marginFigures } from '../../../../src/statements/index.js'
import { exactMargin } from '../../../helpers/exact-margin.js'
import { MODEL_PARAMS } from '../../../helpers/models.js'

/** Random rules of each model, as many as its fractions leave time for. */
const RULES: Record<MarginModelName, number> = {
  cross: 60,
  span16: 40,
  matrix: 25,
  lending: 60,
  'derive-pmrm': 4,
  'derive-standard': 30,
}
const MODELS = Object.keys(RULES) as MarginModelName[]
const ACCOUNTS = 6
/** Smallest units of cash that the account has beyond what its requirement needs; once, any amount. */
const OFFSETS = [-(10n ** 6n), -2n, -1n, 0n, 1n, 2n, 10n ** 6n, undefined]
const PAIRS = Object.values(RULES).reduce((sum, rules) => sum + rules * ACCOUNTS * OFFSETS.length, 0)
const LARGEST = (1n << 64n) - 1n

const magnitude = fc
  .integer({ min: 0, max: 32 })
  .chain((bits) => fc.bigInt({ min: 0n, max: 1n << BigInt(bits) }))
const quantity = fc.tuple(magnitude, fc.boolean()).map(([q, short]) => (short ? -q : q))

interface Case {
  exact: ExactRule
  rule: MarginRule
  account: Portfolio
}

/** The rule with numbers of units and constants of which none is a decimal, so that each is rounded. */
function withThirds(exact: ExactRule): ExactRule {
  const most = Rational.of(3_000_000_001n, 3_000_000_000n)
  const moved = (value: Rational) => value.mul(most)
  return mapRule<Rational, Rational>(exact, {
    unit: (_, value) => moved(value),
    whole: moved,
    factor: (value) => value,
  })
}

/** Accounts around the point where one requirement is just met, for random rules of a model. */
function* casesOf(model: MarginModelName): Generator<Case> {
  const drawn = fc.sample(
    fc.tuple(
      MODEL_PARAMS[model],
      fc.array(fc.array(quantity, { minLength: 12, maxLength: 12 }), {
        minLength: ACCOUNTS,
        maxLength: ACCOUNTS,
      }),
      quantity,
    ),
    { numRuns: RULES[model], seed: 16_563 },
  )
  for (const [i, [params, accounts, anything]] of drawn.entries()) {
    const stated = exactRule(model, params)
    const exact = i % 2 === 0 ? stated : withThirds(stated)
    const rule = roundRule(exact)
    const traded = exact.instruments.filter(({ symbol }) => symbol !== exact.cash)
    const money = exact.instruments.find(({ symbol }) => symbol === exact.cash)!
    for (const held of accounts) {
      const positions = traded.map(({ symbol }, i) => ({ symbol, quantity: held[i % held.length]! }))
      const without = exactMargin(exact, { cash: 0n, positions }).slack.get(rule.requirements[0]!.name)!
      const worth = without.compare(Rational.ZERO) < 0 ? money.value.long : money.value.short
      const unit = worth.mul(Rational.of(1n, 10n ** BigInt(money.decimals)))
      const needed = unit.compare(Rational.ZERO) === 0 ? 0n : without.neg().div(unit).ceil()
      for (const offset of OFFSETS) {
        const amount = offset === undefined ? anything : needed + offset
        const cash = amount > LARGEST ? LARGEST : amount < -LARGEST ? -LARGEST : amount
        yield { exact, rule, account: { cash, positions } }
      }
    }
  }
}

/** What both bounds say of a requirement beside what is exact. */
interface Bounded {
  slack: Rational
  against: Rational
  for: Rational
  /** The dead band: how far the two are apart. */
  band: Rational
  /** What equity and requirement come to together. */
  size: Rational
}

function boundsOf({ exact, rule, account }: Case): Bounded[] {
  const { slack } = exactMargin(exact, account)
  const [least, most] = (['against', 'for'] as const).map((way) => marginFigures(rule, account, way))
  const whole = (value: bigint) => Rational.of(value, 10n ** BigInt(least!.decimals))
  return least!.requirements.map((requirement, i) => ({
    slack: slack.get(requirement.name)!,
    against: whole(requirement.slack),
    for: whole(most!.requirements[i]!.slack),
    band: whole(most!.requirements[i]!.slack - requirement.slack),
    size: whole(least!.equity).abs().add(whole(requirement.required).abs()),
  }))
}

const isNegative = (value: Rational) => value.compare(Rational.ZERO) < 0
/** Provable: meets, by numbers against the account; is short, by numbers for it. */
const meets = (each: Bounded) => !isNegative(each.against)
const isShort = (each: Bounded) => isNegative(each.for)

/** The properties, and how often each is broken over some pairs. */
const BREAKS: Record<string, (each: Bounded) => boolean> = {
  'meets and is short': (each) => meets(each) && isShort(each),
  'meets, though exactly short': (each) => meets(each) && isNegative(each.slack),
  'is short, though it exactly meets': (each) => isShort(each) && !isNegative(each.slack),
  'neither, outside the dead band': (each) =>
    !meets(each) && !isShort(each) && each.slack.abs().compare(each.band) > 0,
}
const broken = (bounded: readonly Bounded[]) =>
  Object.keys(BREAKS).filter((name) => bounded.some((each) => BREAKS[name]!(each)))

describe(`bounds of ${PAIRS} random pairs of rule and account (margin.21)`, () => {
  test.each(MODELS)('%s: never met and short, and exact; neither only in the dead band', (model) => {
    const bounded = [...casesOf(model)].flatMap(boundsOf)
    expect(broken(bounded)).toEqual([])
    const count = (test: (each: Bounded) => boolean) => bounded.filter(test).length
    const [met, short] = [count(meets), count(isShort)]
    expect([met, short, bounded.length - met - short].every((cases) => cases > 40)).toBe(true)
    // The dead band of an account of which a thousand units of the quote currency or more are at stake.
    const large = bounded.filter(({ size }) => size.compare(Rational.of(1000n)) > 0)
    const widest = Math.max(...large.map((each) => each.band.div(each.size).toNumber()))
    expect(widest).toBeLessThan(1e-6)

    // Controls: a copy that judges without the opposite rounding, and one that meets with it.
    const unrounded = bounded.map((each) => ({ ...each, for: each.against }))
    expect(broken(unrounded)).toContain('is short, though it exactly meets')
    const granted = bounded.map((each) => ({ ...each, against: each.for }))
    expect(broken(granted)).toContain('meets, though exactly short')
    const exchanged = bounded.map((each) => ({ ...each, against: each.for, for: each.against }))
    expect(broken(exchanged)).toContain('meets and is short')
  })

  test('matrix: a scenario that is not the worst leaves a deficit unproven, and that is all', () => {
    const bounded = [...casesOf('matrix')].flatMap((each) => {
      const { scan } = each.rule
      const first = structuredClone(scan!)
      first.scenarios.length = 1
      for (const { members } of first.groups) for (const { changes } of members) changes.length = 1
      const picked = boundsOf({ ...each, rule: { ...each.rule, scan: first } })
      return boundsOf(each).map((own, i) => ({ ...own, for: picked[i]!.for }))
    })
    expect(broken(bounded)).toEqual(['neither, outside the dead band'])
  })
})

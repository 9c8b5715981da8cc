import type { ExactRule, Scan } from '../margin/rule.js'
import { yearsOf } from '../options/black76.js'
import { Rational } from '../rational.js'
import {
  type Expiry,
  type Option,
  type Scenario,
  shockedValue,
  staticDiscounts,
} from './derive-pmrm-options.js'
import { type DerivePmrmParams, derivePmrmParams } from './derive-pmrm-params.js'
import { emptyRule, form, gross, linear, longs, requirement, worth } from './params.js'

export { type DerivePmrmParams, derivePmrmParams }

const { ZERO, ONE } = Rational
const UNSHOCKED = { spotShock: ONE, volShock: 'None' } as const

/**
 * Derive's portfolio margin (PMRM_2): `margin = factor·L + market value + cash − contingencies`, with L the worst of the
 * scenarios, the basis contingency and zero. An option's market value is Black's formula; the perp's gain or loss is in cash;
 * collateral is worth its price over the stable price, and cannot be borrowed.
 *
 * Skew scenarios lose the magnitude of each expiry's change. With slopes a⁺ ≤ a⁻ the discounted value is
 * `min(a⁺·x, a⁻·x)`, so the loss `|min(a⁺·x, a⁻·x) − V|` is `max(min(a⁺·x − V, a⁻·x − V), V − a⁺·x, V − a⁻·x)`, and the
 * other way round with a⁺ > a⁻.
 *
 * Source: derivexyz/v2-core, `PMRM_2.sol` and `PMRMLib_2.sol` (formulas restated; their 18-decimal truncations left out).
 */
export function buildDerivePmrm(params: DerivePmrmParams): ExactRule {
  const rule = emptyRule('derive-pmrm', params)
  const expiries = params.expiries.map((expiry) => ({
    ...expiry,
    marks: new Map(expiry.options.map((o) => [o.symbol, shockedValue(o, expiry, UNSHOCKED, params)])),
  }))
  if (params.perp) rule.instruments.push(worth(params.perp, ZERO))
  for (const row of params.collaterals) {
    rule.instruments.push(worth(row, row.price.div(params.stablePrice)))
  }
  for (const { options, marks } of expiries) {
    for (const option of options) rule.instruments.push(worth(option, marks.get(option.symbol)!))
  }

  const regular = params.scenarios.filter(({ volShock }) => !isSkew(volShock))
  rule.scans.push(spotScan(params, expiries, regular))
  const worst: string[][] = [['scenarios'], expiries.map((expiry) => `basis ${expiry.name}`)]
  for (const expiry of expiries) rule.exposures.push(basisContingency(params, expiry))
  for (const scenario of params.scenarios.filter(({ volShock }) => isSkew(volShock))) {
    worst.push(expiries.map((expiry) => addSkewLoss(rule, params, expiry, scenario)))
  }
  rule.combinations.push({ name: 'worst loss', pick: 'max', of: worst })

  rule.exposures.push(
    { name: 'maintenance contingency', forms: [contingency(params, expiries, 'MM')] },
    { name: 'initial contingency', forms: [contingency(params, expiries, 'IM')] },
  )
  const naked = expiries.flatMap((expiry) => nakedShorts(params, expiry))
  rule.exposures.push(...naked)
  rule.combinations.push({ name: 'naked shorts', pick: 'max', of: [naked.map(({ name }) => name)] })
  const { otherContParams: other, marginParams: margin } = params
  const pegLoss = other.pegLossThreshold.sub(params.stablePrice).max(ZERO)
  rule.requirements.push(
    requirement(
      'initial',
      { of: 'worst loss', factor: margin.imFactor.add(pegLoss.mul(other.pegLossFactor)) },
      { of: 'naked shorts', factor: other.MMOptionPercent.add(other.IMOptionPercent) },
      'maintenance contingency',
      'initial contingency',
    ),
    requirement(
      'maintenance',
      { of: 'worst loss', factor: margin.mmFactor },
      { of: 'naked shorts', factor: other.MMOptionPercent },
      'maintenance contingency',
    ),
  )
  return rule
}

type MarkedExpiry = Expiry & { marks: ReadonlyMap<string, Rational> }

function isSkew(shock: Scenario['volShock']): boolean {
  return shock === 'Linear' || shock === 'Abs'
}

/** Perp, risk-cancelling collateral and what options were worth in one group; each expiry's discounted value in another. */
function spotScan(
  params: DerivePmrmParams,
  expiries: readonly MarkedExpiry[],
  scenarios: readonly Scenario[],
): Scan<Rational> {
  const damping = scenarios.map(({ dampeningFactor }) => dampeningFactor)
  const moved = (symbol: string, price: Rational) => ({
    symbol,
    changes: scenarios.map(({ spotShock }) => spotShock.sub(ONE).mul(price)),
  })
  const linearMembers = [
    ...(params.perp ? [moved(params.perp.symbol, params.perp.price)] : []),
    ...params.collaterals
      .filter(({ isRiskCancelling }) => isRiskCancelling)
      .map(({ symbol, price }) => moved(symbol, price.div(params.stablePrice))),
    ...expiries.flatMap(({ marks }) =>
      [...marks].map(([symbol, mark]) => ({ symbol, changes: scenarios.map(() => mark.neg()) })),
    ),
  ]
  return {
    name: 'scenarios',
    scenarios: scenarios.map(
      ({ spotShock, volShock }, s) => `${s + 1}: spot ${spotShock.toNumber()}, volatility ${volShock}`,
    ),
    groups: [
      { name: 'linear', members: linearMembers, gain: damping, loss: damping },
      ...expiries.map((expiry) => {
        const { gain, loss } = staticDiscounts(expiry, params)
        return {
          name: expiry.name,
          members: expiry.options.map((option) => ({
            symbol: option.symbol,
            changes: scenarios.map((scenario) => shockedValue(option, expiry, scenario, params)),
          })),
          gain: damping.map((d) => d.mul(gain)),
          loss: damping.map((d) => d.mul(loss)),
        }
      }),
    ],
  }
}

/** `(add + mult·years) · max(V − V_up, V − V_down, 0)` */
function basisContingency(params: DerivePmrmParams, expiry: MarkedExpiry): ExactRule['exposures'][number] {
  const basis = params.basisContParams
  const years = Rational.fromNumber(yearsOf(expiry.secToExpiry))
  const factor = basis.basisContAddFactor.add(basis.basisContMultFactor.mul(years))
  return {
    name: `basis ${expiry.name}`,
    forms: [basis.scenarioSpotUp, basis.scenarioSpotDown].map((spotShock) =>
      form(
        ...expiry.options.map((option) => {
          const shocked = shockedValue(option, expiry, { spotShock, volShock: 'None' }, params)
          return linear(option.symbol, expiry.marks.get(option.symbol)!.sub(shocked).mul(factor))
        }),
      ),
    ),
  }
}

/** Adds the loss of one expiry in a skew scenario to the rule, and gives its name. */
function addSkewLoss(
  rule: ExactRule,
  params: DerivePmrmParams,
  expiry: MarkedExpiry,
  scenario: Scenario,
): string {
  const { gain, loss } = staticDiscounts(expiry, params)
  const rises = (slope: Rational) =>
    form(
      ...expiry.options.map((option) => {
        const discounted = shockedValue(option, expiry, scenario, params).mul(slope)
        const change = discounted.sub(expiry.marks.get(option.symbol)!)
        return linear(option.symbol, change.mul(scenario.dampeningFactor))
      }),
    )
  const falls = (slope: Rational) => {
    const { terms } = rises(slope)
    return form(...terms.map(({ symbol, long }) => linear(symbol, long.neg())))
  }
  const name = `skew ${scenario.volShock} ${expiry.name}`
  const [both, either] = gain.compare(loss) <= 0 ? [falls, rises] : [rises, falls]
  rule.exposures.push(
    { name: `${name}, outer`, forms: [both(gain), both(loss)] },
    { name: `${name}, inner at gain`, forms: [either(gain)] },
    { name: `${name}, inner at loss`, forms: [either(loss)] },
  )
  rule.combinations.push(
    { name: `${name}, inner`, pick: 'min', of: [[`${name}, inner at gain`], [`${name}, inner at loss`]] },
    { name, pick: 'max', of: [[`${name}, outer`], [`${name}, inner`]] },
  )
  return name
}

/** Charges that are linear in magnitudes. */
function contingency(params: DerivePmrmParams, expiries: readonly Expiry[], kind: 'MM' | 'IM') {
  const other = params.otherContParams
  const unsure = (confidence: Rational): Rational =>
    kind === 'IM' && confidence.compare(other.confThreshold) < 0
      ? ONE.sub(confidence).mul(other.confMargin)
      : ZERO
  const { perp, spotPrice } = params
  return form(
    ...(perp
      ? [gross(perp.symbol, spotPrice.mul(other[`${kind}PerpPercent`].add(unsure(params.minConfidence))))]
      : []),
    ...expiries.flatMap(({ options, minConfidence }) =>
      options.map(({ symbol }) =>
        gross(symbol, spotPrice.mul(unsure(minConfidence.min(params.minConfidence)))),
      ),
    ),
    ...params.collaterals.map((row) => {
      const rate = row[`${kind}Haircut`].add(unsure(row.minConfidence))
      return longs(row.symbol, row.price.div(params.stablePrice).mul(rate))
    }),
  )
}

/** Spot value of what is short at each strike, calls and puts netted. */
function nakedShorts({ spotPrice }: DerivePmrmParams, { name, options }: Expiry): ExactRule['exposures'] {
  const strikes = new Map<string, Option[]>()
  for (const option of options) {
    const key = `${option.strike.numerator}/${option.strike.denominator}`
    strikes.set(key, [...(strikes.get(key) ?? []), option])
  }
  return [...strikes.values()].map((pair) => ({
    name: `naked ${name} ${pair[0]!.strike.toNumber()}`,
    forms: [form(...pair.map(({ symbol }) => linear(symbol, spotPrice.neg())))],
  }))
}

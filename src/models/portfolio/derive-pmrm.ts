import { Rational } from '../../field/index.js'
import type { ExactRule, Line, ModelRule, Scan } from '../../rules/index.js'
import { black76, yearsOf } from '../options/black76.js'
import {
  type Expiry,
  type Option,
  type ParamsScenario,
  shockedValue,
  staticDiscounts,
  termsOf,
} from './derive-pmrm-options.js'
import { type DerivePmrmParams, derivePmrmParams } from './derive-pmrm-params.js'
import { limitsOf, type Sensitivity } from './limits.js'
import { MARK_TOLERANCE } from './option-terms.js'
import {
  addRequirement,
  emptyRule,
  forbidDebts,
  gross,
  line,
  linear,
  longs,
  PLAIN,
  SPOT,
  settled,
  stableCash,
  worth,
} from './params.js'

export { type DerivePmrmParams, derivePmrmParams }

const { ZERO, ONE } = Rational
/** Names of sums. */
const BASIS = 'basis'
const NAKED = 'naked shorts'
const CONTINGENCY = { MM: 'maintenance contingency', IM: 'initial contingency' }
const skewSum = ({ volShock }: ParamsScenario) => `skew ${volShock}`
const UNSHOCKED = { spotShock: ONE, volShock: 'None' } as const

/**
 * Derive's portfolio margin (PMRM_2): `margin = factor·L + market value + cash − contingencies`, with L the
 * worst of the scenarios, the basis contingency and zero. An option's market value is Black's formula; the
 * perp's gain or loss is in cash; collateral is worth its price over the stable price, and cannot be borrowed
 * (`WrappedERC20Asset.sol`). Cash is the stablecoin that values are counted in; a debt of it is interest's
 * matter, and pays no margin (`CashAsset.sol`).
 *
 * Skew scenarios lose the magnitude of each expiry's change. With slopes a⁺ ≤ a⁻ the discounted value is
 * `min(a⁺·x, a⁻·x)`, so the loss `|min(a⁺·x, a⁻·x) − V|` is
 * `max(min(a⁺·x − V, a⁻·x − V), V − a⁺·x, V − a⁻·x)`, and the other way round with a⁺ > a⁻.
 *
 * Source: derivexyz/v2-core, `PMRM_2.sol` and `PMRMLib_2.sol` (formulas restated; their 18-decimal
 * truncations left out).
 */
export function buildDerivePmrm(params: DerivePmrmParams): ModelRule {
  const rule = stableCash(emptyRule('derive-pmrm', params))
  const expiries = params.expiries.map((expiry) => ({
    ...expiry,
    marks: new Map(expiry.options.map((o) => [o.symbol, shockedValue(o, expiry, UNSHOCKED, params)])),
  }))
  const { perp } = params
  if (perp) rule.instruments.push(settled(perp, { value: perp.price, within: ZERO }))
  const collaterals = params.collaterals.map(({ symbol, decimals, price }) => ({
    symbol,
    decimals,
    price: price.div(params.stablePrice),
  }))
  rule.instruments.push(...collaterals.map((row) => worth(row, row.price, SPOT)))
  for (const { options, marks, forwardVariablePortion, forwardFixedPortion } of expiries) {
    const within = forwardVariablePortion.add(forwardFixedPortion).mul(MARK_TOLERANCE)
    rule.instruments.push(
      ...options.map((option) => worth(option, marks.get(option.symbol)!, ['option'], within)),
    )
  }

  const regular = params.scenarios.filter(({ volShock }) => !isSkew(volShock))
  const skewed = params.scenarios.filter(({ volShock }) => isSkew(volShock))
  if (regular.length > 0) rule.scan = spotScan(params, expiries, regular)
  rule.exposures.push(
    ...expiries.map((expiry) => basisContingency(params, expiry)),
    ...skewed.flatMap((scenario) => expiries.map((expiry) => skewLoss(params, expiry, scenario))),
    ...expiries.flatMap((expiry) => nakedShorts(params, expiry)),
    contingency(params, expiries, 'MM'),
    contingency(params, expiries, 'IM'),
  )
  forbidDebts(rule, collaterals)
  rule.limits.push(...limitsOf('portfolio', params.limits, sensitivities(params)))

  const { otherContParams: other, marginParams: margin } = params
  const pegLoss = other.pegLossThreshold.sub(params.stablePrice).max(ZERO)
  const sums = [BASIS, ...skewed.map(skewSum)]
  addRequirement(rule, 'initial', {
    worst: { factor: margin.imFactor.add(pegLoss.mul(other.pegLossFactor)), sums },
    charges: [
      { sum: NAKED, factor: other.MMOptionPercent.add(other.IMOptionPercent) },
      { sum: CONTINGENCY.MM, factor: ONE },
      { sum: CONTINGENCY.IM, factor: ONE },
    ],
  })
  addRequirement(rule, 'maintenance', {
    worst: { factor: margin.mmFactor, sums },
    charges: [
      { sum: NAKED, factor: other.MMOptionPercent },
      { sum: CONTINGENCY.MM, factor: ONE },
    ],
  })
  return rule
}

type MarkedExpiry = Expiry & { marks: ReadonlyMap<string, Rational> }

function isSkew(shock: ParamsScenario['volShock']): boolean {
  return shock === 'Linear' || shock === 'Abs'
}

/**
 * Perp, risk-cancelling collateral and what options were worth in one group; each expiry's discounted value
 * in another.
 */
function spotScan(
  params: DerivePmrmParams,
  expiries: readonly MarkedExpiry[],
  scenarios: readonly ParamsScenario[],
): Scan<Rational> {
  const moved = (symbol: string, price: Rational) => ({
    symbol,
    changes: scenarios.map(({ spotShock }) => spotShock.sub(ONE).mul(price)),
  })
  const linearMembers = [
    ...(params.perp ? [moved(params.perp.symbol, params.perp.price)] : []),
    ...params.collaterals
      .filter(({ isRiskCancelling }) => isRiskCancelling)
      .map(({ symbol, price }) => moved(symbol, price.div(params.stablePrice))),
  ]
  const marks = expiries.flatMap((expiry) => [...expiry.marks])
  return {
    name: 'scenarios',
    scenarios: scenarios.map(({ spotShock, volShock, dampeningFactor }, s) => ({
      name: `${s + 1}: spot ${spotShock.toNumber()}, volatility ${volShock}`,
      gain: dampeningFactor,
      loss: dampeningFactor,
    })),
    groups: [
      {
        name: 'linear',
        ...PLAIN,
        members: linearMembers,
        flat: marks.map(([symbol, mark]) => ({ symbol, change: mark.neg() })),
      },
      ...expiries.map((expiry) => ({
        name: expiry.name,
        ...staticDiscounts(expiry, params),
        members: expiry.options.map((option) => ({
          symbol: option.symbol,
          changes: scenarios.map((scenario) => shockedValue(option, expiry, scenario, params)),
        })),
        flat: [],
      })),
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
    lines: [basis.scenarioSpotUp, basis.scenarioSpotDown].map((spotShock) =>
      line(
        ...expiry.options.map((option) => {
          const shocked = shockedValue(option, expiry, { spotShock, volShock: 'None' }, params)
          return linear(option.symbol, expiry.marks.get(option.symbol)!.sub(shocked).mul(factor))
        }),
      ),
    ),
    adds: { sum: BASIS },
  }
}

/**
 * The loss of one expiry in a skew scenario: two outer lines that always count, and the smaller of two inner
 * ones.
 */
function skewLoss(
  params: DerivePmrmParams,
  expiry: MarkedExpiry,
  scenario: ParamsScenario,
): ExactRule['exposures'][number] {
  const { gain, loss } = staticDiscounts(expiry, params)
  const rises = (slope: Rational) =>
    line(
      ...expiry.options.map((option) => {
        const discounted = shockedValue(option, expiry, scenario, params).mul(slope)
        const change = discounted.sub(expiry.marks.get(option.symbol)!)
        return linear(option.symbol, change.mul(scenario.dampeningFactor))
      }),
    )
  const falls = (slope: Rational): Line<Rational> =>
    line(...rises(slope).terms.map(({ symbol, long }) => linear(symbol, long.neg())))
  const name = `${skewSum(scenario)} ${expiry.name}`
  const [outer, inner] = gain.compare(loss) <= 0 ? [falls, rises] : [rises, falls]
  return {
    name,
    lines: [outer(gain), outer(loss), { ...inner(gain), branch: 0 }, { ...inner(loss), branch: 1 }],
    choice: name,
    adds: { sum: skewSum(scenario) },
  }
}

/** Charges that are linear in magnitudes. */
function contingency(
  params: DerivePmrmParams,
  expiries: readonly Expiry[],
  kind: 'MM' | 'IM',
): ExactRule['exposures'][number] {
  const other = params.otherContParams
  const unsure = (confidence: Rational): Rational =>
    kind === 'IM' && confidence.compare(other.confThreshold) < 0
      ? ONE.sub(confidence).mul(other.confMargin)
      : ZERO
  const { perp, spotPrice } = params
  const perpRate = other[`${kind}PerpPercent`].add(unsure(params.minConfidence))
  const charges = [
    ...(perp ? [gross(perp.symbol, spotPrice.mul(perpRate))] : []),
    ...expiries.flatMap(({ options, minConfidence }) => {
      const rate = unsure(minConfidence.min(params.minConfidence))
      return options.map(({ symbol }) => gross(symbol, spotPrice.mul(rate)))
    }),
    ...params.collaterals.map((row) => {
      const rate = row[`${kind}Haircut`].add(unsure(row.minConfidence))
      return longs(row.symbol, row.price.div(params.stablePrice).mul(rate))
    }),
  ]
  const name = `${kind === 'MM' ? 'maintenance' : 'initial'} add-ons`
  return { name, lines: [line(...charges)], adds: { sum: CONTINGENCY[kind] } }
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
    lines: [line(...pair.map(({ symbol }) => linear(symbol, spotPrice.neg())))],
    adds: { sum: NAKED },
  }))
}

/**
 * The value that limits measure, with options at their unshocked forwards; collateral counts when it is
 * risk-cancelling.
 */
function sensitivities(params: DerivePmrmParams): Sensitivity[] {
  const { spotPrice, perp, collaterals, expiries } = params
  const spotLike = [
    ...(perp ? [{ symbol: perp.symbol, price: spotPrice }] : []),
    ...collaterals.filter(({ isRiskCancelling }) => isRiskCancelling),
  ]
  return [
    ...spotLike.map(({ symbol, price }) => ({
      symbol,
      delta: price.div(spotPrice),
      gamma: ZERO,
      vega: ZERO,
      notional: price,
    })),
    ...expiries.flatMap((expiry) =>
      expiry.options.map((option) => {
        const { delta, gamma, vega } = black76(termsOf(option, expiry, UNSHOCKED, params))
        const of = Rational.fromNumber
        return {
          symbol: option.symbol,
          delta: of(delta),
          gamma: of(gamma),
          vega: of(vega),
          notional: spotPrice,
        }
      }),
    ),
  ]
}

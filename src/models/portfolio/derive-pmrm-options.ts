import { Rational } from '../../field/index.js'
import { type OptionTerms, yearsOf } from '../options/black76.js'
import type { DerivePmrmParams } from './derive-pmrm-params.js'
import { optionValue, volatilityMultiple } from './option-terms.js'

export type Expiry = DerivePmrmParams['expiries'][number]
export type Option = Expiry['options'][number]
export type ParamsScenario = DerivePmrmParams['scenarios'][number]

/** The value of one unit of an option in a scenario, before static discounts. */
export function shockedValue(
  option: Option,
  expiry: Expiry,
  scenario: Pick<ParamsScenario, 'spotShock' | 'volShock'>,
  params: DerivePmrmParams,
): Rational {
  return optionValue(termsOf(option, expiry, scenario, params))
}

/** An option in a scenario. */
export function termsOf(
  option: Option,
  expiry: Expiry,
  { spotShock, volShock }: Pick<ParamsScenario, 'spotShock' | 'volShock'>,
  params: DerivePmrmParams,
): OptionTerms {
  const forward = expiry.forwardVariablePortion.mul(spotShock).add(expiry.forwardFixedPortion).toNumber()
  return {
    right: option.right,
    forward,
    strike: option.strike.toNumber(),
    years: yearsOf(expiry.secToExpiry),
    volatility: shockedVolatility(option, expiry, volShock, forward, params),
    discount: expiry.discount.toNumber(),
  }
}

function shockedVolatility(
  option: Option,
  expiry: Expiry,
  shock: ParamsScenario['volShock'],
  forward: number,
  params: DerivePmrmParams,
): number {
  const volatility = option.volatility.toNumber()
  if (shock === 'None') return volatility
  if (shock === 'Linear' || shock === 'Abs') {
    return volatility * skewMultiplier(shock, Math.log(option.strike.toNumber() / forward), expiry, params)
  }
  const { volRangeUp, volRangeDown, shortTermPower, longTermPower, dteFloorSeconds, minVolUpShock } =
    params.volShockParams
  const power = expiry.secToExpiry <= 30 * 24 * 3600 ? shortTermPower : longTermPower
  const multiple = volatilityMultiple(expiry.secToExpiry, power.toNumber(), dteFloorSeconds)
  return shock === 'Up'
    ? Math.max(minVolUpShock.toNumber(), volatility * (1 + volRangeUp.toNumber() * multiple))
    : volatility * Math.max(0, 1 - volRangeDown.toNumber() * multiple)
}

/** Raises or lowers the wings of the smile: linear in the log-moneyness (or its magnitude) up to a cap. */
function skewMultiplier(
  shock: 'Linear' | 'Abs',
  moneyness: number,
  expiry: Expiry,
  { skewShockParams: skew }: DerivePmrmParams,
): number {
  const root = Math.sqrt(yearsOf(expiry.secToExpiry))
  const [base, slope] =
    shock === 'Linear' ? [skew.linearBaseCap, skew.linearCBase] : [skew.absBaseCap, skew.absCBase]
  const cap = slope.toNumber() * root + base.toNumber()
  const width =
    root *
    skew.widthScale.toNumber() *
    (skew.volParamStatic.toNumber() + root * skew.volParamScale.toNumber())
  const flat = Math.max(skew.minKStar.toNumber(), width)
  const k = shock === 'Linear' ? moneyness : Math.abs(moneyness)
  const change = k >= 0 ? Math.min(cap, (k * cap) / flat) : Math.max(-cap, (k * cap) / flat)
  return Math.max(0, 1 + change)
}

/** The slopes at which an expiry's shocked value counts: below one for longs, above one for shorts. */
export function staticDiscounts(
  expiry: Expiry,
  { marginParams: margin }: DerivePmrmParams,
): { gain: Rational; loss: Rational } {
  const years = yearsOf(expiry.secToExpiry)
  const rate = Math.max(0, expiry.rate.toNumber())
  const longRate = rate * margin.longRateMultScale.toNumber() + margin.longRateAddScale.toNumber()
  const shortRate = rate * margin.shortRateMultScale.toNumber() + margin.shortRateAddScale.toNumber()
  const gain = margin.longBaseStaticDiscount.toNumber() * Math.exp(-years * longRate)
  const loss = Math.min(
    1 / expiry.discount.toNumber(),
    margin.shortBaseStaticDiscount.toNumber() * Math.exp(years * shortRate),
  )
  return { gain: Rational.fromNumber(gain), loss: Rational.fromNumber(loss) }
}

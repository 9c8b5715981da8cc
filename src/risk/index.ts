export { type RiskDigests, ROWS_DEPTH, riskDigests } from './digests.js'
export { formatRiskTable, readRiskTable } from './file.js'
export { INSTRUMENT_KINDS, type InstrumentKind, isDerivative, kindCode } from './kinds.js'
export { checkRule } from './margin/check.js'
export { formatMarginRule, readMarginRule } from './margin/file.js'
export { readPortfolio } from './margin/portfolio.js'
export { roundRule } from './margin/round.js'
export {
  type Combination,
  type ExactRule,
  type Exposure,
  FACTOR_DECIMALS,
  FACTOR_ONE,
  type Form,
  type MarginRule,
  type Portfolio,
  type Requirement,
  type Rule,
  type RuleInstrument,
  type Scan,
} from './margin/rule.js'
export { openInterestRate, tierDeductions } from './models/cross.js'
export { exactRule, MARGIN_MODELS, type MarginModelName, readMarginParams } from './models/index.js'
export { black76, discountFactor, type OptionTerms, type OptionValue, yearsOf } from './options/black76.js'
export { Rational } from './rational.js'
export type { Instrument, RiskTable, Scenario } from './table.js'

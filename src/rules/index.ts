export { assertRule } from './assert-rule.js'
export { type BoundRule, boundRule, type Direction } from './bounds.js'
export {
  fileOfRule,
  formatMarginRule,
  MARGIN_RULE_SCHEMA,
  type MarginRuleFile,
  marginRuleSchema,
  ruleOfFile,
} from './file.js'
export { INSTRUMENT_KINDS, type InstrumentKind, isDerivative, isSettledAtMark, kindCode } from './kinds.js'
export { parsePortfolio, positionsOf } from './portfolio.js'
export { roundRule } from './round.js'
export {
  compileRequirement,
  destinationCode,
  destinationGroup,
  groupKey,
  LINES_PER_LINK,
  lineKey,
  MARGIN_SCENARIOS,
  MARGIN_SUMS,
  MAX_REQUIREMENTS,
  type MarginGroup,
  type MarginLine,
  type MarginRequirement,
  type MarginRow,
  marginRoot,
  marginRowDigest,
  requirementDigest,
  statedDigest,
} from './rows.js'
export {
  CONSTANT_BITS,
  decimalsOf,
  type ExactRule,
  type Exposure,
  FACTOR_DECIMALS,
  FACTOR_ONE,
  type Limit,
  type Line,
  MAX_POSITIONS,
  type MarginRule,
  type ModelInstrument,
  type ModelRule,
  type Portfolio,
  type Requirement,
  type Rule,
  type RuleInstrument,
  type Scan,
  type ScanGroup,
} from './rule.js'

export { marksAge, moment, tooOld } from './age.js'
export { buildRiskTable, withRule } from './build.js'
export {
  type Calibration,
  type CalibrationChange,
  type CalibrationSettings,
  calibrate,
  calibrationChanges,
  correlationMatrix,
  ewmaVolatility,
  fitTail,
  formatCalibration,
  type HistoryRules,
  type HistorySource,
  historicalTail,
  liquidationGrowth,
  type ParetoTail,
  type PriceSeries,
  paretoTail,
  readCalibration,
  readHistory,
  type SideCalibration,
  stressCorrelation,
  type TailEstimate,
} from './calibrate/index.js'
export {
  marginTrees,
  type RiskColumns,
  type RiskDigests,
  ROWS_DEPTH,
  riskDigests,
  riskRootOf,
} from './digests.js'
export { formatRiskTable, parseRiskTable, readRiskTable } from './file.js'
export { INSTRUMENT_KINDS, type InstrumentKind, isDerivative, isSettledAtMark, kindCode } from './kinds.js'
export { checkRule } from './margin/check.js'
export {
  fileOfRule,
  formatMarginRule,
  type MarginRuleFile,
  marginRuleSchema,
  ruleOfFile,
} from './margin/file.js'
export { parsePortfolio, positionsOf, readPortfolio } from './margin/portfolio.js'
export { readMarginRule } from './margin/read.js'
export { roundRule } from './margin/round.js'
export {
  compileRequirement,
  type Destination,
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
} from './margin/rows.js'
export {
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
} from './margin/rule.js'
export { withMargin } from './margin/table.js'
export { openInterestRate, tierDeductions } from './models/cross.js'
export { exactRule, MARGIN_MODELS, type MarginModelName, readMarginParams } from './models/index.js'
export { describeCollateral, describeMoves } from './moves.js'
export { black76, discountFactor, type OptionTerms, type OptionValue, yearsOf } from './options/black76.js'
export { Rational } from './rational.js'
export {
  checkScenario,
  correlationBreak,
  HISTORICAL_SCENARIOS,
  historicalScenario,
  type ParallelShock,
  parallelShock,
  readStressRequest,
  type SingleFailure,
  type StressInstrument,
  type StressRequest,
  type StressScenario,
  singleFailure,
  stressScenario,
  stressScenarios,
  volatilityShock,
} from './scenarios/index.js'
export { MAX_INSTRUMENTS, MAX_SCENARIOS, MAX_TIMESTAMP, timestampSchema } from './schema.js'
export {
  COLLATERAL,
  type Instrument,
  isTiered,
  marketScenarios,
  type RiskTable,
  type Scenario,
  type TierList,
  type TierRow,
  withScenarios,
} from './table.js'
export {
  type Asset,
  assetsOf,
  haircutValue,
  isTierTableFile,
  PLEDGES,
  type Pledge,
  parseTiers,
  readTierTable,
  splitOverKeys,
  TIER_VALUE_DECIMALS,
  type Tier,
  type TierInstrument,
  type TierKey,
  type TierTable,
  tierKeys,
  tierRiskTable,
} from './tiers/index.js'

export { buildRiskTable, withRule } from './build.js'
export { calibrate } from './calibrate/calibrate.js'
export { type CalibrationChange, calibrationChanges } from './calibrate/changes.js'
export { correlationMatrix, stressCorrelation } from './calibrate/correlation.js'
export type { TailEstimate } from './calibrate/estimate.js'
export { ewmaVolatility } from './calibrate/ewma.js'
export {
  type Calibration,
  formatCalibration,
  readCalibration,
  type SideCalibration,
} from './calibrate/file.js'
export { historicalTail } from './calibrate/historical.js'
export { type HistoryRules, type HistorySource, type PriceSeries, readHistory } from './calibrate/history.js'
export { liquidationGrowth } from './calibrate/liquidity.js'
export { fitTail, type ParetoTail, paretoTail } from './calibrate/pareto.js'
export type { CalibrationSettings } from './calibrate/settings.js'
export { black76, discountFactor, type OptionTerms, type OptionValue, yearsOf } from './options/black76.js'
export { openInterestRate, tierDeductions } from './portfolio/cross.js'
export { exactRule, MARGIN_MODELS, type MarginModelName, readMarginParams } from './portfolio/index.js'
export {
  correlationBreak,
  type ParallelShock,
  parallelShock,
  type SingleFailure,
  singleFailure,
  volatilityShock,
} from './scenarios/generate.js'
export { HISTORICAL_SCENARIOS, historicalScenario } from './scenarios/library.js'
export { readStressRequest, type StressInstrument, type StressRequest } from './scenarios/request.js'
export { parseScenario, type StressScenario } from './scenarios/scenario.js'
export { type Priced, stressScenario, stressScenarios } from './scenarios/values.js'

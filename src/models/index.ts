export {
  type Accrued,
  type AccrueOptions,
  accrue,
  borrowRate,
  type RateCurve,
  type Rates,
  ratesSchema,
  readRates,
  type ShareTotals,
} from './accrue/index.js'
export {
  type AlarmCount,
  type AlarmJudgement,
  type AssetReplay,
  type CoverageTest,
  type DetectorName,
  type DetectorResult,
  type EventRule,
  type LibraryEvent,
  type RatioTest,
  type ReplaySettings,
  type RequirementMethod,
  type RequirementResult,
  replay,
} from './backtest/index.js'
export { buildRiskTable, withRule } from './build.js'
export { calibrate } from './calibrate/calibrate.js'
export { type CalibrationChange, calibrationChanges } from './calibrate/changes.js'

export {
  type Calibration,
  formatCalibration,
  readCalibration,
  type SideCalibration,
} from './calibrate/file.js'

export { type HistoryRules, type HistorySource, type PriceSeries, readHistory } from './calibrate/history.js'

export type { CalibrationSettings } from './calibrate/settings.js'
export {
  type DetectorSettings,
  Detectors,
  detect,
  detectorSettings,
  detectorSettingsSchema,
  type Reading,
  SIDES,
  type Side,
  StreamedSpeed,
  shareOfPrice,
} from './detect/index.js'
export { black76, discountFactor, type OptionTerms, type OptionValue, yearsOf } from './options/black76.js'
export { openInterestRate, tierDeductions } from './portfolio/cross.js'
export { exactRule, MARGIN_MODELS, type MarginModelName, readMarginParams } from './portfolio/index.js'
export {
  assertCarried,
  assertWithin,
  digestHistory,
  type Floor,
  floorSchema,
  formatProposal,
  formatProposalSignature,
  makeProposal,
  type Proposal,
  type ProposalCheck,
  proposalCalibration,
  proposalSchema,
  proposalSigned,
  readInForce,
  readProposal,
  readRiskBounds,
  signaturePath,
  verifyProposal,
  verifyProposalSignature,
  withChanges,
} from './propose/index.js'
export {
  parallelShock,
  singleFailure,
} from './scenarios/generate.js'
export { HISTORICAL_SCENARIOS } from './scenarios/library.js'
export {
  readStressRequest,
  type StressInstrument,
  type StressRequest,
  stressRequestSchema,
} from './scenarios/request.js'
export { outsideRequirement, type RequirementScenario, requirementScenario } from './scenarios/requirement.js'
export type { StressScenario } from './scenarios/scenario.js'
export { type Priced, stressScenarios } from './scenarios/values.js'
export type { InstrumentClosings } from './sizing/cascade.js'
export { readDepth } from './sizing/depth.js'
export {
  LiquidationSizing,
  type Misfit,
  type PenaltySizing,
  type SizingBooks,
  type SizingCounts,
  type SizingGoals,
} from './sizing/sizing.js'

export type { AlarmCount, AlarmJudgement, EventRule } from './alarms.js'
export type { CoverageTest, RatioTest } from './coverage.js'
export {
  type AssetReplay,
  type DetectorName,
  type DetectorResult,
  type LibraryEvent,
  type ReplaySettings,
  type RequirementResult,
  replay,
} from './replay.js'
export type { Method as RequirementMethod } from './requirements.js'

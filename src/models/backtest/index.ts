export {
  type AssetReplay,
  type DetectorResult,
  type ReplaySettings,
  type RequirementResult,
  replay,
} from './replay.js'

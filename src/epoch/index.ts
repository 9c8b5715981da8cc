export { holdsScenarios, isKnownSize, isTieredInstance } from './instance-sizes.js'
export { type Manifest, manifestSchema } from './manifest-schema.js'
export { batchFile, epochLayout, isClutter } from './paths.js'
export { readManifest } from './read-manifest.js'
export {
  checkAge,
  type EpochReport,
  timeNow,
  type VerifiedEpoch,
  type VerifyEpochOptions,
  verifyEpoch,
} from './verify.js'
export { type ProofReport, verifyProofFile } from './verify-proof.js'

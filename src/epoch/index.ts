export { batchFile, epochLayout, isClutter } from './layout.js'
export { readManifest } from './manifest.js'
export { type Manifest, manifestSchema } from './manifest-schema.js'
export { holdsScenarios, isKnownSize, isTieredInstance } from './sizes.js'
export {
  checkAge,
  type EpochReport,
  timeNow,
  type VerifiedEpoch,
  type VerifyEpochOptions,
  verifyEpoch,
} from './verify.js'
export { type ProofReport, verifyProofFile } from './verify-proof.js'

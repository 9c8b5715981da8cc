export { type ExportInclusionOptions, exportInclusion } from './inclusion-export.js'
export { type Inclusion, inclusionSchema } from './inclusion-file.js'
export { type InclusionReport, verifyInclusion } from './inclusion-verify.js'
export { assertOwnFolder, defaultPrivateFolder, epochLayout } from './layout.js'
export { createOwner } from './owner.js'
export { type LedgerPlan, planLedger } from './plan.js'
export { checkProofFile } from './proof-file.js'
export { type BatchEvent, type ProveLedgerOptions, proveLedger } from './prove-ledger.js'
export {
  type ProvenSolvency,
  type ProveSolvencyOptions,
  proveSolvency,
  type Shortage,
  SolvencyShortError,
} from './prove-solvency.js'
export { readEpochProofs } from './read.js'
export { labelSchema, type Manifest, manifestSchema, type ProofFile, proofFileSchema } from './schema.js'
export { type EpochCheck, type EpochReport, type KeyPin, type KeyPins, verifyEpoch } from './verify.js'
export { type ProofReport, verifyProofFile } from './verify-proof.js'

export { defaultPrivateFolder, epochLayout } from './layout.js'
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

export type { EpochCheck } from './checks.js'
export type { Balance } from './inclusion-balances.js'
export { type ExportInclusionOptions, exportInclusion } from './inclusion-export.js'
export { type Inclusion, inclusionSchema } from './inclusion-file.js'
export { inclusionPortfolio, readAccount } from './inclusion-portfolio.js'
export {
  type InclusionReport,
  type InclusionVerdict,
  type VerifyInclusionOptions,
  verifyInclusion,
} from './inclusion-verify.js'
export { type AccountsReport, type InspectAccountsOptions, inspectAccounts } from './inspect-accounts.js'
export { type CoverLine, inspectSolvency, type SolvencyCheck } from './inspect-solvency.js'
export { assertOwnFolder, defaultPrivateFolder, epochLayout } from './layout.js'
export { type MarginProof, type MarginProofFile, marginProofSchema, timesSchema } from './margin-file.js'
export { type MarginPurpose, marginPurposeSchema, purposeSignals } from './margin-purpose.js'
export { createOwner, readOwner } from './owner.js'
export { type LedgerPlan, planLedger } from './plan.js'
export { checkProofFile, orderedSignals } from './proof-file.js'
export { type BatchEvent, type ProveLedgerOptions, type ProvenLedger, proveLedger } from './prove-ledger.js'
export { type ProveMarginOptions, proveMargin } from './prove-margin.js'
export {
  type ProvenSolvency,
  type ProveSolvencyOptions,
  proveSolvency,
  type Shortage,
  SolvencyShortError,
} from './prove-solvency.js'
export { policyHash, riskTableHash } from './published.js'
export { labelSchema, type Manifest, manifestSchema, type ProofFile, proofFileSchema } from './schema.js'
export type { StressLine } from './stress-lines.js'
export { stressReport } from './stress-report.js'
export {
  type EpochReport,
  type KeyKind,
  type KeyPin,
  type KeyPins,
  type VerifiedEpoch,
  verifyEpoch,
} from './verify.js'
export { type MarginReport, type VerifyMarginOptions, verifyMargin } from './verify-margin.js'
export { type ProofReport, verifyProofFile } from './verify-proof.js'

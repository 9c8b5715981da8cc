/**
 * Plimsoll: zero-knowledge proof of solvency.
 *
 * A venue proves its ledger and its solvency with `proveLedger` and `proveSolvency`; anyone checks the epoch with
 * `verifyEpoch`, a customer with `verifyInclusion`; `deployVerifier` and `verifyOnChain` do the same on an EVM chain. A trader
 * proves that an account meets a margin requirement with `proveMargin`, a reader checks it with `verifyMargin`, and
 * `deployMarginGate` puts a contract on a chain that keeps what was proven.
 *
 * @module
 */

export { type EpochCheck, type KeyPin, type KeyPins, type ProofFile, riskTableHash } from './bundle/index.js'
export {
  connectChain,
  deployMarginGate,
  deployVerifier,
  exportContracts,
  type MarginGate,
  openMarginGate,
  requirementId,
  startLocalChain,
  type VerifierAt,
  verifierSource,
  verifyOnChain,
} from './chain/index.js'
export {
  type EpochReport,
  type Manifest,
  type ProofReport,
  type VerifiedEpoch,
  verifyEpoch,
  verifyProofFile,
} from './epoch/index.js'
export {
  ArtifactError,
  EXIT,
  InputError,
  PlimsollError,
  ProofError,
  printable,
  printableJson,
  StatementError,
} from './errors/index.js'
export { formatDecimal, parseDecimal, type Slot } from './field/index.js'
export { type Groth16Proof, type VerificationKey, verifyProof } from './groth16/index.js'
export { accountIdDigest, holderCommitment, leafHash, ownerCommitment } from './hash/index.js'
export {
  type Inclusion,
  type InclusionReport,
  type InclusionVerdict,
  inclusionSchema,
  verifyInclusion,
} from './inclusion/index.js'
export { readMarginRule, readPortfolio, readReserves, readRiskTable, readTierTable } from './inputs/index.js'
export {
  type Account,
  checkLedger,
  type Finding,
  type Ledger,
  type LedgerReport,
  readLedger,
} from './ledger/index.js'
export {
  type MarginProofFile,
  type MarginPurpose,
  type MarginReport,
  type VerifyMarginOptions,
  verifyMargin,
} from './margin/index.js'
export {
  black76,
  buildRiskTable,
  calibrate,
  exactRule,
  MARGIN_MODELS,
  readHistory,
  readStressRequest,
  stressScenarios,
} from './models/index.js'
export {
  type Artifacts,
  describeInstance,
  ensureArtifacts,
  loadInstances,
  type Prover,
  snarkjsProver,
  terminateProving,
} from './proving/index.js'
export type { Reserves } from './reserves/index.js'
export {
  formatRiskTable,
  isTiered,
  type RiskTable,
  riskDigests,
  type TierRow,
  tierRiskTable,
  withScenarios,
} from './risk/index.js'
export { formatMarginRule, type MarginRule, type Portfolio, roundRule } from './rules/index.js'
export {
  FULL_RESERVES,
  ledgerModel,
  type MarginFigures,
  marginFigures,
  marginModel,
  type PolicyFile,
  policySchema,
  solvencyModel,
  type Verdict,
} from './statements/index.js'
export { createOwner, type ProveMarginOptions, proveMargin, readAccount, readOwner } from './trader/index.js'
export {
  type AccountsReport,
  checkAccounts,
  checkSolvency,
  exportInclusion,
  proveLedger,
  proveSolvency,
  type Shortage,
  type SolvencyCheck,
  SolvencyShortError,
} from './venue/index.js'

/**
 * Plimsoll: zero-knowledge proof of solvency.
 *
 * A venue proves its ledger and its solvency with `proveLedger` and `proveSolvency`; anyone checks the epoch with
 * `verifyEpoch`, a customer with `verifyInclusion`; `deployVerifier` and `checkOnChain` do the same on an EVM chain. A trader
 * proves that an account meets a margin requirement with `proveMargin`, a reader checks it with `verifyMargin`, and
 * `deployMarginGate` puts a contract on a chain that keeps what was proven.
 *
 * @module
 */
export {
  checkOnChain,
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
} from './chain/index.js'
export {
  type AccountsReport,
  createOwner,
  type EpochCheck,
  type EpochReport,
  exportInclusion,
  type Inclusion,
  type InclusionReport,
  type InclusionVerdict,
  inclusionSchema,
  inspectAccounts,
  inspectSolvency,
  type KeyPin,
  type KeyPins,
  type Manifest,
  type MarginProofFile,
  type MarginPurpose,
  type MarginReport,
  type ProofFile,
  type ProofReport,
  type ProveMarginOptions,
  proveLedger,
  proveMargin,
  proveSolvency,
  readAccount,
  readOwner,
  riskTableHash,
  type Shortage,
  type SolvencyCheck,
  SolvencyShortError,
  type VerifiedEpoch,
  type VerifyMarginOptions,
  verifyEpoch,
  verifyInclusion,
  verifyMargin,
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
export { accountIdDigest, holderCommitment, leafHash, ownerCommitment } from './hash/index.js'
export {
  type Account,
  type Finding,
  inspectLedger,
  type Ledger,
  type LedgerReport,
  readLedger,
} from './ledger/index.js'
export {
  type Artifacts,
  describeInstance,
  ensureArtifacts,
  type Groth16Proof,
  loadInstances,
  type Prover,
  snarkjsProver,
  terminateProving,
  type VerificationKey,
  verifyProof,
} from './proving/index.js'
export { type Reserves, readReserves } from './reserves/index.js'
export {
  black76,
  buildRiskTable,
  calibrate,
  exactRule,
  formatMarginRule,
  formatRiskTable,
  isTiered,
  MARGIN_MODELS,
  type MarginRule,
  type Portfolio,
  type RiskTable,
  readHistory,
  readMarginRule,
  readPortfolio,
  readRiskTable,
  readStressRequest,
  readTierTable,
  riskDigests,
  roundRule,
  stressScenarios,
  type TierRow,
  tierRiskTable,
  withScenarios,
} from './risk/index.js'
export {
  checkLedger,
  checkMargin,
  checkSolvency,
  FULL_RESERVES,
  type MarginFigures,
  marginFigures,
  type PolicyFile,
  policySchema,
  type Verdict,
} from './statements/index.js'

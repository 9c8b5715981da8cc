/**
 * Plimsoll: zero-knowledge proof of solvency.
 *
 * A venue proves its ledger and its solvency with `proveLedger` and `proveSolvency`; anyone checks the epoch with
 * `verifyEpoch`, a customer with `verifyInclusion`; `deployVerifier` and `checkOnChain` do the same on an EVM chain.
 *
 * @module
 */
export {
  checkOnChain,
  connectChain,
  deployVerifier,
  exportContracts,
  startLocalChain,
  verifierSource,
} from './chain/index.js'
export {
  createOwner,
  type EpochCheck,
  type EpochReport,
  exportInclusion,
  type Inclusion,
  type InclusionReport,
  type KeyPin,
  type KeyPins,
  type Manifest,
  type ProofFile,
  type ProofReport,
  proveLedger,
  proveSolvency,
  type Shortage,
  SolvencyShortError,
  verifyEpoch,
  verifyInclusion,
  verifyProofFile,
} from './epoch/index.js'
export { ArtifactError, EXIT, InputError, PlimsollError, ProofError, StatementError } from './errors/index.js'
export { formatDecimal, parseDecimal, type Slot } from './field/index.js'
export { accountIdDigest, holderCommitment, leafHash, ownerCommitment } from './hash/index.js'
export { type Account, type Ledger, readLedger } from './ledger/index.js'
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
export { readReserves } from './reserves/index.js'
export {
  black76,
  exactRule,
  formatMarginRule,
  formatRiskTable,
  MARGIN_MODELS,
  type MarginRule,
  type Portfolio,
  type RiskTable,
  readMarginRule,
  readPortfolio,
  readRiskTable,
  riskDigests,
  roundRule,
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

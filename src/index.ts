/**
 * Plimsoll: zero-knowledge proof of solvency.
 *
 * A venue proves its ledger and its solvency with `proveLedger` and `proveSolvency`; anyone opens the
 * epoch with `openEpoch`, a customer goes on with `verifyInclusion`; `deployVerifier` and `verifyOnChain` do the same on an EVM chain. A trader
 * proves that an account meets a margin requirement with `proveMargin`, a reader verifies it with `verifyMargin`, and
 * `deployMarginGate` puts a contract on a chain that keeps what was proven.
 *
 * @module
 */

export { riskTableHash } from './bundle/index.js'
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
export { ProofError, printable, printableJson, StatementError } from './errors/index.js'
export { formatDecimal, parseDecimal, type Slot } from './field/index.js'
export {
  folderSource,
  openSource,
  readInclusion,
  readMarginProof,
  readMarginRule,
  readPins,
  readPortfolio,
  readReserves,
  readRiskTable,
  readTierTable,
} from './inputs/index.js'
export {
  type Account,
  checkLedger,
  type Finding,
  type Ledger,
  type LedgerReport,
  readLedger,
} from './ledger/index.js'
export type { MarginProofFile } from './margin/index.js'
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
  type TierRow,
  tierRiskTable,
  withScenarios,
} from './risk/index.js'
export { formatMarginRule, type MarginRule, type Portfolio, roundRule } from './rules/index.js'
export {
  ledgerModel,
  type MarginFigures,
  marginFigures,
  marginModel,
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

export * from './verify.js'

/**
 * Plimsoll: zero-knowledge proof of solvency.
 *
 * A venue proves its ledger and its solvency with `proveLedger` and `proveSolvency`; anyone opens the epoch
 * with `openEpoch`, a customer goes on with `verifyInclusion`; `deployVerifier` and `verifyOnChain` do the
 * same on an EVM chain. A trader proves that an account meets a margin requirement with `proveMargin`, a
 * reader verifies it with `verifyMargin`, and `deployMarginGate` puts a contract on a chain that keeps what
 * was proven.
 *
 * @module
 */

export { policyHash, riskTableHash, type Signature, type SignedData } from './bundle/index.js'
export {
  assertUnforgeable,
  type ChainConnection,
  type ChainVerdict,
  connectChain,
  type DeployedContract,
  type DeployedVerifier,
  deployMarginGate,
  deployVerifier,
  exportContracts,
  type KeyTrust,
  type LocalChain,
  type MarginGate,
  openMarginGate,
  requirementId,
  startLocalChain,
  type VerifierAt,
  type VerifierKey,
  verifierSource,
  verifyOnChain,
} from './chain/index.js'
export type { EpochSignature } from './epoch/index.js'
export { ProofError, printable, printableJson, StatementError } from './errors/index.js'
export {
  type CircuitInput,
  type CircuitInputs,
  type DecimalRules,
  formatDecimal,
  parseDecimal,
  Rational,
} from './field/index.js'
export {
  type Beside,
  folderSource,
  openHistory,
  openSource,
  readDisclosure,
  readInclusion,
  readInstrumentList,
  readMarginProof,
  readMarginRule,
  readOwnInstances,
  readPins,
  readPortfolio,
  readReserves,
  readRiskTable,
  readSecondPrices,
  readTierTable,
  readWords,
} from './inputs/index.js'
export {
  type Account,
  type AccountOrder,
  type AccountShape,
  type CheckLedgerOptions,
  checkLedger,
  type Finding,
  type InstrumentTotals,
  type Ledger,
  type LedgerFormat,
  type LedgerOptions,
  type LedgerReport,
  readLedger,
  type ScenarioFigures,
  type ShapeCount,
} from './ledger/index.js'
export type { MarginProofFile } from './margin/index.js'
export {
  black76,
  buildRiskTable,
  type Calibration,
  type CalibrationSettings,
  calibrate,
  exactRule,
  type HistoryRules,
  type HistorySource,
  type MarginModelName,
  type OptionTerms,
  type OptionValue,
  type Priced,
  type PriceSeries,
  type RequirementScenario,
  readHistory,
  readStressRequest,
  type StressInstrument,
  type StressRequest,
  type StressScenario,
  stressScenarios,
} from './models/index.js'
export {
  type ArtifactOptions,
  type Artifacts,
  type CacheOptions,
  type CircuitsLocation,
  createWorkerKey,
  type DescribedArtifacts,
  describeInstance,
  ensureArtifacts,
  externalProver,
  type InstanceDescription,
  loadInstances,
  type OpenPool,
  openQueue,
  type PooledProof,
  type PoolNotice,
  type PoolOptions,
  type Progress,
  type ProofPool,
  type ProofTask,
  type Prover,
  parseWorkersKey,
  type QueueOptions,
  readWorkerKey,
  snarkjsProver,
  startPool,
  terminateProving,
  type WorkEvent,
  type WorkerUse,
  type WorkQueueOptions,
  wasmProver,
  workQueue,
} from './proving/index.js'
export { parseReserves, type Reserves } from './reserves/index.js'
export {
  formatRiskTable,
  isTiered,
  type Pledge,
  type TableSizes,
  type Tier,
  type TierInstrument,
  type TierTable,
  tierRiskTable,
  withScenarios,
} from './risk/index.js'
export {
  type ExactRule,
  formatMarginRule,
  type ModelInstrument,
  type ModelRule,
  type Portfolio,
  parsePortfolio,
  roundRule,
} from './rules/index.js'
export {
  type BatchKind,
  type LedgerSizes,
  type MarginFigures,
  marginFigures,
  type Verdict,
} from './statements/index.js'
export {
  createOwner,
  type ProveMarginOptions,
  parseOwner,
  proveMargin,
  readAccount,
  readOwner,
} from './trader/index.js'
export {
  type AccountsReport,
  type BatchEvent,
  type CheckAccountsOptions,
  type CoverLine,
  checkAccounts,
  checkSolvency,
  createSigningKey,
  type DiscloseOptions,
  discloseSolvency,
  type ExportInclusionOptions,
  exportInclusion,
  type FoldStep,
  type LedgerInstance,
  type LedgerPlan,
  type LedgerRun,
  type PackEpochOptions,
  type PackedEpoch,
  type PlanOptions,
  type ProveLedgerOptions,
  type ProvenLedger,
  type ProvenSolvency,
  type ProveSolvencyOptions,
  packEpoch,
  proveLedger,
  proveSolvency,
  readSigningKey,
  type Shortage,
  type SignEpochOptions,
  type SigningKey,
  type SolvencyCheck,
  type SolvencyInstance,
  SolvencyShortError,
  type StressLine,
  signEpoch,
} from './venue/index.js'

export * from './verify.js'

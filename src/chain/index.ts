export { type LocalChain, startLocalChain } from './anvil.js'
export {
  type BreakerSettings,
  type CircuitBreaker,
  deployCircuitBreaker,
  openCircuitBreaker,
} from './circuit-breaker.js'
export { type CompiledContract, type ContractName, compileContracts, compileSolidity } from './compile.js'
export { assertChainId, type ChainConnection, connectChain, lastBlockTime } from './connection.js'
export { CONTRACTS, contractSources, type DeployableContract } from './contracts.js'
export type { DeployedContract } from './deploy.js'
export {
  type ChainConfig,
  chainConfigSchema,
  type Deployment,
  type DeploymentCosts,
  type DeploymentRequest,
  type DeploymentStatus,
  deploymentSchema,
  deploymentStatus,
  deploySystem,
  type KeyOfInstance,
  readChainConfig,
  readDeployment,
  tryDeployment,
} from './deployment/index.js'
export { type ChainEvent, readEvents } from './events.js'
export { exportContracts } from './export.js'
export {
  BREAKER_CAUSES,
  type ChainReadings,
  type FeedAnswer,
  type FundToken,
  readingsAt,
} from './finalised.js'
export { epochAt, type GateEpoch, type MarginStanding, type NoMargin } from './gate-standing.js'
export {
  ACCESS,
  type AccessContract,
  DEFAULT_DELAYS,
  type Difference,
  differencesOf,
  intendedGovernance,
  ROLES,
  readGovernance,
  selectorsOf,
} from './governance/index.js'
export {
  assertKeeperCall,
  broadcast,
  KEEPER_CALLS,
  KEEPER_NAMES,
  type KeeperAccount,
  type KeeperCall,
  type KeeperContracts,
  keeperAccount,
  keeperCalls,
  keeperFees,
  minedAs,
  numbersOf,
  type SignedCall,
  tryKeeperCall,
} from './keeper.js'
export { type LevelSpan, levelsOver } from './levels.js'
export {
  deployLiquidationGate,
  type GateLiquidation,
  gateLiquidation,
  type LiquidationGate,
  type LiquidationTerms,
  openLiquidationGate,
  type RecordedLiquidation,
} from './liquidation-gate.js'
export {
  deployMarginGate,
  type GateEpochs,
  type MarginGate,
  openMarginGate,
  requirementId,
  venueId,
} from './margin-gate.js'
export { deployOwnedEpochs, type OwnedEpochs, openOwnedEpochs } from './owned-epochs.js'
export {
  type FeeLimits,
  type Finality,
  type Publication,
  type PublishEvent,
  type PublishOptions,
  type PublishPlan,
  type PublishStep,
  type PublishTransaction,
  planPublication,
  publishEpoch,
} from './publish/index.js'
export type { EpochStanding } from './registry-standing.js'
export {
  deployRiskRegister,
  openRiskRegister,
  type RiskRegister,
  type TableWindows,
} from './risk-register.js'
export {
  deployAccessManager,
  deploySolvencyRegistry,
  openSolvencyRegistry,
  type SolvencyRegistry,
  type VenueStatus,
  type VenueTerms,
} from './solvency-registry.js'
export {
  type KeyTrust,
  type ProofWords,
  pinnedKind,
  proofWords,
  type VerifierKey,
  verifierName,
  verifierSource,
} from './verifier-source.js'
export {
  assertUnforgeable,
  assertVerifier,
  type ChainVerdict,
  type DeployedVerifier,
  deployVerifier,
  type VerifierAt,
  verifyOnChain,
} from './verify-on-chain.js'

export type { BatchEvent } from './batch-log.js'
export { readChallengedEpoch } from './challenged-epoch.js'
export { type AccountsReport, type CheckAccountsOptions, checkAccounts } from './check-accounts.js'
export { type CoverLine, checkSolvency, type SolvencyCheck } from './check-solvency.js'
export { type ChosenOptions, type DiscloseOptions, discloseSolvency } from './disclose.js'
export type { FoldStep } from './fold-ledger.js'
export {
  assertApart,
  assertOwnFolder,
  assertUnpublished,
  defaultPrivateFolder,
  epochLayout,
} from './folders.js'
export { type Forecast, forecastPlan } from './forecast.js'
export { finishedEpochs, lastOf } from './history.js'
export type { BooksOfEpoch, EpochBefore } from './inclusion/books.js'
export {
  type ExportAllOptions,
  type ExportedAll,
  exportAllInclusions,
} from './inclusion/export-all.js'
export { type ExportInclusionOptions, exportInclusion } from './inclusion/export-one.js'
export {
  type PublishedInclusion,
  type PublishInclusionOptions,
  publishInclusion,
} from './inclusion/publish.js'
export { assertOwnBooks, assertOwnEpoch } from './own-epoch.js'
export { epochArchive, type PackEpochOptions, type PackedEpoch, packEpoch } from './pack-epoch.js'
export { type BetterSizes, betterSizes } from './plan/better-sizes.js'
export type { SolvencyInstance } from './plan/solvency-choice.js'
export {
  type LedgerInstance,
  type LedgerPlan,
  type LedgerRun,
  type PlanOptions,
  planLedger,
} from './plan-ledger.js'
export { type LiquidationPlan, planLiquidation } from './plan-liquidation.js'
export {
  BackingShortError,
  type ProveBackingOptions,
  type ProvenBacking,
  proveBacking,
  type Unshown,
} from './prove-backing.js'
export { type ProveLedgerOptions, type ProvenLedger, proveLedger } from './prove-ledger.js'
export {
  type ProveLiquidationOptions,
  type ProvenLiquidation,
  proveLiquidation,
} from './prove-liquidation.js'
export {
  type ProvenSolvency,
  type ProveSolvencyOptions,
  proveSolvency,
  type Shortage,
  SolvencyShortError,
} from './prove-solvency.js'
export { readToProve } from './read-to-prove.js'
export { type RetargetOptions, retargetEpoch } from './retarget.js'
export type { SettledCustomers } from './settle/balance.js'
export {
  type CheckSettlementOptions,
  checkSettlement,
  type SettledInstrument,
  type SettledReserves,
  type SettlementCheck,
  type SettlementFiles,
  type SettlementFinding,
} from './settle/check-settlement.js'
export type { EpochFiles, SettledFiles } from './settle/epochs.js'
export type { PlannedSettlement } from './settle/plan-settlement.js'
export {
  type ProvenSettlement,
  type ProveSettlementOptions,
  proveSettlement,
} from './settle/prove-settlement.js'
export {
  epochTypedData,
  type SignByContractOptions,
  type SignEpochOptions,
  type SignedTerms,
  signEpoch,
  signEpochByContract,
  type WalletData,
} from './sign-epoch.js'
export { createSigningKey, readPrivateKey, readSigningKey, type SigningKey } from './signing-key.js'
export type { StressLine } from './stress-lines.js'
export { stressReport } from './stress-report.js'

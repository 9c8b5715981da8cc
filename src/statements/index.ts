export { backingContext } from './backing/context.js'
export { backingInputs } from './backing/inputs.js'
export { backingInstance } from './backing/instance.js'
export { backedFigures, backingModel } from './backing/reference.js'
export { BACKING_SIGNALS } from './backing/signals.js'
export { type BackingWitness, backingWitness, shownForSizes } from './backing/witness.js'
export { disclosureContext } from './disclosure/context.js'
export { disclosureInputs } from './disclosure/inputs.js'
export { disclosureInstance } from './disclosure/instance.js'
export { disclosureModel, highestRatios } from './disclosure/reference.js'
export {
  type ShownFigures,
  type ShownReserves,
  type ShownTotals,
  shownDigest,
} from './disclosure/shown.js'
export { DISCLOSURE_SIGNALS, type DisclosureSignals } from './disclosure/signals.js'
export {
  type DisclosureWitness,
  disclosureWitness,
  type HeldReserves,
  showing,
  shownOf,
} from './disclosure/witness.js'
export { domainSizeOf, ESTIMATE_ERROR, estimateCount } from './estimate.js'
export {
  type CircuitHashes,
  type ConstraintCount,
  circuitHashOf,
  type FrozenInstance,
  frozenInstance,
  type Instance,
  type InstanceSnapshot,
  instanceNamed,
  knownInstance,
  namedInstance,
  shippedInstances,
  shippedSnapshot,
} from './instances.js'
export {
  arrangeSlots,
  batchLeaves,
  batchRoot,
  equitiesDigest,
  type LedgerAccount,
  type LedgerBatch,
  ledgerBatch,
} from './ledger/batch.js'
export { equitiesOf, type Shortfall, shortfallOf, slotKey } from './ledger/equity.js'
export {
  type FixedLedger,
  firstStateOf,
  fixLedger,
  LedgerChain,
  type LedgerTable,
  type WeighedLedger,
  weighLedger,
} from './ledger/fold.js'
export { BIT_INPUTS, ledgerInputs } from './ledger/inputs.js'
export { ledgerModel } from './ledger/reference.js'
export { type BatchKind, batchKind, LEDGER_SIGNALS, type LedgerSizes } from './ledger/signals.js'
export { firstState, type LedgerState, stateCommitment } from './ledger/state.js'
export { addWeightedTotals, type BatchSums, batchSums, plainSums } from './ledger/sums.js'
export {
  addTotals,
  keyTotals,
  noTotals,
  totalsByRow,
  totalsForSizes,
  weightedTotalsDigest,
} from './ledger/totals.js'
export type { LedgerWitness } from './ledger/witness.js'
export type { LiquidationAccount } from './liquidation/account.js'
export {
  type ClosingFigures,
  closingFigures,
  lastAllowed,
  type ShortBounds,
  shortBounds,
} from './liquidation/closing.js'
export { type LiquidationContext, liquidationContext } from './liquidation/context.js'
export { liquidationNullifier, liquidationPolicyDigest, movementLeaf } from './liquidation/digests.js'
export { liquidationInputs } from './liquidation/inputs.js'
export {
  deficitOf,
  type LiquidationBooks,
  type LiquidationSlot,
  liquidationFigures,
  liquidationModel,
  mostLost,
} from './liquidation/model.js'
export { cheapestLiquidationInstance } from './liquidation/needs.js'
export { type LiquidationPolicy, PPM_ONE, resolveLiquidation } from './liquidation/policy.js'
export { LIQUIDATION_SIGNALS, type LiquidationSignals } from './liquidation/signals.js'
export {
  type LiquidationParts,
  type LiquidationWitness,
  liquidationNeeds,
  liquidationWitness,
} from './liquidation/witness.js'
export { accountHandle, LEAF_SLOTS, type MarginAccount, openedLeafSlots } from './margin/account.js'
export { type MarginContext, type MarginDomain, marginContext, marginDomain } from './margin/context.js'
export { type MarginFigures, marginFigures } from './margin/figures.js'
export { marginInputs } from './margin/inputs.js'
export {
  cheapestMarginInstance,
  describeMarginNeeds,
  type MarginNeeds,
  marginInstances,
  marginNeeds,
  marginSizes,
} from './margin/needs.js'
export { marginModel } from './margin/reference.js'
export { MARGIN_SIGNALS, type MarginSignals, type MarginSizes } from './margin/signals.js'
export { type MarginWitness, marginWitness } from './margin/witness.js'
export {
  canHaveSizes,
  isOwnInstance,
  OWN_STATEMENTS,
  type OwnSizes,
  ownInstance,
  ownInstanceName,
  ownInstanceNamed,
} from './own-instances.js'
export { settlementContext } from './settlement/context.js'
export {
  type ExternalFlows,
  externalCommitment,
  type Flows,
  flowSumOf,
  flowsDigest,
} from './settlement/flows.js'
export { settlementInputs } from './settlement/inputs.js'
export { settlementInstance } from './settlement/instance.js'
export {
  type IndexSteps,
  indexSteps,
  interestShown,
  paysInterest,
  type Recovered,
} from './settlement/interest.js'
export { fundWorth, settlementModel } from './settlement/reference.js'
export { SETTLEMENT_SIGNALS, type SettlementSignals } from './settlement/signals.js'
export { FUND_WORTH_BITS, termsDigest } from './settlement/terms.js'
export {
  type OpenedSettlement,
  type SettlementWitness,
  settlementTranscriptOf,
  settlementWitness,
} from './settlement/witness.js'
export { solvencyContext } from './solvency/context.js'
export { solvencyInputs } from './solvency/inputs.js'
export { tableAtPoint, tablePoint } from './solvency/point.js'
export {
  belowFullReserves,
  FULL_RESERVES,
  formatPolicy,
  NO_LIMIT,
  type Policy,
  type PolicyFile,
  padPolicy,
  policyDigest,
  policySchema,
  resolvePolicy,
  type ScenarioLimit,
  weakerThan,
} from './solvency/policy.js'
export {
  outOfRange,
  type SolvencyFigures,
  shortages,
  solvencyFigures,
  solvencyModel,
} from './solvency/reference.js'
export { resolveDust, weakerLoss } from './solvency/settlement-policy.js'
export { SOLVENCY_SIGNALS } from './solvency/signals.js'
export {
  coverFigures,
  type WaterfallBooks,
  type WaterfallFigures,
  waterfallFigures,
} from './solvency/waterfall.js'
export { layersTogether, resolveWaterfall, type Waterfall } from './solvency/waterfall-policy.js'
export {
  reservesCommitment,
  reservesForSizes,
  type SolvencyLedger,
  type SolvencyWitness,
  solvencyLedger,
  solvencyWitness,
} from './solvency/witness.js'
export type { Verdict } from './verdict.js'
export { chunkPath, WeighChain } from './weigh/chain.js'
export {
  chunkPlaces,
  isAccount,
  placeLeaf,
  type WeighedAccount,
  type WeighPlace,
  type WeighSizes,
} from './weigh/chunk.js'
export { weighInputs } from './weigh/inputs.js'
export {
  byReason,
  FLOW_GROUPS,
  flowPole,
  REASONS,
  type Reason,
  reasonOf,
  TREES,
  treeOf,
} from './weigh/reasons.js'
export { weighModel } from './weigh/reference.js'
export { WEIGH_SIGNALS, weighSizes } from './weigh/signals.js'
export { FIRST_WEIGH_STATE, nextWeighState, type WeighState, weighCommitment } from './weigh/state.js'
export { chunkSums, signOf, type WeighSums } from './weigh/sums.js'
export {
  activityDigest,
  type SettlementTranscript,
  type SettlementTranscriptParts,
  settlementTranscript,
  type WeighPoints,
} from './weigh/transcript.js'
export type { WeighedTrees, WeighWitness } from './weigh/witness.js'

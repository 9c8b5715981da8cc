export {
  type CircuitHashes,
  type ConstraintCount,
  circuitHashOf,
  type Instance,
  type InstanceSnapshot,
  instanceNamed,
  shippedInstance,
  shippedInstances,
  shippedSnapshot,
} from './instances.js'
export { equitiesOf, shortfallOf } from './ledger/equity.js'
export { type LedgerAccount, LedgerFold } from './ledger/fold.js'
export { ledgerInputs } from './ledger/inputs.js'
export { ledgerModel } from './ledger/reference.js'
export { LEDGER_SIGNALS, type LedgerSizes } from './ledger/signals.js'
export { firstState, type LedgerState, stateCommitment } from './ledger/state.js'
export type { LedgerTable, LedgerWitness } from './ledger/witness.js'
export { accountHandle, LEAF_SLOTS, type MarginAccount } from './margin/account.js'
export { type MarginContext, type MarginDomain, marginContext, marginDomain } from './margin/context.js'
export { type MarginFigures, marginFigures } from './margin/figures.js'
export { marginInputs } from './margin/inputs.js'
export { marginModel } from './margin/reference.js'
export { MARGIN_SIGNALS, type MarginSignals, type MarginSizes } from './margin/signals.js'
export { type MarginWitness, marginWitness } from './margin/witness.js'
export { solvencyContext } from './solvency/context.js'
export { solvencyInputs } from './solvency/inputs.js'
export {
  belowFullReserves,
  FULL_RESERVES,
  formatPolicy,
  type Policy,
  type PolicyFile,
  padPolicy,
  policyDigest,
  policySchema,
  resolvePolicy,
  weakerThan,
} from './solvency/policy.js'
export { type SolvencyFigures, solvencyFigures, solvencyModel } from './solvency/reference.js'
export { SOLVENCY_SIGNALS } from './solvency/signals.js'
export {
  coverFigures,
  type WaterfallBooks,
  type WaterfallFigures,
  waterfallFigures,
} from './solvency/waterfall.js'
export { layersTogether, resolveWaterfall, type Waterfall } from './solvency/waterfall-policy.js'
export { reservesCommitment, type SolvencyWitness, solvencyWitness } from './solvency/witness.js'
export type { Verdict } from './verdict.js'

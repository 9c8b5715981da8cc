export { eip1271Call, reservesTypedData } from './evm.js'
export { movementAmount } from './movement.js'
export type {
  ControlContext,
  ControlFacts,
  ControlResult,
  Locks,
  MovementFacts,
  SpentOutput,
  WalletFacts,
} from './result.js'
export { type Control, controlSchema } from './schema.js'
export { verifyControl } from './verify.js'

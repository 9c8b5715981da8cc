export { bip322OfPsbts, bip322Psbt, isPsbt } from './bip322-psbt.js'
export { eip1271Call, isValidSignatureCall, reservesTypedData, senderOf, TAKEN } from './evm.js'
export { movementAmount, movementDigest } from './movement.js'
export type {
  ControlContext,
  ControlFacts,
  ControlResult,
  Locks,
  MovementFacts,
  SpentOutput,
  WalletFacts,
} from './result.js'
export { type Control, controlSchema, type MovementProof } from './schema.js'
export { verifyControl } from './verify.js'

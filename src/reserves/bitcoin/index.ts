export { placeOfProof } from './block-proof.js'
export { branchOf } from './branch.js'
export { hash256, isSame, shownHash } from './hash256.js'
export {
  type BitcoinBlock,
  blockOf,
  type Checkpoint,
  CONFIRMATIONS,
  HeaderChain,
} from './headers.js'
export { verifyBitcoinMovement } from './movement.js'
export { addressScript, BITCOIN_NETWORKS, type BitcoinNetwork } from './networks.js'
export { isMature, type OutputProof, verifyOutput } from './output.js'
export { readTransaction } from './transaction.js'

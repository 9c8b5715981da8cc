export { bytesOfBase64 } from './base64.js'
export { accountIdDigest, holderCommitment, leafHash, ownerCommitment } from './commitments.js'
export { poseidon, poseidonMany } from './poseidon.js'
export { ROLES } from './roles.js'
export { sponge } from './sponge.js'
export {
  ACCOUNTS_DEPTH,
  BATCH_DEPTH,
  BATCH_PLACES,
  EMPTY_LEAF,
  emptyRoot,
  rootOfPath,
  TREE_ARITY,
  type TreePath,
  WideTree,
} from './tree.js'

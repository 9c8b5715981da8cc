import { hexToBytes } from '@noble/hashes/utils.js'
import { NODE_BYTES, rootOfBranch } from './branch.js'
import { isSame } from './hash256.js'
import type { HeaderChain } from './headers.js'
import { type BitcoinTransaction, readTransaction } from './transaction.js'

/** Where a transaction stands on its chain. */
export interface TransactionProof {
  /** Height of the block. */
  height: number
  /** Its bytes without witnesses, in hex. */
  transaction: string
  /** Place of the transaction in its block. */
  position: number
  /** The other child at each node above the transaction, the lowest first, in hex. */
  branch: readonly string[]
}

/**
 * A transaction that a block of a chain holds.
 *
 * @param refuse throws, with why there is none
 */
export function provenTransaction(
  proof: TransactionProof,
  chain: HeaderChain,
  refuse: (why: string) => never,
): BitcoinTransaction {
  const transaction = strippedTransaction(proof.transaction, refuse)
  if (!chain.has(proof.height)) refuse('its block is not among the headers')
  if (transaction.isCoinbase !== (proof.position === 0)) {
    refuse('the first transaction of a block, and no other, pays its miner')
  }
  const root = rootOfBranch(transaction.hash, proof.position, proof.branch.map(hexToBytes))
  if (typeof root === 'string') return refuse(root)
  if (!isSame(root, chain.root(proof.height))) refuse('its block does not hold the transaction')
  return transaction
}

/**
 * The transaction that bytes without witnesses hold.
 *
 * @param refuse throws, with why they hold none
 */
export function strippedTransaction(hex: string, refuse: (why: string) => never): BitcoinTransaction {
  const bytes = hexToBytes(hex)
  if (bytes.length === NODE_BYTES) refuse('a transaction of 64 bytes could be a node of the tree')
  const transaction = readTransaction(bytes) ?? refuse('the bytes are no transaction')
  if (transaction.stripped.length !== bytes.length) refuse('the transaction stands there with its witnesses')
  return transaction
}

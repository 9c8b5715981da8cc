import { ProofError } from '../../errors/index.js'
import { isSame } from './hash256.js'
import type { BitcoinBlock, HeaderChain } from './headers.js'
import { isAnybodys } from './networks.js'
import { provenTransaction, type TransactionProof } from './proven-transaction.js'

/** Blocks from a coinbase to the first one that can spend it. */
const MATURITY = 100

/** Whether the block behind one of height `at` could spend what a block of this height pays its miner. */
export function isMature(height: number, at: number): boolean {
  return at + 1 - height >= MATURITY
}

/** Where an output stands on its chain: what a line of evidence holds. */
export interface OutputProof extends TransactionProof {
  /** Number of the output in its transaction. */
  index: number
}

/** An output that a block of a chain holds. */
export interface ProvenOutput {
  /** Its transaction and number in a form that sorts as outputs do. */
  outpoint: string
  /** In satoshis. */
  value: bigint
  /** Seconds from its own block to the one that counts: since then at least it has not moved. */
  age: number
}

/**
 * Checks that a block of a chain holds an output, that it was there by the block that counts, and that it
 * pays to an address. It does not show that the output is unspent: nothing that a header commits to does.
 *
 * @param chain whose work was asserted
 * @param at the block that counts
 * @param where file and line, for messages
 * @throws {ProofError} `RESERVES_OUTPUT`
 * @example
 * const { value } = verifyOutput(balance, { chain, at, address: 'bc1q…', where: 'evidence.jsonl: line 7' })
 */
export function verifyOutput(
  proof: OutputProof,
  { chain, at, address, where }: { chain: HeaderChain; at: BitcoinBlock; address: string; where: string },
): ProvenOutput {
  const refuse = (why: string): never => {
    throw new ProofError('RESERVES_OUTPUT', `not an output of the account: ${why}`, {
      where,
      hint: 'Collect the evidence of this account again.',
    })
  }
  if (chain.has(proof.height) && proof.height > at.height) refuse('its block is after the one that counts')
  const transaction = provenTransaction(proof, chain, refuse)
  if (transaction.isCoinbase && !isMature(proof.height, at.height)) {
    refuse(`what pays a miner cannot be spent before ${MATURITY} blocks have passed`)
  }
  const output = transaction.outputs[proof.index] ?? refuse('the transaction has no such output')
  const script = chain.scriptOf(address) ?? refuse('the address is none of its network')
  if (!isSame(output.script, script)) refuse('it pays to another address')
  if (isAnybodys(script)) refuse('anybody can spend what pays to such an address')
  return {
    outpoint: `${transaction.id}:${String(proof.index).padStart(10, '0')}`,
    value: output.value,
    age: Math.max(0, at.time - chain.time(proof.height)),
  }
}

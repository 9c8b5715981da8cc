import { bytesToHex } from '@noble/hashes/utils.js'
import { ProofError } from '../../errors/index.js'
import { isSame } from './hash256.js'
import { type BitcoinBlock, CONFIRMATIONS, type HeaderChain } from './headers.js'
import { provenTransaction, strippedTransaction, type TransactionProof } from './proven-transaction.js'

/** `OP_RETURN`, and a push of 32 bytes. */
const [OP_RETURN, PUSH_32] = [0x6a, 0x20]

/** What shows that an address moved coins to itself. */
export interface BitcoinMovementProof extends TransactionProof {
  /** The transactions whose outputs it spends, each once, without witnesses, in hex. */
  spent: readonly string[]
}

/** A transaction by which an address moved coins to itself. */
export interface BitcoinMovement {
  id: string
  /** The 32 bytes that its one output without an owner holds, in hex. */
  data: string
  block: BitcoinBlock
}

/**
 * Checks that a block of a chain holds a transaction that spends outputs of an address and of no other, pays
 * back to it and to no other, and holds 32 bytes in an output without an owner. Blocks have such transactions
 * only with the signatures of the address, so that no signature is looked at.
 *
 * @param chain whose work was asserted
 * @param where file and line, for messages
 * @throws {ProofError} `RESERVES_MOVEMENT`
 */
export function verifyBitcoinMovement(
  proof: BitcoinMovementProof,
  { chain, address, where }: { chain: HeaderChain; address: string; where: string },
): BitcoinMovement {
  const refuse = (why: string): never => {
    throw new ProofError('RESERVES_MOVEMENT', `not a movement of the account: ${why}`, {
      where,
      hint: 'Collect the evidence of this account again.',
    })
  }
  const transaction = provenTransaction(proof, chain, refuse)
  const above = chain.height - proof.height
  if (above < CONFIRMATIONS) refuse(`${above} blocks stand on its own, of at least ${CONFIRMATIONS}`)
  const script = chain.scriptOf(address) ?? refuse('the address is none of its network')
  const isOwn = (output: { script: Uint8Array } | undefined) =>
    output !== undefined && isSame(output.script, script)

  const before = new Map(
    proof.spent.map((hex) => {
      const { id, outputs } = strippedTransaction(hex, refuse)
      return [id, outputs] as const
    }),
  )
  const needed = new Set(transaction.spends.map(({ id }) => id))
  if (before.size !== proof.spent.length || needed.size !== before.size) {
    refuse('what it spends does not stand there once each, and nothing else')
  }
  if (!transaction.spends.every(({ id, index }) => isOwn(before.get(id)?.[index]))) {
    refuse('it spends what is not of the address')
  }
  const others = transaction.outputs.filter((output) => !isOwn(output))
  const [{ script: holding } = { script: new Uint8Array() }, ...more] = others
  const isData = holding.length === 34 && holding[0] === OP_RETURN && holding[1] === PUSH_32
  if (!isData || more.length > 0 || others.length === transaction.outputs.length) {
    refuse('it has to pay to the address alone, beside one output that holds 32 bytes for nobody')
  }
  return {
    id: transaction.id,
    data: bytesToHex(holding.subarray(2)),
    block: chain.block(proof.height),
  }
}

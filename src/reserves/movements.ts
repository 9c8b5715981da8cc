import { keccak_256 } from '@noble/hashes/sha3.js'
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import { ProofError } from '../errors/index.js'
import { verifyBitcoinMovement } from './bitcoin/index.js'
import type { ChainEvidence } from './blocks.js'
import type { AccountName } from './caip.js'
import { type Control, type MovementFacts, type MovementProof, senderOf } from './control/index.js'
import { decodeEvmHeader, type NodeSource, readEvmTransaction, transactionIn } from './evm/index.js'

type Movement = Extract<Control, { kind: 'movement' }>
type EvmProof = Extract<MovementProof, { kind: 'evm-transaction' }>

/** A movement that its proof shows, and the block that holds it. */
export interface ShownMovement {
  facts: MovementFacts
  block: { height: number; hash: string; time: number }
}

/**
 * The transaction of a movement as its proof shows it; `undefined` where none stands there. Whether an EVM
 * block is on its chain, the proof does not show.
 *
 * @param evidence of the account's chain
 * @param where file and line, for messages
 * @throws {ProofError} `RESERVES_MOVEMENT` for a proof that shows no such transaction, and what reading
 * headers and nodes throws
 */
export function shownMovement(
  { transaction, proof }: Movement,
  { account, evidence, where }: { account: AccountName; evidence: ChainEvidence; where: string },
): ShownMovement | undefined {
  if (proof === undefined) return undefined
  const { id, ...shown } =
    proof.kind === 'evm-transaction' && evidence.kind === 'evm'
      ? evmMovement(proof, account, where)
      : proof.kind === 'bitcoin-transaction' && evidence.kind === 'bitcoin'
        ? bitcoinMovement(proof, { account, evidence, where })
        : refuse('the proof is for another kind of chain', where)
  if (id !== transaction) refuse('the proof is of another transaction', where)
  return shown
}

function bitcoinMovement(
  proof: Exclude<MovementProof, EvmProof>,
  {
    account,
    evidence,
    where,
  }: { account: AccountName; evidence: ChainEvidence & { kind: 'bitcoin' }; where: string },
): ShownMovement & { id: string } {
  const { id, data, block } = verifyBitcoinMovement(proof, {
    chain: evidence.headers,
    address: account.address,
    where,
  })
  return {
    id,
    block,
    facts: { class: 'proven', from: account.id, to: account.id, data, time: block.time },
  }
}

function evmMovement(
  { header: encoded, index, nodes }: EvmProof,
  account: AccountName,
  where: string,
): ShownMovement & { id: string } {
  const header = decodeEvmHeader(hexToBytes(encoded), where)
  const source = new Given(nodes)
  const bytes =
    transactionIn(source, header, index) ?? refuse('its block does not hold the transaction', where)
  if (source.unused > 0) refuse('a node of its proof shows nothing', where)
  const read =
    readEvmTransaction(bytes) ?? refuse('the transaction is of a type that is not read here', where)
  if (`${read.chainId}` !== account.chain.reference) refuse('the transaction is for another chain', where)
  const sender = senderOf(read) ?? refuse('nobody signed the transaction', where)
  const { hash, number, timestamp: time } = header
  return {
    id: read.id,
    block: { height: Number(number), hash, time },
    facts: {
      class: 'proven',
      from: `${account.chain.id}:${sender}`,
      to: `${account.chain.id}:${read.to}`,
      amount: read.value,
      data: read.data.slice(2),
      time,
    },
  }
}

/** The nodes of one proof, each of which has to be used. */
class Given implements NodeSource {
  readonly #nodes: Map<string, Uint8Array>
  readonly #used = new Set<string>()
  readonly #count: number

  constructor(nodes: readonly string[]) {
    const all = nodes.map(hexToBytes)
    this.#count = all.length
    this.#nodes = new Map(all.map((node) => [bytesToHex(keccak_256(node)), node]))
  }

  take(hash: Uint8Array): Uint8Array | undefined {
    const key = bytesToHex(hash)
    this.#used.add(key)
    return this.#nodes.get(key)
  }

  get unused(): number {
    return this.#count - this.#used.size
  }
}

function refuse(why: string, where: string): never {
  throw new ProofError('RESERVES_MOVEMENT', `not a movement of the account: ${why}`, {
    where,
    hint: 'Collect the evidence of this account again.',
  })
}

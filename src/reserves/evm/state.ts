import type { Hex } from 'viem'
import { bytesToHex, hexToBytes, keccak256, numberToBytes } from 'viem/utils'
import { ProofError } from '../../errors/index.js'
import type { EvmHeader } from './header.js'
import type { NodeSource } from './nodes.js'
import { decodeRlp, integerOf, isBytes } from './rlp.js'
import { walkTrie } from './trie.js'

/** An account as a state holds it. */
export interface EvmAccount {
  nonce: bigint
  /** In wei. */
  balance: bigint
  /** Root of the trie of the account's storage. */
  storageRoot: Hex
  /** Keccak-256 of the account's code. */
  codeHash: Hex
}

/** What reads a state: the evidence of one, or a node while evidence is collected. */
export interface EvmReader {
  /** An account, or undefined where the state has none at the address. */
  account(address: Hex): EvmAccount | undefined
  /** What an account's storage holds in a slot; 0n where it holds nothing, or there is no such account. */
  slot(address: Hex, slot: bigint): bigint
}

/**
 * The state after a block, as far as nodes of its tries show it. What it answers is what the block's state
 * root commits to; what no node shows is refused, and nothing is taken for absent that is not shown to be.
 */
export class EvmState implements EvmReader {
  readonly header: EvmHeader
  readonly #nodes: NodeSource
  /** Those whose storage was read: a token's contract is walked to once for all its holders. */
  readonly #contracts = new Map<Hex, EvmAccount | undefined>()

  constructor(header: EvmHeader, nodes: NodeSource) {
    this.header = header
    this.#nodes = nodes
  }

  /**
   * An account, or undefined where the state has none at the address.
   *
   * @throws {ProofError} `RESERVES_NODE_MISSING`, `RESERVES_TRIE`, `RESERVES_RLP`
   */
  account(address: Hex): EvmAccount | undefined {
    return accountIn(this.#nodes, this.header.stateRoot, address)
  }

  /**
   * What an account's storage holds in a slot; 0n where it holds nothing, or there is no such account.
   *
   * @throws {ProofError} `RESERVES_NODE_MISSING`, `RESERVES_TRIE`, `RESERVES_RLP`
   */
  slot(address: Hex, slot: bigint): bigint {
    if (!this.#contracts.has(address)) this.#contracts.set(address, this.account(address))
    const account = this.#contracts.get(address)
    if (account === undefined) return 0n
    return slotIn(this.#nodes, account.storageRoot, slot)
  }
}

/**
 * An account of a state, whose trie has it at the hash of its address.
 *
 * @throws {ProofError} `RESERVES_NODE_MISSING`, `RESERVES_TRIE`, `RESERVES_RLP`
 */
export function accountIn(nodes: NodeSource, stateRoot: Hex, address: Hex): EvmAccount | undefined {
  const value = walkTrie(nodes, stateRoot, keccak256(hexToBytes(address), 'bytes'))
  return value === undefined ? undefined : decodeAccount(value)
}

/**
 * A slot of a storage, whose trie has it at the hash of its number and holds no zeros.
 *
 * @throws {ProofError} `RESERVES_NODE_MISSING`, `RESERVES_TRIE`, `RESERVES_RLP`
 */
export function slotIn(nodes: NodeSource, storageRoot: Hex, slot: bigint): bigint {
  const value = walkTrie(nodes, storageRoot, keccak256(numberToBytes(slot, { size: 32 }), 'bytes'))
  return value === undefined ? 0n : decodeSlot(value)
}

function decodeAccount(value: Uint8Array): EvmAccount {
  const fields = decodeRlp(value, 'an account')
  const [first, second, storageRoot, codeHash, ...more] = fields instanceof Uint8Array ? [] : fields
  const nonce = integerOf(first, 8)
  const balance = integerOf(second, 32)
  if (
    nonce === undefined ||
    balance === undefined ||
    !isBytes(storageRoot, 32) ||
    !isBytes(codeHash, 32) ||
    more.length > 0
  ) {
    throw new ProofError('RESERVES_TRIE', 'a leaf of the state is no account', {
      hint: 'Collect the evidence again, from another node.',
    })
  }
  return { nonce, balance, storageRoot: bytesToHex(storageRoot), codeHash: bytesToHex(codeHash) }
}

function decodeSlot(value: Uint8Array): bigint {
  const number = integerOf(decodeRlp(value, 'a slot'), 32)
  if (number === undefined || number === 0n) {
    throw new ProofError('RESERVES_TRIE', 'a leaf of a storage holds no number', {
      hint: 'Collect the evidence again, from another node.',
    })
  }
  return number
}

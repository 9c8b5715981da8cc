import type { Hex } from 'viem'
import { bytesToHex, hexToBytes, keccak256, numberToBytes } from 'viem/utils'
import { ProofError } from '../../errors/index.js'
import type { EvmHeader } from './header.js'
import type { TrieNodes } from './nodes.js'
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

/**
 * The state after a block, as far as nodes of its tries show it. What it answers is what the block's state
 * root commits to; what no node shows is refused, and nothing is taken for absent that is not shown to be.
 */
export class EvmState {
  readonly header: EvmHeader
  readonly #nodes: TrieNodes
  readonly #accounts = new Map<Hex, EvmAccount | undefined>()

  constructor(header: EvmHeader, nodes: TrieNodes) {
    this.header = header
    this.#nodes = nodes
  }

  /**
   * An account, or undefined where the state has none at the address.
   *
   * @throws {ProofError} `RESERVES_TRIE`, `RESERVES_RLP`
   */
  account(address: Hex): EvmAccount | undefined {
    const value = walkTrie(this.#nodes, this.header.stateRoot, keccak256(hexToBytes(address), 'bytes'))
    return value === undefined ? undefined : decodeAccount(value)
  }

  /**
   * An account that is asked for again and again, such as a token's contract: walked once, and kept.
   *
   * @throws {ProofError} `RESERVES_TRIE`, `RESERVES_RLP`
   */
  contract(address: Hex): EvmAccount | undefined {
    if (!this.#accounts.has(address)) this.#accounts.set(address, this.account(address))
    return this.#accounts.get(address)
  }

  /**
   * What an account's storage holds in a slot; 0n where it holds nothing, or there is no such account.
   *
   * @throws {ProofError} `RESERVES_TRIE`, `RESERVES_RLP`
   */
  slot(address: Hex, slot: bigint): bigint {
    const account = this.contract(address)
    if (account === undefined) return 0n
    const key = keccak256(numberToBytes(slot, { size: 32 }), 'bytes')
    const value = walkTrie(this.#nodes, account.storageRoot, key)
    return value === undefined ? 0n : decodeSlot(value)
  }

  /** How many nodes nothing has used so far. */
  get unused(): number {
    return this.#nodes.unused
  }
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
    throw new ProofError('RESERVES_TRIE', 'a leaf of the state is no account')
  }
  return { nonce, balance, storageRoot: bytesToHex(storageRoot), codeHash: bytesToHex(codeHash) }
}

function decodeSlot(value: Uint8Array): bigint {
  const number = integerOf(decodeRlp(value, 'a slot'), 32)
  if (number === undefined || number === 0n) {
    throw new ProofError('RESERVES_TRIE', 'a leaf of a storage holds no number')
  }
  return number
}

import type { Hex } from 'viem'
import { bytesToHex, concat, hexToBytes, keccak256, numberToHex, toRlp } from 'viem/utils'
import type { EvmHeader } from './header.js'
import type { NodeSource } from './nodes.js'
import { decodeRlp, integerOf, isBytes, type Rlp } from './rlp.js'
import { walkTrie } from './trie.js'

/** Where recipient, value and data stand in each type of transaction; the last three fields are signed by. */
const PLACES: Readonly<Record<number, { chainId?: number; to: number; count: number }>> = {
  0: { to: 3, count: 9 },
  1: { chainId: 0, to: 4, count: 11 },
  2: { chainId: 0, to: 5, count: 12 },
  3: { chainId: 0, to: 5, count: 14 },
  4: { chainId: 0, to: 5, count: 13 },
}

/** A transaction, as far as evidence needs it. */
export interface EvmTransaction {
  /** Its hash, by which people name it. */
  id: Hex
  chainId: bigint
  to: Hex
  /** In wei. */
  value: bigint
  data: Hex
  /** What its sender signed, and the signature: `r` and `s`, and which of two keys. */
  signing: Uint8Array
  compact: Uint8Array
  recovery: number
}

/**
 * The transaction of a number in a block, as nodes of the block's trie show it.
 *
 * @throws {ProofError} `RESERVES_NODE_MISSING`, `RESERVES_TRIE`, `RESERVES_RLP`
 */
export function transactionIn(nodes: NodeSource, header: EvmHeader, index: number): Uint8Array | undefined {
  const key = toRlp(index === 0 ? '0x' : bytesOf(BigInt(index)), 'bytes')
  return walkTrie(nodes, header.transactionsRoot, key)
}

/**
 * The transaction that bytes hold, of a type that is known here and is bound to a chain.
 *
 * @returns `undefined` for anything else
 * @throws {ProofError} `RESERVES_RLP`
 */
export function readEvmTransaction(bytes: Uint8Array): EvmTransaction | undefined {
  const type = bytes[0]! < 0x80 ? bytes[0]! : 0
  const place = PLACES[type]
  const fields = decodeRlp(type === 0 ? bytes : bytes.subarray(1), 'a transaction')
  if (place === undefined || fields instanceof Uint8Array || fields.length !== place.count) return undefined
  const [to, value, data] = fields.slice(place.to)
  const [parity, r, s] = fields.slice(-3).map((field) => integerOf(field, 32))
  const amount = integerOf(value, 32)
  if (!isBytes(to, 20) || amount === undefined || !(data instanceof Uint8Array)) return undefined
  if (parity === undefined || r === undefined || s === undefined) return undefined
  // Of the first type, the parity stands above twice the chain's number and 35; without it no chain is named.
  const chainId = place.chainId === undefined ? (parity - 35n) / 2n : integerOf(fields[place.chainId], 32)
  const recovery = place.chainId === undefined ? (parity - 35n) % 2n : parity
  if (chainId === undefined || chainId < 1n || recovery < 0n || recovery > 1n) return undefined
  const signed: Rlp[] = [...fields.slice(0, -3)]
  if (place.chainId === undefined) signed.push(bytesOf(chainId), new Uint8Array(), new Uint8Array())
  const encoded = toRlp(signed as Uint8Array[], 'bytes')
  return {
    id: keccak256(bytes),
    chainId,
    to: bytesToHex(to),
    value: amount,
    data: bytesToHex(data),
    signing: keccak256(type === 0 ? encoded : concat([Uint8Array.of(type), encoded]), 'bytes'),
    compact: concat([r, s].map((number) => hexToBytes(numberToHex(number, { size: 32 })))),
    recovery: Number(recovery),
  }
}

/** A number above 0 in its shortest bytes. */
function bytesOf(value: bigint): Uint8Array {
  return hexToBytes(numberToHex(value))
}

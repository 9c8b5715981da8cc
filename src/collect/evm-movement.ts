import { bytesToHex, type Hex, hexToBytes, keccak256, numberToHex, toRlp } from 'viem'
import * as z from 'zod'
import { InputError } from '../errors/index.js'
import type { MovementProof } from '../reserves/index.js'
import type { EvmNodes } from './evm-node.js'
import { answerError, type JsonRpc } from './json-rpc.js'

/** Transactions that are asked for at once. */
const AT_ONCE = 100
/** More than a block has room for. */
const MAX_TRANSACTIONS = 0xffff

const hashSchema = z.string().regex(/^0x[0-9a-f]{64}$/, 'must be 32 bytes in hex')
const quantitySchema = z.string().regex(/^0x[0-9a-f]{1,4}$/, 'must be a small quantity in hex')
const bytesSchema = z
  .string()
  .max(2 ** 18)
  .regex(/^0x[0-9a-f]+$/, 'must be bytes in hex')
const placeSchema = z.object({ blockHash: hashSchema, transactionIndex: quantitySchema }).nullable()

/**
 * Collects what shows a transaction of an EVM chain: the header of its block, which all nodes have to have,
 * and the nodes of the trie of the block's transactions that lead to it.
 *
 * @throws {InputError} `COLLECT_CONTROL` where no block has it, `RPC_ANSWER`, and what nodes throw
 */
export async function evmMovement(from: EvmNodes, node: JsonRpc, id: string): Promise<MovementProof> {
  const place = await node.ask('eth_getTransactionByHash', [id], placeSchema)
  if (place === null) {
    throw new InputError('COLLECT_CONTROL', 'no block holds the transaction of a movement yet', {
      where: node.name,
      hint: 'Wait until it is in a block, and check its hash.',
    })
  }
  const { header, bytes } = await from.block(place.blockHash as Hex)
  const method = 'eth_getRawTransactionByBlockHashAndIndex'
  const count = await node.ask('eth_getBlockTransactionCountByHash', [header.hash], quantitySchema)
  const indexes = Array.from({ length: Math.min(Number(count), MAX_TRANSACTIONS) }, (_, i) => [
    header.hash,
    numberToHex(i),
  ])
  const raws: string[] = []
  for (let at = 0; at < indexes.length; at += AT_ONCE) {
    raws.push(...(await node.askAll(method, indexes.slice(at, at + AT_ONCE), bytesSchema)))
  }
  const index = Number(place.transactionIndex)
  const values = raws.map((raw) => hexToBytes(raw as Hex))
  if (values[index] === undefined || keccak256(values[index]) !== id) {
    throw answerError(node.name, method, 'it is another transaction')
  }
  const { root, nodes } = provenItem(values, index)
  if (root !== header.transactionsRoot) {
    throw answerError(node.name, method, 'the transactions are not those of the block')
  }
  return {
    kind: 'evm-transaction',
    header: bytesToHex(bytes).slice(2),
    index,
    nodes: nodes.map((each) => bytesToHex(each).slice(2)),
  }
}

type Entry = readonly [nibbles: string, value: Uint8Array]

/**
 * The root of the trie of a list whose keys are numbers in RLP, and its nodes on the way to one item.
 *
 * @param values of 32 bytes or more each, so that every node has a hash
 */
export function provenItem(values: readonly Uint8Array[], index: number): { root: Hex; nodes: Uint8Array[] } {
  const entries = values.map((value, i): Entry => [keyOf(i), value])
  const wanted = keyOf(index)
  const nodes: Uint8Array[] = []
  /** The hash of the node below a path. */
  const hashOf = (path: string, below: readonly Entry[]): Hex => {
    const node = toRlp(itemOf(path, below, hashOf), 'bytes')
    if (wanted.startsWith(path)) nodes.unshift(node)
    return keccak256(node)
  }
  return { root: hashOf('', entries), nodes }
}

type HashOf = (path: string, below: readonly Entry[]) => Hex

/** A leaf, an extension or a branch. */
function itemOf(path: string, below: readonly Entry[], hashOf: HashOf): Uint8Array[] {
  const [[first, value]] = below as [Entry]
  if (below.length === 1) return [pathBytes(first.slice(path.length), true), value]
  let shared = path.length
  while (below.every(([key]) => key[shared] === first[shared])) shared++
  if (shared > path.length) {
    const next = first.slice(0, shared)
    return [pathBytes(next.slice(path.length), false), hexToBytes(hashOf(next, below))]
  }
  const children = Array.from('0123456789abcdef', (nibble) => {
    const under = below.filter(([key]) => key[shared] === nibble)
    return under.length === 0 ? new Uint8Array() : hexToBytes(hashOf(`${path}${nibble}`, under))
  })
  return [...children, new Uint8Array()]
}

/** Half-bytes of the number of an item in RLP. */
function keyOf(index: number): string {
  return toRlp(index === 0 ? '0x' : bytesToHex(hexToBytes(numberToHex(index)))).slice(2)
}

/** A path as a leaf or an extension holds it. */
function pathBytes(nibbles: string, isLeaf: boolean): Uint8Array {
  const flag = isLeaf ? 2 : 0
  const isOdd = nibbles.length % 2 === 1
  return hexToBytes(`0x${isOdd ? `${flag + 1}` : `${flag}0`}${nibbles}`)
}

import type { Hex } from 'viem'
import { bytesToHex, concatHex, hexToBytes, keccak256, numberToHex, toRlp } from 'viem/utils'
import { EMPTY_ROOT, TrieNodes } from '../../src/reserves/evm/index.js'

/** An account of a state that a test makes up. */
export interface MadeUpAccount {
  balance?: bigint
  code?: Hex
  /** By slot. */
  storage?: ReadonlyMap<bigint, bigint>
}

/** A header and the nodes of the tries that it commits to, whole: as a folder of evidence holds them. */
export interface MadeUpState {
  hash: Hex
  /** That of the block, behind that of its parent. */
  headers: Uint8Array[]
  header: Uint8Array
  nodes: Uint8Array[]
}

type Item = Hex | Item[]
type Entry = readonly [nibbles: string, value: Hex]

/**
 * A block whose state has these accounts, by address in lower case, and no other.
 *
 * @param options.before time of the block before it
 */
export function madeUpState(
  accounts: ReadonlyMap<string, MadeUpAccount>,
  {
    number,
    timestamp,
    before = timestamp - 61,
    root,
  }: { number: number; timestamp: number; before?: number; root?: Hex },
): MadeUpState {
  const nodes: Uint8Array[] = []
  const state = trieRoot(
    [...accounts].map(([address, { balance = 0n, code = '0x', storage = new Map<bigint, bigint>() }]) => {
      const root = trieRoot(
        [...storage].map(([slot, value]) => [numberToHex(slot, { size: 32 }), toRlp(quantity(value))]),
        nodes,
      )
      return [address as Hex, toRlp([quantity(1n), quantity(balance), root, keccak256(code)])]
    }),
    nodes,
  )
  const hash32 = numberToHex(1n, { size: 32 })
  const headerOf = (parent: Hex, height: number, time: number) => {
    const fields: Item[] = [
      ...[parent, hash32, numberToHex(2n, { size: 20 }), state, root ?? hash32, hash32],
      ...[numberToHex(0n, { size: 256 }), '0x', quantity(BigInt(height)), quantity(30_000_000n), '0x'],
      ...[quantity(BigInt(time)), '0x', hash32, numberToHex(0n, { size: 8 })],
    ] as Item[]
    return hexToBytes(toRlp(fields))
  }
  const parent = headerOf(hash32, number - 1, before)
  const header = headerOf(keccak256(parent), number, timestamp)
  return { hash: keccak256(header), headers: [parent, header], header, nodes }
}

/** The content of `nodes/<chain>.bin`. */
export const nodesFile = (states: readonly MadeUpState[]) =>
  TrieNodes.format(states.flatMap(({ nodes }) => nodes))

const quantity = (value: bigint): Hex => (value === 0n ? '0x' : bytesToHex(hexToBytes(numberToHex(value))))

function trieRoot(entries: readonly (readonly [key: Hex, value: Hex])[], nodes: Uint8Array[]): Hex {
  if (entries.length === 0) return EMPTY_ROOT
  const hashed = entries.map(([key, value]) => [keccak256(key).slice(2), value] as const)
  const root = toRlp(node(hashed, nodes))
  nodes.push(hexToBytes(root))
  return keccak256(root)
}

function node(entries: readonly Entry[], nodes: Uint8Array[]): Item {
  const [[path, value]] = entries as [Entry]
  if (entries.length === 1) return [compact(path, true), value]
  let shared = 0
  while (entries.every(([each]) => each[shared] === path[shared])) shared++
  if (shared > 0) {
    const rest = entries.map(([each, held]) => [each.slice(shared), held] as const)
    return [compact(path.slice(0, shared), false), reference(node(rest, nodes), nodes)]
  }
  const children = Array.from({ length: 16 }, (_, nibble): Item => {
    const below = entries.filter(([each]) => each[0] === nibble.toString(16))
    if (below.length === 0) return '0x'
    return reference(
      node(
        below.map(([each, held]) => [each.slice(1), held] as const),
        nodes,
      ),
      nodes,
    )
  })
  return [...children, '0x']
}

function reference(item: Item, nodes: Uint8Array[]): Item {
  const encoded = toRlp(item)
  if (encoded.length < 2 + 64) return item
  nodes.push(hexToBytes(encoded))
  return keccak256(encoded)
}

function compact(path: string, isLeaf: boolean): Hex {
  const flag = isLeaf ? 2 : 0
  return concatHex([`0x${path.length % 2 === 1 ? `${flag + 1}` : `${flag}0`}${path}` as Hex])
}

import { decodeAbiParameters, encodeFunctionData, type Hex, keccak256, parseAbi } from 'viem'
import { InputError } from '../errors/index.js'
import {
  type AssetName,
  type EvmReader,
  type EvmToken,
  PROXY_SLOTS,
  type TokenLayout,
  tokenSlot,
} from '../reserves/index.js'
import type { AccessList, EvmNodes } from './evm-node.js'

const ABI = parseAbi([
  'function balanceOf(address) view returns (uint256)',
  'function decimals() view returns (uint8)',
])
/** Slots of a mapping that are looked for. */
const MAX_SLOT = 512
/** Slots beside the balance, and contracts, that a token may read. */
const MAX_PINS = 16
const NAMESPACES = ['openzeppelin.storage.ERC20']

/** Every place where a token's balances are looked for. */
const LAYOUTS: readonly TokenLayout[] = [
  ...NAMESPACES.map((namespace): TokenLayout => ({ kind: 'erc7201', namespace, offset: 0 })),
  { kind: 'solady' },
  ...Array.from({ length: MAX_SLOT }, (_, slot) =>
    (['solidity', 'vyper'] as const).map(
      (order): TokenLayout => ({ kind: 'mapping', slot: `${slot}`, order }),
    ),
  ).flat(),
]

/** Data of a call to `balanceOf`. */
export const balanceOfData = (holder: Hex): Hex =>
  encodeFunctionData({ abi: ABI, functionName: 'balanceOf', args: [holder] })

/**
 * What a token's contract says that a holder has at a block.
 *
 * @throws {InputError} `RESERVES_TOKEN` where it is no token's, and what the node throws
 */
export function balanceOf(from: EvmNodes, block: Hex, token: Hex, holder: Hex): Promise<bigint> {
  return numberOf(from, block, token, balanceOfData(holder))
}

async function numberOf(from: EvmNodes, block: Hex, to: Hex, data: Hex): Promise<bigint> {
  const answer = await from.call(block, to, data)
  if (answer.length === 66) return decodeAbiParameters([{ type: 'uint256' }], answer)[0]
  throw new InputError('RESERVES_TOKEN', 'the contract does not answer as a token does', {
    where: `${to}, ${from.name}`,
    hint: 'Check the address, and that it is on this chain.',
  })
}

/**
 * What there is to know of a token so that a slot shows a balance: found from what its contract reads when it
 * is asked for one. All else that it reads is pinned as it is at the block. Where no slot holds the balance,
 * or what it reads cannot be pinned, the layout is `none`.
 *
 * @param read reads the state at the block
 * @throws {InputError} `RESERVES_TOKEN`, and what the node throws
 */
export async function findToken(
  from: EvmNodes,
  block: Hex,
  { id, reference }: AssetName,
  holder: Hex,
  read: <T>(work: (reader: EvmReader) => T) => Promise<T>,
): Promise<EvmToken> {
  const contract = reference as Hex
  const decimals = Number(
    await numberOf(from, block, contract, encodeFunctionData({ abi: ABI, functionName: 'decimals' })),
  )
  const code = await read((reader) => reader.account(contract)?.codeHash)
  // A holder that nobody can have chosen, so that what both read is what the contract reads for every holder.
  const stranger: Hex = `0x${keccak256(contract).slice(-40)}`
  const lists = [
    await from.accessList(block, contract, balanceOfData(holder)),
    await from.accessList(block, contract, balanceOfData(stranger)),
  ] as const
  const slots = lists.map((list) => slotsOf(list, contract)) as [Set<bigint>, Set<bigint>]
  const layout = LAYOUTS.find(
    (each) => slots[0].has(tokenSlot(each, holder)) && slots[1].has(tokenSlot(each, stranger)),
  )
  const observed: EvmToken = { asset: id, decimals, layout: { kind: 'none' } }
  if (layout === undefined || code === undefined) return observed
  const slot = tokenSlot(layout, holder)
  const beside = [...slots[0]].filter((each) => each !== slot)
  const others = lists[0].filter(({ address }) => address !== contract)
  const isPinnable =
    beside.every((each) => slots[1].has(each)) &&
    others.every(({ storageKeys }) => storageKeys.length === 0) &&
    beside.length <= MAX_PINS - PROXY_SLOTS.length &&
    others.length <= MAX_PINS
  if (!isPinnable) return observed
  const held = await read((reader) => reader.slot(contract, slot))
  if (held !== (await balanceOf(from, block, contract, holder))) return observed
  const pins = new Set([...beside, ...PROXY_SLOTS])
  const state: { slot: string; value: string }[] = []
  for (const each of pins) {
    const value = await read((reader) => reader.slot(contract, each))
    if (value === 0n && PROXY_SLOTS.includes(each)) continue
    state.push({ slot: word(each), value: word(value) })
  }
  const delegates: { address: string; code: string }[] = []
  for (const { address } of others) {
    const hash = await read((reader) => reader.account(address)?.codeHash)
    if (hash !== undefined) delegates.push({ address, code: hash })
  }
  return {
    asset: id,
    decimals,
    layout,
    code,
    ...(state.length > 0 && { state }),
    ...(delegates.length > 0 && { delegates }),
  }
}

function slotsOf(list: AccessList, contract: Hex): Set<bigint> {
  return new Set(list.filter(({ address }) => address === contract).flatMap(({ storageKeys }) => storageKeys))
}

function word(value: bigint): string {
  return `0x${value.toString(16).padStart(64, '0')}`
}

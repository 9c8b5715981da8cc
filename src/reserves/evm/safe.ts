import type { Hex } from 'viem'
import { numberToHex } from 'viem/utils'
import { ProofError } from '../../errors/index.js'
import { tokenSlot } from './layout.js'
import type { EvmReader } from './state.js'

/**
 * Keccak-256 of the code of Safe's contracts: a Safe is a proxy for a singleton of its version. The hashes of
 * singletons are those of the package @safe-global/safe-deployments, which are on every chain the same.
 */
const SAFES = [
  {
    version: '1.3.0',
    proxy: '0xb89c1b3bdf2cf8827818646bce9a8f6e372885f8c55e5c07acbd307cb133b000',
    singletons: [
      '0xbba688fbdb21ad2bb58bc320638b43d94e7d100f6f3ebaab0a4e4de6304b1c2e',
      '0x21842597390c4c6e3c1239e434a682b054bd9548eee5e9b1d6a4482731023c0f',
    ],
  },
  {
    version: '1.4.1',
    proxy: '0xd7d408ebcd99b2b70be43e20253d6d92a8ea8fab29bd3be7f55b10032331fb4c',
    singletons: [
      '0x1fe2df852ba3299d6534ef416eefa406e56ced995bca886ab7a553e6d0c5e1c4',
      '0xb1f926978a0f44a2c0ec8fe822418ae969bd8c3f18d61e5103100339894f81ff',
    ],
  },
] as const

/** Slots of a Safe: singleton, lists of modules and of owners, number of owners, threshold. */
const [SINGLETON, MODULES, OWNERS, OWNER_COUNT, THRESHOLD] = [0n, '1', '2', 3n, 4n] as const
/** `keccak256("guard_manager.guard.address")` */
const GUARD = 0x4a204f620c8c5ccdca3fd54d003badd85ba500436a431f0cbda4f558c93c34c8n
/** Both lists are rings that start and end here. */
const SENTINEL: Hex = '0x0000000000000000000000000000000000000001'
const MAX_LIST = 256

/** Who can move what a Safe holds, at a block. */
export interface SafeWallet {
  version: string
  /** How many owners have to sign. */
  threshold: number
  owners: readonly Hex[]
  /** Whether an address, in lower case, is an owner. */
  owns(address: string): boolean
  /** Contracts that can move funds without any owner. */
  modules: readonly Hex[]
  /** Contract that can hinder every transaction. */
  guard?: Hex
}

/**
 * The owners of a Safe at a block, of version 1.3.0 or 1.4.1.
 *
 * @throws {ProofError} `RESERVES_SAFE` for a contract that is none, or none of these
 * @example
 * const wallet = readSafe(state, account.address as Hex)
 * const result = verifyControl(control, { account, text, wallet })
 */
export function readSafe(reader: EvmReader, address: Hex): SafeWallet {
  const refuse = (why: string) =>
    new ProofError('RESERVES_SAFE', `the account is not a Safe: ${why}`, {
      hint: 'Show control of the account in another way, such as eip1271.',
    })
  const proxy = reader.account(address)?.codeHash
  const safe = SAFES.find((known) => known.proxy === proxy)
  if (safe === undefined) throw refuse('its code is not that of a known version')
  const singleton = addressOf(reader.slot(address, SINGLETON))
  const code = singleton === undefined ? undefined : reader.account(singleton)?.codeHash
  if (!safe.singletons.some((known) => known === code)) {
    throw refuse('it hands calls to a contract that is no singleton of its version')
  }
  const owners = ring(reader, address, OWNERS)
  const modules = ring(reader, address, MODULES)
  const threshold = Number(reader.slot(address, THRESHOLD))
  const count = Number(reader.slot(address, OWNER_COUNT))
  if (owners === undefined || modules === undefined || count !== owners.length) {
    throw refuse('its lists of owners and modules are not in order')
  }
  if (threshold < 1 || threshold > owners.length) throw refuse('its threshold is not met by its owners')
  const hinder = reader.slot(address, GUARD)
  const guard = addressOf(hinder)
  if (hinder !== 0n && guard === undefined) throw refuse('its guard is no contract')
  const set = new Set<string>(owners)
  return {
    version: safe.version,
    threshold,
    owners,
    owns: (owner) => set.has(owner),
    modules,
    ...(guard === undefined ? {} : { guard }),
  }
}

/** The members of a ring, in its order; undefined where it does not come back to its start. */
function ring(reader: EvmReader, address: Hex, slot: string): Hex[] | undefined {
  const members: Hex[] = []
  for (let member: Hex = SENTINEL; members.length <= MAX_LIST; ) {
    const next = addressOf(
      reader.slot(address, tokenSlot({ kind: 'mapping', slot, order: 'solidity' }, member)),
    )
    if (next === undefined) return undefined
    if (next === SENTINEL) return members
    members.push(next)
    member = next
  }
  return undefined
}

/** A word as the address that it holds, which is not zero. */
function addressOf(word: bigint): Hex | undefined {
  return word === 0n || word >> 160n !== 0n ? undefined : numberToHex(word, { size: 20 })
}

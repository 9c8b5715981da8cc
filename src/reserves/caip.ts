import { sha256 } from '@noble/hashes/sha2.js'
import { hexToBytes } from '@noble/hashes/utils.js'
import { base58, createBase58check } from '@scure/base'
import { isAddress } from 'viem/utils'
import * as z from 'zod'
import { InputError } from '../errors/index.js'
import { addressScript, BITCOIN_NETWORKS, type BitcoinNetwork } from './bitcoin/index.js'

/** Kinds of chains whose accounts have one spelling here, and `attested` for what lies on no chain. */
export const NAMESPACES = [
  'eip155',
  'bip122',
  'tron',
  'solana',
  'attested',
] as const satisfies readonly Namespace[]

export type Namespace = 'eip155' | 'bip122' | 'tron' | 'solana' | 'attested'

/** A chain by its CAIP-2 name, such as `eip155:1`. */
export interface ChainName {
  namespace: Namespace
  reference: string
  /** The whole name. */
  id: string
}

/** An account by its CAIP-10 name, in its one spelling. */
export interface AccountName {
  chain: ChainName
  address: string
  /** The whole name. */
  id: string
}

/** An asset by its CAIP-19 name, in its one spelling. */
export interface AssetName {
  chain: ChainName
  /** `slip44` for a chain's own coin, `erc20`, `trc20`, `token`; any for what is attested. */
  namespace: string
  reference: string
  /** The whole name. */
  id: string
}

/** Main network, Nile and Shasta. */
const TRON = ['0x2b6653dc', '0xcd8690dc', '0x94a9059e']
const TRON_COIN = '195'
/** Main network, devnet and testnet. */
const SOLANA = [
  '5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp',
  'EtWTRABZaYq6iMfeYKouRu166VU2xqa1',
  '4uhcVJyU9pJkvQyS88uRDiswHXSGkY3z',
]
const SOLANA_COIN = '501'
const TRON_BYTE = 0x41
const COIN_DECIMALS = { eip155: 18, bip122: 8, tron: 6, solana: 9 } as const

const base58check = createBase58check(sha256)

/**
 * A chain by its CAIP-2 name.
 *
 * @param where file and field, for messages
 * @throws {InputError} `RESERVES_CHAIN` for a kind of chain that has no spelling here, or an unknown network
 * @example
 * parseChain('eip155:1', '--chain') // { namespace: 'eip155', reference: '1', id: 'eip155:1' }
 */
export function parseChain(text: string, where: string): ChainName {
  const [, name, reference] = /^([-a-z0-9]{3,8}):([-_a-zA-Z0-9]{1,32})$/.exec(text) ?? []
  const namespace = NAMESPACES.find((known) => known === name)
  if (namespace === undefined || !isChain(namespace, reference!)) {
    throw new InputError('RESERVES_CHAIN', 'not the name of a chain that is known here', {
      where,
      hint: `Write it by CAIP-2, such as eip155:1 or bip122:000000000019d6689c085ae165831e93; kinds of chains: ${NAMESPACES.join(', ')}.`,
    })
  }
  return { namespace, reference: reference!, id: text }
}

function isChain(namespace: Namespace, reference: string): boolean {
  switch (namespace) {
    case 'eip155':
      return /^[1-9][0-9]{0,18}$/.test(reference)
    case 'bip122':
      return BITCOIN_NETWORKS.has(reference)
    case 'tron':
      return TRON.includes(reference)
    case 'solana':
      return SOLANA.includes(reference)
    case 'attested':
      return /^[a-z][a-z0-9-]*$/.test(reference)
  }
}

/**
 * An account by its CAIP-10 name. What other programs write is taken too, and comes back in its one spelling:
 * an EIP-55 checksum on an EVM chain, capitals of bech32, 21 bytes in hex on Tron. A wrong checksum is not.
 *
 * @param where file and field, for messages, which never repeat the account
 * @throws {InputError} `RESERVES_CHAIN`, `RESERVES_ACCOUNT`
 * @example
 * parseAccount('eip155:1:0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed', 'accounts.csv').address
 * // '0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed'
 */
export function parseAccount(text: string, where: string): AccountName {
  const [, chainText, given] = /^([^:]*:[^:]*):([-.%a-zA-Z0-9]{1,128})$/.exec(text) ?? []
  if (given === undefined) throw notAnAccount(where)
  const chain = parseChain(chainText!, where)
  const address = addressOf(chain, given)
  if (address === undefined) throw notAnAccount(where)
  return { chain, address, id: `${chain.id}:${address}` }
}

function notAnAccount(where: string): InputError {
  return new InputError('RESERVES_ACCOUNT', 'not an account of its chain, or its checksum is wrong', {
    where,
    hint: 'Write it by CAIP-10: the chain, a colon, and the address, such as eip155:1:0x…; copy the address anew.',
  })
}

/** The one spelling of an address on its chain, if it is one. */
function addressOf({ namespace, reference }: ChainName, given: string): string | undefined {
  switch (namespace) {
    case 'eip155':
      return isAddress(given) ? given.toLowerCase() : undefined
    case 'bip122':
      return bitcoinAddress(BITCOIN_NETWORKS.get(reference)!, given)
    case 'tron':
      return tronAddress(given)
    case 'solana':
      return attempt(() => base58.decode(given).length === 32 && given.length <= 44) ? given : undefined
    case 'attested':
      return /^[a-z0-9]+(?:[-.][a-z0-9]+)*$/.test(given) ? given : undefined
  }
}

function bitcoinAddress(network: BitcoinNetwork, given: string): string | undefined {
  const lower = given.toLowerCase()
  const isProgram = given === given.toUpperCase() && lower.startsWith(`${network.prefix}1`)
  const address = isProgram ? lower : given
  return addressScript(network, address) === undefined ? undefined : address
}

function tronAddress(given: string): string | undefined {
  if (/^41[0-9a-f]{40}$/i.test(given)) return base58check.encode(hexToBytes(given.toLowerCase()))
  const bytes = attempt(() => base58check.decode(given))
  return bytes && bytes.length === 21 && bytes[0] === TRON_BYTE ? given : undefined
}

/**
 * An asset by its CAIP-19 name, in its one spelling; contracts are written like accounts.
 *
 * @param where file and field, for messages
 * @throws {InputError} `RESERVES_CHAIN`, `RESERVES_ASSET`
 * @example
 * parseAsset('eip155:1/slip44:60', 'addresses.json').namespace // 'slip44'
 */
export function parseAsset(text: string, where: string): AssetName {
  const [, chainText, namespace, given] =
    /^([^/]*)\/([-a-z0-9]{3,8}):([-.%a-zA-Z0-9]{1,128})$/.exec(text) ?? []
  if (given === undefined) throw notAnAsset(where)
  const chain = parseChain(chainText!, where)
  const reference = assetReference(chain, namespace!, given)
  if (reference === undefined) throw notAnAsset(where)
  return { chain, namespace: namespace!, reference, id: `${chain.id}/${namespace}:${reference}` }
}

function notAnAsset(where: string): InputError {
  return new InputError('RESERVES_ASSET', 'not an asset of its chain', {
    where,
    hint: "Write it by CAIP-19: eip155:1/slip44:60 for a chain's own coin, eip155:1/erc20:0x… for a token.",
  })
}

function assetReference(chain: ChainName, namespace: string, given: string): string | undefined {
  const coin = { bip122: BITCOIN_NETWORKS.get(chain.reference)?.coin, tron: TRON_COIN, solana: SOLANA_COIN }
  const token = { eip155: 'erc20', tron: 'trc20', solana: 'token' }
  switch (chain.namespace) {
    case 'attested':
      return /^[a-z0-9]+(?:[-.][a-z0-9]+)*$/.test(given) ? given : undefined
    case 'eip155':
      if (namespace === 'slip44') return /^(?:0|[1-9][0-9]{0,9})$/.test(given) ? given : undefined
      return namespace === token.eip155 ? addressOf(chain, given) : undefined
    case 'bip122':
      return namespace === 'slip44' && given === coin.bip122 ? given : undefined
    default:
      if (namespace === 'slip44') return given === coin[chain.namespace] ? given : undefined
      return namespace === token[chain.namespace] ? addressOf(chain, given) : undefined
  }
}

/** Whether an asset is its chain's own coin. */
export function isCoin({ chain, namespace }: AssetName): boolean {
  return namespace === 'slip44' && chain.namespace !== 'attested'
}

/** Decimals of a chain's own coin; `undefined` for any other asset. */
export function coinDecimals(asset: AssetName): number | undefined {
  const { namespace } = asset.chain
  return isCoin(asset) && namespace !== 'attested' ? COIN_DECIMALS[namespace] : undefined
}

const canonical = (parse: (text: string, where: string) => { id: string }, what: string) =>
  z
    .string()
    .max(256)
    .refine(
      (text) => attempt(() => parse(text, '').id === text) ?? false,
      `has to be ${what} in its one spelling`,
    )

/** A chain as files hold it: its CAIP-2 name. */
export const chainSchema = canonical(parseChain, 'the CAIP-2 name of a chain that is known here')

/** An account as files hold it: its CAIP-10 name in its one spelling. */
export const accountSchema = canonical(parseAccount, 'the CAIP-10 name of an account')

/** An asset as files hold it: its CAIP-19 name in its one spelling. */
export const assetSchema = canonical(parseAsset, 'the CAIP-19 name of an asset')

function attempt<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch {
    return undefined
  }
}

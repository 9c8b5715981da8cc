import { Option } from 'commander'
import type { ChainConnection } from '../chain/index.js'
import { InputError } from '../errors/index.js'
import { readAddress, required } from './options.js'

/** A chain, and who writes to it, as named on the command line. */
export interface ChainOptions {
  rpc: string
  sender?: string
}

/** One node of an EVM chain; a URL that holds a key can stand in a file. */
export function nodeOption(): Option {
  return required('--rpc <url>', 'a node of the chain (http or https); @FILE reads the URL from a file')
}

/** Whose key signs what is sent. It is never an argument: others see those. */
export function senderOption(): Option {
  return new Option(
    '--sender <file>',
    "key file of the account that sends and pays, as `epoch sign --new-key` makes it (default: the key in PLIMSOLL_SENDER_KEY, then the node's first account)",
  )
}

/** The chain that `--rpc` names, as the account that `--sender` or the environment names. */
export async function connectAs({ rpc, sender }: ChainOptions): Promise<ChainConnection> {
  const { connectChain } = await import('../chain/index.js')
  const privateKey = await senderKey(sender)
  return connectChain(await nodeUrl(rpc), privateKey === undefined ? {} : { privateKey })
}

/** The chain that `--rpc` names, to read from it. */
export async function connectToRead(rpc: string): Promise<ChainConnection> {
  const { connectChain } = await import('../chain/index.js')
  return connectChain(await nodeUrl(rpc))
}

/** A registry as named on the command line: by its address, or by the record of its deployment. */
export interface RegistryOptions {
  registry?: string
  deployment?: string
}

export function deploymentOption(): Option {
  return new Option(
    '--deployment <file>',
    'the registry of this record, as `chain deploy` wrote it, on the chain of the record',
  ).conflicts('registry')
}

/** Where a registry has to be. */
export interface RegistryPlace {
  address: `0x${string}`
  /** Unknown where only an address was given. */
  chainId?: string
}

/** The registry that `--registry` or `--deployment` names, if either does. */
export async function readRegistry({
  registry,
  deployment,
}: RegistryOptions): Promise<RegistryPlace | undefined> {
  if (registry !== undefined) {
    return { address: (await readAddress(registry, '--registry')) as `0x${string}` }
  }
  if (deployment === undefined) return undefined
  const { deploymentSchema } = await import('../chain/index.js')
  const { readJsonFile } = await import('../files/index.js')
  const { chainId, contracts } = await readJsonFile(deployment, deploymentSchema)
  return { address: contracts.solvencyRegistry.address as `0x${string}`, chainId }
}

/**
 * Asserts that a node is on the chain that something is recorded on.
 *
 * @throws {InputError} `CHAIN_ID`
 */
export function assertChain(chain: ChainConnection, chainId: string | undefined): void {
  if (chainId === undefined || `${chain.chainId}` === chainId) return
  throw new InputError('CHAIN_ID', `the node is on chain ${chain.chainId}, not on ${chainId}`, {
    where: '--rpc',
    hint: 'Give a node of the chain that the record names.',
  })
}

async function nodeUrl(given: string): Promise<string> {
  if (!given.startsWith('@')) return given
  const { readTextFile } = await import('../files/index.js')
  return (await readTextFile(given.slice(1))).trim()
}

export async function senderKey(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return process.env.PLIMSOLL_SENDER_KEY || undefined
  const { readPrivateKey } = await import('../venue/index.js')
  return readPrivateKey(file)
}

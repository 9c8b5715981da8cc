import { Option } from 'commander'
import type { ChainConnection } from '../chain/index.js'
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
  const { readDeployment } = await import('../chain/index.js')
  const { chainId, contracts } = await readDeployment(deployment)
  return { address: contracts.solvencyRegistry.address as `0x${string}`, chainId }
}

/** The chain that a node has to be on. */
export function chainIdOption(): Option {
  return new Option('--chain-id <number>', 'the chain that it has to be; any other is refused')
}

/** Seconds that a chain's last block may be away from this clock before somebody is told. */
const STALLED = 300

/** What of a chain's answers rests on the node alone. */
export async function nodeNotes(chain: ChainConnection): Promise<string[]> {
  const { lastBlockTime } = await import('../chain/index.js')
  return [
    `all of this is the word of one node, also that it is on chain ${chain.chainId}: ask your own, or several`,
    ...stalledNotes(await lastBlockTime(chain)),
  ]
}

/** @param time of the chain's last block, in seconds since 1970-01-01 UTC */
function stalledNotes(time: number): string[] {
  const behind = Math.round(Date.now() / 1000) - time
  if (Math.abs(behind) <= STALLED) return []
  const at = new Date(time * 1000).toISOString().replace('.000Z', 'Z')
  const how = behind > 0 ? `${behind} s behind` : `${-behind} s ahead of`
  return [
    `the node's last block is of ${at}, ${how} this clock: it has stalled, or is of another time. What it says is of then, not of now`,
  ]
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

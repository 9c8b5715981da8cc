import { Option } from 'commander'
import type { ChainConnection } from '../chain/index.js'
import { required } from './options.js'

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

async function nodeUrl(given: string): Promise<string> {
  if (!given.startsWith('@')) return given
  const { readTextFile } = await import('../files/index.js')
  return (await readTextFile(given.slice(1))).trim()
}

async function senderKey(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return process.env.PLIMSOLL_SENDER_KEY || undefined
  const { readPrivateKey } = await import('../venue/index.js')
  return readPrivateKey(file)
}

import {
  type Account,
  type Address,
  type Chain,
  createPublicClient,
  createWalletClient,
  defineChain,
  type Hex,
  http,
  type PublicClient,
  type Transport,
  type WalletClient,
} from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { InputError } from '../errors/index.js'
import { answered, refusalOf } from './rpc.js'

/** A chain that was reached, and who writes to it: `reader` and `writer` are clients of viem's. */
export interface ChainConnection {
  chainId: number
  /** @hidden */
  reader: PublicClient<Transport, Chain>
  /**
   * Absent when no key was given and the node holds no account.
   *
   * @hidden
   */
  writer?: WalletClient<Transport, Chain, Account>
}

/** Most bytes that are read of an answer. */
const MAX_ANSWER = 10 * 1024 * 1024

/**
 * Connects to an Ethereum node.
 *
 * @param rpcUrl http or https; redirects are not followed
 * @param options.privateKey signs what is written; without it the node's own first account does, if it has
 * one
 * @param options.chainId the chain that it has to be
 * @throws {InputError} `RPC_URL`, `RPC_UNREACHABLE`, `RPC_REFUSED`, `PRIVATE_KEY`, `CHAIN_ID`; no message
 * repeats the key or the URL, which may hold one.
 * @example
 * const chain = await connectChain('http://127.0.0.1:8545')
 */
export async function connectChain(
  rpcUrl: string,
  options: { privateKey?: string; chainId?: number } = {},
): Promise<ChainConnection> {
  if (!URL.canParse(rpcUrl) || !/^https?:$/.test(new URL(rpcUrl).protocol)) {
    throw new InputError('RPC_URL', 'not an http or https URL')
  }
  // Whoever answers for a node could lead what is asked, and what is sent, to any other machine.
  const transport = http(rpcUrl, { maxResponseBodySize: MAX_ANSWER, fetchOptions: { redirect: 'manual' } })
  const own = options.privateKey === undefined ? undefined : accountOf(options.privateKey)
  const probe = createPublicClient({ transport })
  const chainId = await answered(probe.getChainId())
  if (options.chainId !== undefined) assertChainId({ chainId }, `${options.chainId}`)
  const chain = defineChain({
    id: chainId,
    name: `chain ${chainId}`,
    nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
    rpcUrls: { default: { http: [rpcUrl] } },
  })
  const account = own ?? (await nodeAccount(probe))
  return {
    chainId,
    reader: createPublicClient({ chain, transport }),
    ...(account ? { writer: createWalletClient({ account, chain, transport }) } : {}),
  }
}

/**
 * Asserts that a node is on the chain that is meant, where one is named.
 *
 * @throws {InputError} `CHAIN_ID`
 */
export function assertChainId(chain: Pick<ChainConnection, 'chainId'>, meant: string | undefined): void {
  if (meant === undefined || `${chain.chainId}` === meant) return
  throw new InputError('CHAIN_ID', `the node is on chain ${chain.chainId}, not on ${meant}`, {
    where: '--rpc',
    hint: 'Give a node of the chain that is meant.',
  })
}

/** The time of a chain's last block, in seconds since 1970-01-01 UTC. */
export async function lastBlockTime({ reader }: ChainConnection): Promise<number> {
  const { timestamp } = await answered(reader.getBlock())
  return Number(timestamp)
}

function accountOf(privateKey: string): Account {
  try {
    return privateKeyToAccount(privateKey as Hex)
  } catch {
    throw new InputError('PRIVATE_KEY', 'not a private key: 0x and 64 hexadecimal digits')
  }
}

/** The first account of a node. Public nodes hold none and often refuse to be asked. */
async function nodeAccount(client: PublicClient): Promise<Account | undefined> {
  try {
    const [address] = await client.request<{
      Method: 'eth_accounts'
      Parameters?: undefined
      ReturnType: Address[]
    }>({ method: 'eth_accounts' })
    return address === undefined ? undefined : { address, type: 'json-rpc' }
  } catch (error) {
    refusalOf(error)
    return undefined
  }
}

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

/** A chain that was reached, and who writes to it. */
export interface ChainConnection {
  chainId: number
  reader: PublicClient<Transport, Chain>
  /** Absent when no key was given and the node holds no account. */
  writer?: WalletClient<Transport, Chain, Account>
}

/**
 * Connects to an Ethereum node.
 *
 * @param rpcUrl http or https
 * @param options.privateKey signs what is written; without it the node's own first account does, if it has one
 * @throws {InputError} `RPC_URL`, `RPC_UNREACHABLE`, `PRIVATE_KEY`; no message repeats the key or the URL, which may hold one.
 * @example
 * const chain = await connectChain('http://127.0.0.1:8545')
 */
export async function connectChain(
  rpcUrl: string,
  options: { privateKey?: string } = {},
): Promise<ChainConnection> {
  if (!URL.canParse(rpcUrl) || !/^https?:$/.test(new URL(rpcUrl).protocol)) {
    throw new InputError('RPC_URL', 'not an http or https URL')
  }
  const transport = http(rpcUrl)
  const own = options.privateKey === undefined ? undefined : accountOf(options.privateKey)
  const probe = createPublicClient({ transport })
  const chainId = await probe.getChainId().catch(() => {
    throw new InputError('RPC_UNREACHABLE', 'the node does not answer', {
      hint: 'Check the URL, and that the node is running.',
    })
  })
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

function accountOf(privateKey: string): Account {
  try {
    return privateKeyToAccount(privateKey as Hex)
  } catch {
    throw new InputError('PRIVATE_KEY', 'not a private key: 0x and 64 hexadecimal digits')
  }
}

/** Public nodes hold no account and often refuse to be asked. */
async function nodeAccount(client: PublicClient): Promise<Account | undefined> {
  const accounts = await client
    .request<{ Method: 'eth_accounts'; Parameters?: undefined; ReturnType: Address[] }>({
      method: 'eth_accounts',
    })
    .catch(() => [])
  return accounts[0] ? { address: accounts[0], type: 'json-rpc' } : undefined
}

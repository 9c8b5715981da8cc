import * as z from 'zod'
import type { BlockTrust, ChainName } from '../reserves/index.js'
import type { JsonRpc } from './json-rpc.js'

const headSchema = z.object({
  hash: z.string().regex(/^0x[0-9a-f]{64}$/, 'must be a hash in lower-case hex'),
})
const hashSchema = z.string().regex(/^[0-9a-f]{64}$/, 'must be a hash in lower-case hex')

/**
 * Asks nodes of the reader's own for the hash of a block, each by itself.
 *
 * @param nodes by chain
 * @example
 * await checkReserves(folder, { ask: askBlocks(nodes) })
 */
export function askBlocks(nodes: ReadonlyMap<string, readonly JsonRpc[]>): NonNullable<BlockTrust['ask']> {
  return (chain, height) => {
    const asked = nodes.get(chain.id)
    return asked && Promise.all(asked.map((node) => hashAt(node, chain, height)))
  }
}

async function hashAt(node: JsonRpc, { namespace }: ChainName, height: number): Promise<string> {
  if (namespace === 'bip122') return node.ask('getblockhash', [height], hashSchema)
  const { hash } = await node.ask('eth_getBlockByNumber', [`0x${height.toString(16)}`, false], headSchema)
  return hash
}

import * as z from 'zod'
import type { AskContract, ContractAnswer, ContractQuestion } from '../epoch/index.js'
import { InputError } from '../errors/index.js'
import { isValidSignatureCall, TAKEN } from '../reserves/index.js'
import type { JsonRpc } from './json-rpc.js'

const quantitySchema = z.string().regex(/^0x[0-9a-f]{1,13}$/, 'must be a small quantity in hex')
const headSchema = z.object({
  number: quantitySchema,
  hash: z.string().regex(/^0x[0-9a-f]{64}$/, 'must be a hash in lower-case hex'),
})
const bytesSchema = z.string().regex(/^0x[0-9a-f]*$/, 'must be bytes in hex')

/**
 * Asks nodes of the reader's own whether a contract takes a signature, each at its latest block. One that
 * does not is enough for no; the block is that of the first.
 *
 * @param nodes by chain
 * @example
 * const nodes = new Map([['eip155:1', [jsonRpc('http://127.0.0.1:8545', 'eip155:1, node 1')]]])
 * await openEpoch(await openSource('epoch'), { pins, askContract: askContracts(nodes) })
 */
export function askContracts(nodes: ReadonlyMap<string, readonly JsonRpc[]>): AskContract {
  return async (question) => {
    const asked = nodes.get(`eip155:${question.chainId}`) ?? []
    const answers = await Promise.all(asked.map((node) => answerOf(node, question)))
    return answers.find(({ takes }) => !takes) ?? answers[0]
  }
}

async function answerOf(node: JsonRpc, question: ContractQuestion): Promise<ContractAnswer> {
  const { chainId, contract, hash, signature } = question
  const found = BigInt(await node.ask('eth_chainId', [], quantitySchema))
  if (found !== BigInt(chainId)) {
    throw new InputError('CHAIN_ID', `the node is on chain ${found}, not on ${chainId}`, { where: node.name })
  }
  const head = await node.ask('eth_getBlockByNumber', ['latest', false], headSchema)
  const call = { to: contract, data: isValidSignatureCall(hash, signature) }
  const takes = await node.ask('eth_call', [call, { blockHash: head.hash }], bytesSchema).then(
    (answer) => answer === TAKEN,
    (error: unknown) => {
      // Wallets revert on what they do not take; a node that refuses to be asked says nothing.
      if (error instanceof InputError && error.code === 'RPC_REFUSED' && /revert/i.test(error.what))
        return false
      throw error
    },
  )
  return { takes, block: Number(head.number), blockHash: head.hash }
}

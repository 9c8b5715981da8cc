import { hexToBytes } from '@noble/hashes/utils.js'
import * as z from 'zod'
import {
  type AskedAgain,
  type EvidenceFolder,
  evidenceLineSchema,
  linesOf,
  MAX_EVIDENCE_LINE,
  RESERVES_PATHS,
  readTransaction,
} from '../reserves/index.js'
import { parseJsonAs } from '../schema/index.js'
import type { JsonRpc } from './json-rpc.js'

/** Outputs that are asked about at once. */
const AT_ONCE = 100
const outputSchema = z.object({ confirmations: z.int() }).nullable()

/**
 * Asks nodes whether the outputs of Bitcoin in evidence are unspent now. Those that are not may have been
 * spent since the moment, or before it: a node that keeps no history cannot tell.
 *
 * @param folder evidence that was checked
 * @param nodes by chain: the first of each is asked
 * @throws {InputError} what nodes and readers throw
 */
export async function askUnspent(
  folder: EvidenceFolder,
  nodes: ReadonlyMap<string, readonly JsonRpc[]>,
): Promise<AskedAgain['unspent']> {
  const answer = { asked: 0, unspent: 0 }
  const pieces = await folder.open(RESERVES_PATHS.evidence)
  if (pieces === undefined) return answer
  const waiting = new Map<JsonRpc, [txid: string, index: number, mempool: false][]>()
  const ask = async (node: JsonRpc) => {
    const outputs = await node.askAll('gettxout', waiting.get(node)!, outputSchema)
    answer.asked += outputs.length
    answer.unspent += outputs.filter((output) => output !== null).length
    waiting.delete(node)
  }
  for await (const { text, number } of linesOf(pieces, MAX_EVIDENCE_LINE, RESERVES_PATHS.evidence)) {
    const { account, moment, balance } = parseJsonAs(
      text,
      evidenceLineSchema,
      `${RESERVES_PATHS.evidence}:${number}`,
    )
    const [node] = nodes.get(account.slice(0, account.lastIndexOf(':'))) ?? []
    if (balance.kind !== 'bitcoin-output' || moment > 0 || node === undefined) continue
    const { id } = readTransaction(hexToBytes(balance.transaction))!
    const batch = waiting.get(node) ?? []
    waiting.set(node, batch)
    batch.push([id, balance.index, false])
    if (batch.length === AT_ONCE) await ask(node)
  }
  for (const node of [...waiting.keys()]) await ask(node)
  return answer
}

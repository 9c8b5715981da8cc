import type { Hex } from 'viem'
import * as z from 'zod'
import { InputError } from '../errors/index.js'
import {
  type AnsweredEvidence,
  type AskedAgain,
  type EvmToken,
  eip1271Call,
  evidenceLineSchema,
  linesOf,
  MAX_EVIDENCE_LINE,
  parseAccount,
  parseAsset,
  RESERVES_PATHS,
} from '../reserves/index.js'
import { parseJsonAs } from '../schema/index.js'
import { evmCollector } from './evm.js'
import type { JsonRpc } from './json-rpc.js'
import { askUnspent } from './unspent.js'

type Nodes = ReadonlyMap<string, readonly JsonRpc[]>

/** Nodes that have to find a layout, each by itself, before it is no longer the venue's word. */
const ENOUGH = 2
const resultSchema = z.string().regex(/^0x[0-9a-f]*$/, 'must be bytes in hex')

/**
 * Asks nodes of the reader's own what evidence says that nodes have answered: where each token keeps its
 * balances, what contract wallets say of their signatures, and which outputs of Bitcoin are unspent. A node
 * that no longer has the state of the block leaves it open.
 *
 * @param nodes by chain
 * @example
 * await checkReserves(folder, { ask: askBlocks(nodes), again: askAgain(nodes) })
 */
export function askAgain(nodes: Nodes): (evidence: AnsweredEvidence) => Promise<AskedAgain> {
  return async (evidence) => {
    const found = new Findings(nodes, evidence)
    const pieces = await evidence.folder.open(RESERVES_PATHS.evidence)
    const where = RESERVES_PATHS.evidence
    for await (const { text, number } of linesOf(pieces!, MAX_EVIDENCE_LINE, where)) {
      const line = parseJsonAs(text, evidenceLineSchema, `${where}:${number}`)
      const { account, asset, block, control, balance } = line
      if (balance.kind === 'evm-token' && line.moment === 0) await found.layout(asset, account)
      if (typeof control !== 'string' && control.kind === 'eip1271')
        await found.wallet(account, block, control)
    }
    const unspent = await askUnspent(evidence.folder, nodes)
    const { notes, ...rest } = found.result()
    return { ...rest, notes: [...notes, ...unspentNote(unspent)], unspent }
  }
}

function unspentNote({ asked, unspent }: AskedAgain['unspent']): string[] {
  if (asked === 0) return []
  const rest = 'what is not was spent since the moment, or before it: a node cannot tell'
  return [`${unspent} of ${asked} outputs of Bitcoin are unspent${unspent < asked ? `; ${rest}` : ''}`]
}

class Findings {
  private readonly faults: string[] = []
  private readonly notes = new Set<string>()
  /** How many nodes have found what is used of a token. */
  private readonly agreed = new Map<string, number>()
  private wallets = 0

  constructor(
    private readonly nodes: Nodes,
    private readonly evidence: AnsweredEvidence,
  ) {}

  result(): Omit<AskedAgain, 'unspent'> {
    const found = [...this.agreed].filter(([, count]) => count > 0)
    const notes = [
      ...this.notes,
      ...found.map(
        ([asset, count]) => `${count} of your nodes find the balances of ${asset} where they are proven`,
      ),
      ...(this.wallets > 0
        ? [`what contract wallets say of ${this.wallets} signatures is the same now`]
        : []),
    ]
    const layouts = new Set(found.filter(([, count]) => count >= ENOUGH).map(([asset]) => asset))
    return { faults: this.faults, notes, layouts }
  }

  /** Looks for a token's layout as collecting does, by what its contract reads of one holder. */
  async layout(asset: string, holder: string): Promise<void> {
    if (this.agreed.has(asset)) return
    this.agreed.set(asset, 0)
    const account = parseAccount(holder, '')
    const { hash } = this.evidence.blocks.find(
      ({ chain, moment }) => chain === account.chain.id && moment === 0,
    )!
    const used = this.evidence.tokens.tokens.get(asset)!
    for (const node of this.nodes.get(account.chain.id) ?? []) {
      await this.unlessRefused(node, async () => {
        const collector = evmCollector(account.chain, [node], new Map())
        await collector.start([], { blocks: [hash] })
        const task = { account, assets: [parseAsset(asset, '')], control: '' }
        const [token] = await collector.findTokens([task])
        if (token!.layout.kind === 'none')
          this.notes.add(`${node.name} does not find where ${asset} keeps balances`)
        else if (isSame(used, token!)) this.agreed.set(asset, this.agreed.get(asset)! + 1)
        else this.faults.push(`${node.name} finds another layout, other decimals or other code of ${asset}`)
      })
    }
  }

  /** Asks a contract wallet again whether it takes the signature, at the block of the evidence. */
  async wallet(id: string, block: string, control: { signature: string; result: string }): Promise<void> {
    const account = parseAccount(id, '')
    const call = eip1271Call(account, this.evidence.textOf(id), control.signature)
    for (const node of this.nodes.get(account.chain.id) ?? []) {
      await this.unlessRefused(node, async () => {
        const result = await node.ask('eth_call', [call, { blockHash: block as Hex }], resultSchema)
        if (result === control.result) this.wallets++
        else this.faults.push(`${node.name} has another answer of a contract wallet about its signature`)
      })
    }
  }

  /** A node that keeps no states of the past says nothing for or against what is shown. */
  private async unlessRefused(node: JsonRpc, work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      if (!(error instanceof InputError) || !/^RPC_(?:REFUSED|ANSWER)$/.test(error.code)) throw error
      this.notes.add(
        `${node.name} does not answer for the block of the evidence: ask one that keeps old states`,
      )
    }
  }
}

/** Whether what is used of a token pins all that a node has found that it hangs on. */
function isSame(used: EvmToken, found: EvmToken): boolean {
  const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)
  const has = (all: readonly unknown[] = [], some: readonly unknown[] = []) =>
    some.every((one) => all.some((each) => same(each, one)))
  if (!same(used.layout, found.layout) || used.decimals !== found.decimals) return false
  // What the project knows of a token has no code: it is known by its address.
  if (used.code === undefined) return true
  return used.code === found.code && has(used.state, found.state) && has(used.delegates, found.delegates)
}

import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import * as z from 'zod'
import { InputError } from '../errors/index.js'
import {
  type AccountName,
  addressScript,
  type BitcoinBlock,
  blockOf,
  type ChainName,
  type Checkpoint,
  CONFIRMATIONS,
  HeaderChain,
  isMature,
  type MovementProof,
  placeOfProof,
  readTransaction,
  shownHash,
  verifyOutput,
} from '../reserves/index.js'
import type { ChainCollector, CollectedAccount, CollectedHolding, CollectTask } from './collector.js'
import { type AnswerLimits, answerError, type JsonRpc } from './json-rpc.js'

/** Headers and outputs that are asked for at once, and addresses of one scan. */
const [HEADERS_AT_ONCE, OUTPUTS_AT_ONCE, ADDRESSES_AT_ONCE] = [1000, 100, 5000]
/** A scan reads all unspent outputs there are, and answers with those of its addresses. */
const SCAN: AnswerLimits = { bytes: 512 * 1024 * 1024, milliseconds: 3_600_000 }

const hashSchema = z.string().regex(/^[0-9a-f]{64}$/, 'must be a hash in lower-case hex')
const hexSchema = z.string().regex(/^(?:[0-9a-f]{2})*$/, 'must be bytes in lower-case hex')
const heightSchema = z.int().nonnegative()
const headerSchema = z.string().regex(/^[0-9a-f]{160}$/, 'must be a header in lower-case hex')
const scanSchema = z.object({
  success: z.literal(true),
  height: heightSchema,
  bestblock: hashSchema,
  unspents: z.array(
    z.object({
      txid: hashSchema,
      vout: z.int().nonnegative(),
      scriptPubKey: hexSchema,
      height: heightSchema,
    }),
  ),
})
const outputSchema = z.object({ confirmations: z.int().nonnegative(), bestblock: hashSchema }).nullable()
const placeSchema = z.object({ height: heightSchema })
const minedSchema = z.object({ blockhash: hashSchema })
const spendingSchema = z.object({
  vin: z
    .array(z.object({ txid: hashSchema, prevout: placeSchema }))
    .min(1)
    .max(1000),
})
/** What a later run needs: the last block of the headers. */
const keptSchema = z.strictObject({ height: heightSchema, hash: hashSchema })

/** An output by its transaction and its number there. */
export interface Outpoint {
  /** As people write it. */
  txid: string
  index: number
}

/** An output that a node calls unspent. */
interface Unspent extends Outpoint {
  /** Of its block. */
  height: number
  /** Height of the node's chain when it was asked, the lowest of all nodes. */
  askedAt: number
}

/** How Bitcoin's outputs are collected. */
export interface BitcoinCollectorOptions {
  /** The first is asked for everything; each of the others has to agree on blocks and on what is unspent. */
  nodes: readonly [JsonRpc, ...JsonRpc[]]
  /** All accounts, in the order in which they are collected: one scan is made for thousands of them. */
  accounts: readonly AccountName[]
  /** Outputs of accounts that need no scan, by account: those that a proof of funds by BIP-322 lists. */
  outputs?: ReadonlyMap<string, readonly Outpoint[]>
  /** The block that the headers start with; by default the network's first one. */
  checkpoint?: Checkpoint
  /** Blocks that have to stand on those of the moments. */
  confirmations?: number
  /** Transactions by which accounts moved coins to themselves: blocks have to stand on theirs too. */
  movements?: readonly string[]
  /** Gets the height up to which headers were read. */
  onHeaders?: (height: number) => void
}

/**
 * Collects unspent outputs of Bitcoin: headers up to some blocks behind the last moment, and of each output
 * its transaction, its branch and that all nodes call it unspent. Each proof is checked as it comes.
 *
 * @param chain `bip122:…`
 * @example
 * const node = jsonRpc('http://user:password@127.0.0.1:8332', 'node 1')
 * const collector = bitcoinCollector(parseChain(MAIN, '--chain'), { nodes: [node], accounts })
 */
export function bitcoinCollector(chain: ChainName, options: BitcoinCollectorOptions): ChainCollector {
  const state = new Collection(chain, options)
  return {
    chain,
    // One scan finds the outputs of thousands of accounts, and keeps them until it is their turn.
    atOnce: 1,
    start: (moments, kept) => state.start(moments, kept),
    collect: (task, moment) => state.collect(task, moment),
    movement: (transaction) => state.movement(transaction),
    headers: async () => state.headers(),
  }
}

class Collection {
  readonly chainOfHeaders: HeaderChain
  private readonly node: JsonRpc
  private readonly others: readonly JsonRpc[]
  private readonly confirmations: number
  private blocks: readonly BitcoinBlock[] = []
  /** Height of the last header that is needed. */
  private last = 0
  /** What the last scan has found, by address. */
  private found = new Map<string, readonly Unspent[]>()

  constructor(
    private readonly name: ChainName,
    private readonly options: BitcoinCollectorOptions,
  ) {
    ;[this.node, ...this.others] = options.nodes
    this.confirmations = options.confirmations ?? CONFIRMATIONS
    const checkpoints = options.checkpoint === undefined ? [] : [options.checkpoint]
    this.chainOfHeaders = new HeaderChain(name.reference, { checkpoints, where: this.node.name })
  }

  async start(moments: readonly number[], kept: unknown): Promise<unknown> {
    const known = kept === undefined ? undefined : keptSchema.parse(kept)
    const first = this.options.checkpoint?.height ?? 0
    const end = await this.node.ask('getblockcount', [], heightSchema)
    const least = (await this.lastMovement()) + CONFIRMATIONS
    let needed = known && Math.max(known.height, least)
    for (let from = first; from <= Math.min(end, needed ?? end); from = this.chainOfHeaders.height + 1) {
      const to = Math.min(from + HEADERS_AT_ONCE - 1, end, needed ?? end)
      await this.readHeaders(from, to)
      const found = needed ?? this.lastNeeded(from, to, Math.max(...moments))
      needed = found && Math.max(found, least)
      this.options.onHeaders?.(this.chainOfHeaders.height)
    }
    if (needed === undefined || this.chainOfHeaders.height < needed) {
      throw new InputError(
        'COLLECT_EARLY',
        'too few blocks stand on the one of the moment, or of a movement',
        {
          where: this.node.name,
          hint: `Try again later: ${this.confirmations} have to, which takes an hour or so.`,
        },
      )
    }
    this.chainOfHeaders.assertWork()
    const last = this.chainOfHeaders.block(needed)
    if (known !== undefined && known.hash !== this.chainOfHeaders.block(known.height).hash) {
      throw new InputError('COLLECT_REPLACED', 'blocks were replaced since the evidence was begun', {
        where: this.node.name,
        hint: 'Collect it anew, into another folder.',
      })
    }
    this.blocks = moments.map((moment) =>
      blockOf(this.chainOfHeaders, moment, {
        tolerance: Number.MAX_SAFE_INTEGER,
        confirmations: this.confirmations,
        where: this.node.name,
      }),
    )
    for (const block of [...this.blocks, last]) await this.assertAgreed(block)
    this.last = last.height
    return { height: last.height, hash: last.hash }
  }

  headers(): Uint8Array {
    return this.chainOfHeaders.headers(this.last)
  }

  /** Height of the last block in which an account moved coins, 0 where none did. */
  private async lastMovement(): Promise<number> {
    let last = 0
    for (const id of this.options.movements ?? []) last = Math.max(last, await this.heightOf(id))
    return last
  }

  /**
   * Height of the block that holds a transaction: of one of its first outputs that is unspent, or, from a
   * node that has an index of all transactions, of any.
   */
  private async heightOf(id: string): Promise<number> {
    for (const index of [0, 1, 2]) {
      const output = await this.node.ask('gettxout', [id, index, false], outputSchema)
      if (output === null || output.confirmations === 0) continue
      const { height } = await this.node.ask('getblockheader', [output.bestblock], placeSchema)
      return height + 1 - output.confirmations
    }
    const { blockhash } = await this.node.ask('getrawtransaction', [id, true], minedSchema)
    const { height } = await this.node.ask('getblockheader', [blockhash], placeSchema)
    return height
  }

  /** What shows a transaction, and the transactions that it spends from. */
  async movement(id: string): Promise<MovementProof> {
    const height = await this.heightOf(id)
    const [shown] = await this.transactionProofs([{ id, height }])
    const { hash } = this.chainOfHeaders.block(height)
    const { vin } = await this.node.ask('getrawtransaction', [id, 2, hash], spendingSchema)
    const heights = new Map(vin.map(({ txid, prevout }) => [txid, prevout.height]))
    const spent: string[] = []
    for (const [before, its] of heights) {
      const block = await this.node.ask('getblockhash', [its], hashSchema)
      const raw = await this.node.ask('getrawtransaction', [before, false, block], hexSchema)
      const read = readTransaction(hexToBytes(raw))
      if (read?.id !== before)
        throw answerError(this.node.name, 'getrawtransaction', 'it is of something else')
      spent.push(bytesToHex(read.stripped))
    }
    return { kind: 'bitcoin-transaction', ...shown!.proof, spent }
  }

  /** Height of the last header that is needed, if the block of the last moment is among those just read. */
  private lastNeeded(from: number, to: number, moment: number): number | undefined {
    for (let height = from; height <= to; height++) {
      if (this.chainOfHeaders.time(height) >= moment) return height + this.confirmations
    }
    return undefined
  }

  private async readHeaders(from: number, to: number): Promise<void> {
    const heights = Array.from({ length: to - from + 1 }, (_, i) => [from + i])
    const hashes = await this.node.askAll('getblockhash', heights, hashSchema)
    const asked = hashes.map((hash) => [hash, false])
    const headers = await this.node.askAll('getblockheader', asked, headerSchema)
    this.chainOfHeaders.append(hexToBytes(headers.join('')))
  }

  private async assertAgreed({ height, hash }: BitcoinBlock): Promise<void> {
    for (const other of this.others) {
      if ((await other.ask('getblockhash', [height], hashSchema)) !== hash) {
        throw new InputError('RPC_DISAGREE', `two nodes have different blocks of height ${height}`, {
          where: other.name,
          hint: 'One of them is on another chain or has not caught up.',
        })
      }
    }
  }

  async collect({ account, assets }: CollectTask, moment: number): Promise<CollectedAccount> {
    const block = this.blocks[moment]!
    const there = (await this.unspentOf(account)).filter(({ height }) => height <= block.height)
    const holdings: CollectedHolding[] = []
    for (let at = 0; at < there.length; at += OUTPUTS_AT_ONCE) {
      const proven = await this.proofsOf(there.slice(at, at + OUTPUTS_AT_ONCE), account, block)
      holdings.push(...proven.map((holding) => ({ asset: assets[0]!.id, ...holding })))
    }
    return { holdings: holdings.sort((a, b) => (a.part < b.part ? -1 : 1)) }
  }

  /** The outputs of an account that all nodes call unspent. */
  private async unspentOf(account: AccountName): Promise<readonly Unspent[]> {
    const listed = this.options.outputs?.get(account.id)
    if (listed !== undefined) return this.unspentAmong(listed)
    if (!this.found.has(account.address)) await this.scan(account)
    return this.found.get(account.address)!
  }

  /** Scans for an account and for those that come behind it. */
  private async scan(account: AccountName): Promise<void> {
    const { accounts, outputs } = this.options
    const at = accounts.findIndex(({ id }) => id === account.id)
    const together = at < 0 ? [account] : accounts.slice(at).filter(({ id }) => !outputs?.has(id))
    const addresses = together.slice(0, ADDRESSES_AT_ONCE).map(({ address }) => address)
    const wanted = addresses.map((address) => `addr(${address})`)
    const { height, unspents } = await this.node.ask('scantxoutset', ['start', wanted], scanSchema, SCAN)
    const found = await this.agreed(
      unspents.map(({ txid, vout, ...rest }) => ({ txid, index: vout, askedAt: height, ...rest })),
    )
    const byScript = new Map<string, Unspent[]>()
    for (const unspent of found) {
      const { scriptPubKey } = unspent
      byScript.set(scriptPubKey, [...(byScript.get(scriptPubKey) ?? []), unspent])
    }
    this.found = new Map(
      addresses.map((address) => {
        const script = addressScript(this.chainOfHeaders.network, address)
        return [address, (script && byScript.get(bytesToHex(script))) ?? []]
      }),
    )
  }

  /** Those of a list that all nodes call unspent. */
  private async unspentAmong(listed: readonly Outpoint[]): Promise<readonly Unspent[]> {
    const found: Unspent[] = []
    for (const { txid, index } of listed) {
      const output = await this.node.ask('gettxout', [txid, index, false], outputSchema)
      if (output === null || output.confirmations === 0) continue
      const { height: askedAt } = await this.node.ask('getblockheader', [output.bestblock], placeSchema)
      found.push({ txid, index, askedAt, height: askedAt + 1 - output.confirmations })
    }
    return this.agreed(found)
  }

  /** Those that the other nodes call unspent too. */
  private async agreed<T extends Unspent>(unspents: readonly T[]): Promise<T[]> {
    let left = [...unspents]
    for (const other of this.others) {
      const askedAt = await other.ask('getblockcount', [], heightSchema)
      const kept: T[] = []
      for (let at = 0; at < left.length; at += OUTPUTS_AT_ONCE) {
        const some = left.slice(at, at + OUTPUTS_AT_ONCE)
        const asked = some.map(({ txid, index }) => [txid, index, false])
        const answers = await other.askAll('gettxout', asked, outputSchema)
        kept.push(...some.filter((_, i) => answers[i] !== null))
      }
      left = kept.map((unspent) => ({ ...unspent, askedAt: Math.min(unspent.askedAt, askedAt) }))
    }
    return left
  }

  private async proofsOf(
    unspents: readonly Unspent[],
    { address }: AccountName,
    block: BitcoinBlock,
  ): Promise<Omit<CollectedHolding, 'asset'>[]> {
    const chain = this.chainOfHeaders
    const shown = await this.transactionProofs(unspents.map(({ txid, height }) => ({ id: txid, height })))
    return unspents.flatMap(({ index, height, askedAt }, i) => {
      const { isCoinbase, proof: place } = shown[i]!
      if (isCoinbase && !isMature(height, block.height)) return []
      const proof = { index, ...place }
      const { outpoint, value } = verifyOutput(proof, { chain, at: block, address, where: this.node.name })
      const unspent = { source: this.source, height: askedAt }
      const balance = { kind: 'bitcoin-output' as const, ...proof, unspent }
      return [{ amount: value, block: block.hash, balance, part: outpoint }]
    })
  }

  /** Transactions of blocks, and where they stand in them. */
  private async transactionProofs(places: readonly { id: string; height: number }[]) {
    const before = places.find(({ height }) => !this.chainOfHeaders.has(height))
    if (before !== undefined) {
      throw new InputError('COLLECT_CHECKPOINT', `block ${before.height} is before the checkpoint`, {
        where: this.node.name,
        hint: 'Name a block that is older than all outputs, or none.',
      })
    }
    const hashes = places.map(({ height }) => this.chainOfHeaders.block(height).hash)
    const asked = places.map(({ id }, i) => [id, false, hashes[i]])
    const raws = await this.node.askAll('getrawtransaction', asked, hexSchema)
    const proofs = await this.node.askAll(
      'gettxoutproof',
      places.map(({ id }, i) => [[id], hashes[i]]),
      hexSchema,
    )
    return places.map(({ id, height }, i) => {
      const wrong = (method: string) => answerError(this.node.name, method, 'it is of something else')
      const transaction = readTransaction(hexToBytes(raws[i]!))
      if (transaction?.id !== id) throw wrong('getrawtransaction')
      const place = placeOfProof(hexToBytes(proofs[i]!))
      if (place === undefined || shownHash(place.hash) !== id) throw wrong('gettxoutproof')
      const proof = {
        height,
        transaction: bytesToHex(transaction.stripped),
        position: place.position,
        branch: place.branch.map(bytesToHex),
      }
      return { isCoinbase: transaction.isCoinbase, proof }
    })
  }

  /** Who was asked: how many, as names and places of nodes may be private. */
  private get source(): string {
    const count = 1 + this.others.length
    return count === 1 ? '1 node' : `${count} nodes`
  }
}

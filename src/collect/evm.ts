import { type Hex, keccak256 } from 'viem'
import * as z from 'zod'
import { InputError, ProofError } from '../errors/index.js'
import {
  type AssetName,
  type Balance,
  type ChainName,
  type EvmReader,
  EvmState,
  type EvmToken,
  holderSlots,
  isCoin,
  type NodeSource,
  openToken,
  readSafe,
} from '../reserves/index.js'
import type { ChainCollector, CollectedHolding, CollectTask } from './collector.js'
import { evmMovement } from './evm-movement.js'
import { type EvmBlock, type EvmNodes, openEvmNodes } from './evm-node.js'
import { balanceOf, balanceOfData, findToken } from './evm-token.js'
import type { JsonRpc } from './json-rpc.js'

/** Accounts that are collected at the same time: nodes take a while to answer, and not much to ask. */
const ACCOUNTS_AT_ONCE = 16
/** Holders of each token of whom the contract is asked too, at each moment. */
const ASKED_HOLDERS = 3

const keptSchema = z.strictObject({
  blocks: z.array(z.string().regex(/^0x[0-9a-f]{64}$/, 'must be 0x and 64 hexadecimal digits in lower case')),
})

/** Collects evidence of one EVM chain. */
export interface EvmCollector extends ChainCollector {
  /**
   * What is known of tokens that the collector was not told of, for `tokens.json`: found from what their
   * contracts read. To be called after `start`, and before any account is collected.
   */
  findTokens(tasks: readonly CollectTask[]): Promise<EvmToken[]>
}

/**
 * Collects evidence of one EVM chain: proofs of accounts, of tokens' slots and of the owners of Safes, each
 * checked against the block's hash as it comes. The block is the first at or after its moment; all nodes have
 * to have it, and the one before it.
 *
 * @param nodes the first is asked for everything, the others for the hashes of blocks
 * @param tokens what is known of tokens, by asset
 * @throws {InputError} from its methods: `CHAIN_ID`, `RESERVES_MOMENT`, `RESERVES_BLOCK`, `RESERVES_LAYOUT`,
 * `RPC_ANSWER`, and what `JsonRpc` throws
 */
export function evmCollector(
  chain: ChainName,
  nodes: readonly JsonRpc[],
  tokens: ReadonlyMap<string, EvmToken>,
): EvmCollector {
  const known = new Map(tokens)
  /** Nodes that were given out: no account needs to bring them again. */
  const given = new Set<string>()
  let from: EvmNodes
  let blocks: Moment[] = []
  return {
    chain,
    atOnce: ACCOUNTS_AT_ONCE,
    async start(moments, kept) {
      from = await openEvmNodes(chain.reference, nodes)
      const chosen = keptSchema.safeParse(kept).data?.blocks as Hex[] | undefined
      const hashes = chosen ?? (await inTurn(moments, (moment) => from.blockAt(moment)))
      blocks = await inTurn(hashes, async (hash) => new Moment(from, await from.block(hash)))
      return { blocks: hashes }
    },
    async findTokens(tasks) {
      const found: EvmToken[] = []
      for (const { account, assets } of tasks) {
        for (const asset of assets) {
          if (isCoin(asset) || known.has(asset.id)) continue
          const token = await blocks[0]!.findToken(asset, account.address as Hex)
          known.set(asset.id, token)
          found.push(token)
        }
      }
      return found.sort((a, b) => (a.asset < b.asset ? -1 : 1))
    },
    async collect(task, moment) {
      const { holdings, nodes } = await blocks[moment]!.collect(task, known)
      const fresh = [...nodes].filter(([hash]) => !given.has(hash))
      for (const [hash] of fresh) given.add(hash)
      return { holdings, nodes: fresh.map(([, node]) => node) }
    },
    movement: (transaction) => evmMovement(from, nodes[0]!, transaction),
    async headers() {
      const pairs = await inTurn(blocks, async ({ block }) => {
        const { bytes } = await from.block(block.header.parent)
        return [bytes, block.bytes]
      })
      return Buffer.concat(pairs.flat())
    },
  }
}

/** One block, and what was found of its state that all accounts share. */
class Moment {
  readonly block: EvmBlock
  readonly #from: EvmNodes
  /** Nodes that lead to contracts of tokens. */
  readonly #contracts = new Map<string, Uint8Array>()
  /** How many holders of a token its contract was asked of. */
  readonly #asked = new Map<string, number>()

  constructor(from: EvmNodes, block: EvmBlock) {
    this.#from = from
    this.block = block
  }

  async collect(
    { account, assets, control }: CollectTask,
    tokens: ReadonlyMap<string, EvmToken>,
  ): Promise<{ holdings: CollectedHolding[]; nodes: ReadonlyMap<string, Uint8Array> }> {
    const { hash } = this.block.header
    const address = account.address as Hex
    const own = new Map<string, Uint8Array>()
    const used = new Map<string, Uint8Array>()
    const holdings: CollectedHolding[] = []
    for (const asset of assets) {
      const shown = isCoin(asset)
        ? await this.#coin(address, own, used)
        : await this.#token(asset, tokens.get(asset.id), address, own, used)
      holdings.push({ asset: asset.id, block: hash, part: '', ...shown })
    }
    if (control === 'safe') await this.#read((reader) => readSafe(reader, address), own, used)
    return { holdings, nodes: used }
  }

  findToken(asset: AssetName, holder: Hex): Promise<EvmToken> {
    const found: Nodes = new Map()
    const { hash } = this.block.header
    return findToken(this.#from, hash, asset, holder, (work) => this.#read(work, found, new Map()))
  }

  async #coin(address: Hex, own: Nodes, used: Nodes): Promise<Shown> {
    const amount = await this.#read((reader) => reader.account(address)?.balance ?? 0n, own, used)
    return { amount, balance: { kind: 'evm-native' } }
  }

  async #token(
    asset: AssetName,
    token: EvmToken | undefined,
    holder: Hex,
    own: Nodes,
    used: Nodes,
  ): Promise<Shown> {
    const contract = asset.reference as Hex
    const { hash, number, timestamp } = this.block.header
    if (token === undefined || token.layout.kind === 'none') {
      const amount = await balanceOf(this.#from, hash, contract, holder)
      const source = this.#from.name
      return { amount, balance: { kind: 'observed', source, height: Number(number), time: timestamp } }
    }
    await this.#read((reader) => openToken(reader, token), this.#contracts, used)
    const slots = holderSlots(token, holder)
    for (const node of await this.#from.proof(this.block.header, contract, slots)) addNode(own, node)
    const { amount } = await this.#read((reader) => openToken(reader, token)(holder), own, used)
    await this.#askContract(asset, slots[0]!, holder, amount)
    return { amount, balance: { kind: 'evm-token' } }
  }

  /**
   * Asks a token's contract itself of some holders: what it answers must be in the slot, and be read there.
   */
  async #askContract(asset: AssetName, slot: bigint, holder: Hex, amount: bigint): Promise<void> {
    const asked = this.#asked.get(asset.id) ?? 0
    if (asked >= ASKED_HOLDERS) return
    this.#asked.set(asset.id, asked + 1)
    const contract = asset.reference as Hex
    const { hash } = this.block.header
    const list = await this.#from.accessList(hash, contract, balanceOfData(holder))
    const reads = list.some(({ address, storageKeys }) => address === contract && storageKeys.includes(slot))
    if (reads && (await balanceOf(this.#from, hash, contract, holder)) === amount) return
    throw new InputError(
      'RESERVES_LAYOUT',
      'the contract has balances elsewhere than where they are proven',
      {
        where: asset.id,
        hint: 'Correct its layout in tokens.json, or leave it out there, so that it is looked for.',
      },
    )
  }

  /**
   * Does what reads the state, and asks for what it needs and nothing has shown yet.
   *
   * @param own where what is asked for is kept
   * @param used gets every node that the work needed
   */
  async #read<T>(work: (reader: EvmReader) => T, own: Nodes, used: Nodes): Promise<T> {
    for (;;) {
      const source: NodeSource = {
        take: (hash) => {
          const key = keyOf(hash)
          const node = own.get(key) ?? this.#contracts.get(key)
          if (node !== undefined) used.set(key, node)
          return node
        },
      }
      try {
        return work(asking(new EvmState(this.block.header, source)))
      } catch (error) {
        if (!(error instanceof Unshown)) throw error
        const { address, slots } = error
        for (const node of await this.#from.proof(this.block.header, address, slots)) addNode(own, node)
      }
    }
  }
}

type Nodes = Map<string, Uint8Array>
type Shown = { amount: bigint; balance: Balance }

/** What nothing has shown yet of a state. */
class Unshown extends Error {
  constructor(
    readonly address: Hex,
    readonly slots: readonly bigint[],
  ) {
    super('not shown yet')
  }
}

/** A reader that says what is missing by name. */
function asking(state: EvmState): EvmReader {
  const attempt = <T>(work: () => T, address: Hex, slots: readonly bigint[]): T => {
    try {
      return work()
    } catch (error) {
      if (!(error instanceof ProofError) || error.code !== 'RESERVES_NODE_MISSING') throw error
      throw new Unshown(address, slots)
    }
  }
  return {
    account: (address) => attempt(() => state.account(address), address, []),
    slot: (address, slot) => attempt(() => state.slot(address, slot), address, [slot]),
  }
}

function addNode(nodes: Nodes, node: Uint8Array): void {
  nodes.set(keyOf(keccak256(node, 'bytes')), node)
}

/** A hash as a key of a map, a character a byte. */
function keyOf(hash: Uint8Array): string {
  return Buffer.from(hash).toString('latin1')
}

async function inTurn<T, U>(all: readonly T[], work: (each: T) => Promise<U>): Promise<U[]> {
  const done: U[] = []
  for (const each of all) done.push(await work(each))
  return done
}
